package io.recthink.model;

import io.recthink.InvalidInputException;
import io.recthink.model.ParameterLayout.Parameter;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A LoRA adapter in the folder layout of PEFT: adapter_config.json and adapter_model.safetensors. Opening it checks
 * that it fits its base model. Safe for use by several threads.
 */
public final class AdapterFolder implements ParameterReader, AutoCloseable {
    private static final String CONFIG = FolderFiles.ADAPTER;
    private static final String WEIGHTS = FolderFiles.ADAPTER_WEIGHTS;
    // PEFT wraps a model twice.
    private static final String PREFIX = "base_model.model.";
    // A key in the metadata of the weights, which PEFT does not change.
    private static final String BASE_SHA256 = "base_model_sha256";

    private final Path folder;
    private final LoraConfig config;
    private final ParameterLayout layout;
    private final SafetensorsReader weights;

    /**
     * The model that an adapter belongs to.
     *
     * @param nameOrPath the name on the Hugging Face hub, or the folder, that PEFT loads; empty where the adapter names
     *     none
     * @param sha256 SHA-256 of the model's weights, in lower-case hexadecimal digits; PEFT does not write it
     */
    public record Base(String nameOrPath, Optional<String> sha256) {}

    private AdapterFolder(Path folder, LoraConfig config, ParameterLayout layout, SafetensorsReader weights) {
        this.folder = folder;
        this.config = config;
        this.layout = layout;
        this.weights = weights;
    }

    /**
     * Opens an adapter folder.
     *
     * @param base the model that the adapter belongs to
     * @throws InvalidInputException if a file is missing, a setting cannot be computed exactly, or the adapter does not
     *     fit the model
     */
    public static AdapterFolder open(Path folder, ModelConfig base) {
        requireFiles(folder);
        LoraConfig config = LoraConfigParser.read(folder.resolve(CONFIG), base.layers());
        ParameterLayout layout = ParameterLayout.of(base, config);
        SafetensorsReader weights = SafetensorsReader.open(folder.resolve(WEIGHTS));
        try {
            check(folder.resolve(WEIGHTS), weights, layout);
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
        return new AdapterFolder(folder, config, layout, weights);
    }

    /** Whether a folder is an adapter folder: it has an adapter_config.json. */
    public static boolean isAdapter(Path folder) {
        return Files.isRegularFile(folder.resolve(CONFIG));
    }

    /**
     * Reads the model that the adapter in a folder belongs to.
     *
     * @throws InvalidInputException if the folder is not an adapter folder
     */
    public static Base base(Path folder) {
        requireFiles(folder);
        String name = JsonFile.readObject(folder.resolve(CONFIG))
                .path("base_model_name_or_path")
                .asText("");
        try (SafetensorsReader weights = SafetensorsReader.open(folder.resolve(WEIGHTS))) {
            return new Base(name, Optional.ofNullable(weights.metadata().get(BASE_SHA256)));
        }
    }

    /**
     * Refuses to train an adapter further that was trained with dropout: training has no dropout.
     *
     * @throws InvalidInputException if the adapter's configuration asks for dropout
     */
    public static void requireNoDropout(Path folder) {
        Path file = folder.resolve(CONFIG);
        double dropout = LoraConfigParser.dropout(file);
        if (dropout != 0) {
            throw new InvalidInputException(file + ": lora_dropout " + dropout
                    + " is not supported in training; set it to 0, which changes nothing but training");
        }
    }

    /**
     * Refuses an adapter whose folder has another tokenizer or chat template than its base model: the model's files are
     * used.
     *
     * @throws InvalidInputException naming the file or setting that differs
     */
    public static void requireCompanionsOf(Path model, Path folder) {
        new AdapterCompanions(folder, model).requireSame();
    }

    private static void requireFiles(Path folder) {
        for (String name : new String[] {CONFIG, WEIGHTS}) {
            if (!Files.isRegularFile(folder.resolve(name))) {
                throw new InvalidInputException(folder + ": is not an adapter folder, it has no " + name
                        + "; save the adapter with PEFT (save_pretrained, safe_serialization=True)");
            }
        }
    }

    private static void check(Path file, SafetensorsReader weights, ParameterLayout layout) {
        for (Parameter parameter : layout.parameters()) {
            String name = PREFIX + parameter.name();
            TensorInfo info = weights.find(name)
                    .orElseThrow(() -> problem(file, name, "is missing, but adapter_config.json asks for it"));
            if (!info.shape().equals(parameter.shape())) {
                throw problem(
                        file,
                        name,
                        "has shape " + info.shape() + ", the model and the rank ask for " + parameter.shape()
                                + "; take the model that the adapter was made for");
            }
            if (!info.type().isFloatingPoint()) {
                throw problem(file, name, "has type " + info.type() + ", expected F32, F16 or BF16");
            }
        }
        var names = new TreeSet<String>();
        weights.tensors().forEach(tensor -> names.add(tensor.name()));
        layout.parameters().forEach(parameter -> names.remove(PREFIX + parameter.name()));
        if (!names.isEmpty()) {
            throw problem(file, names.first(), "is in the file, but not in an adapter of this model and configuration");
        }
    }

    private static InvalidInputException problem(Path file, String tensor, String what) {
        return new InvalidInputException(file + ": tensor " + tensor + " " + what);
    }

    public LoraConfig config() {
        return config;
    }

    public ParameterLayout layout() {
        return layout;
    }

    /** Puts all elements of a parameter into {@code out}, as FP32. */
    @Override
    public void read(Parameter parameter, FloatBuffer out) {
        int from = out.position();
        weights.read(PREFIX + parameter.name(), out);
        FiniteNumbers.require(
                folder,
                PREFIX + parameter.name(),
                out.duplicate().limit(out.position()).position(from));
    }

    @Override
    public void close() {
        weights.close();
    }

    /**
     * Writes an adapter folder, in FP32.
     *
     * @param folder created if it does not exist
     * @param base the model that the adapter belongs to
     * @param layout {@link ParameterLayout#of(ModelConfig, LoraConfig)}
     * @param parameters source of the values
     * @throws InvalidInputException if the folder cannot be written
     */
    public static void write(
            Path folder, LoraConfig config, Base base, ParameterLayout layout, ParameterReader parameters) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new InvalidInputException(folder + ": cannot be written: " + e, e);
        }
        Map<String, String> metadata = new HashMap<>();
        base.sha256().ifPresent(sha256 -> metadata.put(BASE_SHA256, sha256));
        ModelFolder.writeWeights(folder.resolve(WEIGHTS), PREFIX, metadata, ComputeType.FLOAT32, layout, parameters);
        JsonFile.write(folder.resolve(CONFIG), LoraConfigParser.toJson(config, base.nameOrPath()));
    }
}
