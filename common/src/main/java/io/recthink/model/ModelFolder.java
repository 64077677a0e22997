package io.recthink.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import io.recthink.model.ParameterLayout.Kind;
import io.recthink.model.ParameterLayout.Parameter;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * A model in the folder layout of Hugging Face: config.json, model.safetensors (or shards with an index),
 * tokenizer.json and the chat template. Opening the folder checks the configuration, that tokenizer.json exists, and
 * the names, shapes and types of the weights. {@link #tokenizer} and {@link #chatTemplate()} check the other files.
 * Safe for use by several threads.
 */
public final class ModelFolder implements AutoCloseable, ParameterReader {
    static final String WEIGHTS = FolderFiles.WEIGHTS;
    static final String TOKENIZER = "tokenizer.json";

    private final Path folder;
    private final ModelConfig config;
    private final ParameterLayout layout;
    private final WeightFiles weights;

    private ModelFolder(Path folder, ModelConfig config, ParameterLayout layout, WeightFiles weights) {
        this.folder = folder;
        this.config = config;
        this.layout = layout;
        this.weights = weights;
    }

    /**
     * Opens a model folder.
     *
     * @throws InvalidInputException if a file is missing, something is not supported, or two files contradict each
     *     other
     */
    public static ModelFolder open(Path folder) {
        ModelConfig config = ModelConfig.read(folder);
        if (!Files.isRegularFile(folder.resolve(TOKENIZER))) {
            throw ModelTokenizer.missing(folder);
        }
        config = config.withEndTokens(endTokens(folder, config));
        ParameterLayout layout = ParameterLayout.of(config);
        return new ModelFolder(folder, config, layout, WeightFiles.open(folder, config, layout));
    }

    /** The end tokens of the configuration, and the tokenizer's own end token where the tokenizer names one. */
    private static List<Integer> endTokens(Path folder, ModelConfig config) {
        List<Integer> tokens = new ArrayList<>(config.endTokens());
        Path file = folder.resolve(ChatTemplate.TOKENIZER_CONFIG);
        if (Files.isRegularFile(file)) {
            ChatTemplate.specialToken(JsonFile.readObject(file), "eos_token").ifPresent(end -> {
                for (JsonNode token : JsonFile.readField(folder.resolve(TOKENIZER), "added_tokens")) {
                    if (token.path("content").asText().equals(end)) {
                        tokens.add(
                                endToken(folder, config, end, token.path("id").asInt()));
                    }
                }
            });
        }
        return tokens;
    }

    private static int endToken(Path folder, ModelConfig config, String end, int id) {
        if (id < 0 || id >= config.vocabularySize()) {
            throw new InvalidInputException(folder.resolve(TOKENIZER) + ": the eos_token " + end + " has the id " + id
                    + ", but vocab_size is " + config.vocabularySize()
                    + "; take the tokenizer that belongs to the model");
        }
        return id;
    }

    /** The folder that was opened. */
    public Path path() {
        return folder;
    }

    public ModelConfig config() {
        return config;
    }

    public ParameterLayout layout() {
        return layout;
    }

    /** Puts all elements of a parameter into {@code out}, as FP32. */
    @Override
    public void read(Parameter parameter, FloatBuffer out) {
        weights.read(parameter.name(), out);
    }

    @Override
    public void readPieces(Parameter parameter, Pieces pieces) {
        weights.readPieces(parameter.name(), pieces);
    }

    /** Fills {@code out} with elements of a parameter from the element {@code from} on, as FP32. */
    public void read(Parameter parameter, long from, FloatBuffer out) {
        weights.read(parameter.name(), from, out);
    }

    /**
     * Opens the tokenizer; the caller closes it.
     *
     * @throws InvalidInputException if the tokenizer cannot be used, or has token ids beyond the model's vocabulary
     */
    public ModelTokenizer tokenizer() {
        ModelTokenizer tokenizer = ModelTokenizer.open(folder);
        if (tokenizer.vocabularySize() > config.vocabularySize()) {
            tokenizer.close();
            throw new InvalidInputException(folder + ": " + TOKENIZER + " has token ids up to "
                    + (tokenizer.vocabularySize() - 1) + ", but vocab_size is " + config.vocabularySize()
                    + "; take the tokenizer that belongs to the model");
        }
        return tokenizer;
    }

    /**
     * The chat template.
     *
     * @throws InvalidInputException if the folder has none
     */
    public ChatTemplate chatTemplate() {
        return ChatTemplate.open(folder);
    }

    /**
     * The chat template with further variables.
     *
     * @throws InvalidInputException as {@link ChatTemplate#open(Path, Map)}
     */
    public ChatTemplate chatTemplate(Map<String, Object> variables) {
        return ChatTemplate.open(folder, variables);
    }

    @Override
    public void close() {
        weights.close();
    }

    /**
     * Writes a model folder: weights as one model.safetensors, all other files from another folder.
     *
     * @param folder created if it does not exist
     * @param like the folder whose configuration, tokenizer and template are taken
     * @param type type of the weights, which are rounded as a {@link Decoder} of this type rounds them
     * @param layout the parameters to write
     * @param parameters source of the values
     * @throws InvalidInputException if the folder cannot be written
     */
    public static void write(
            Path folder, Path like, ComputeType type, ParameterLayout layout, ParameterReader parameters) {
        copyCompanions(folder, like);
        JsonFile.write(
                folder.resolve(ModelConfigParser.FILE),
                withType(JsonFile.readObject(like.resolve(ModelConfigParser.FILE)), type));
        writeWeights(folder.resolve(WEIGHTS), "", Map.of(), type, layout, parameters);
    }

    /** Writes the parameters of a model in FP32. */
    static void writeWeights(Path file, ParameterLayout layout, ParameterReader parameters) {
        writeWeights(file, "", Map.of(), ComputeType.FLOAT32, layout, parameters);
    }

    /** Writes parameters, with a prefix before their names and with pairs for the metadata. */
    static void writeWeights(
            Path file,
            String prefix,
            Map<String, String> pairs,
            ComputeType type,
            ParameterLayout layout,
            ParameterReader parameters) {
        List<TensorInfo> tensors = new ArrayList<>();
        for (Parameter parameter : layout.parameters()) {
            boolean bfloat16 = type == ComputeType.BFLOAT16 && parameter.kind() != Kind.NORM;
            ElementType stored = bfloat16 ? ElementType.BF16 : ElementType.F32;
            tensors.add(new TensorInfo(prefix + parameter.name(), stored, parameter.shape()));
        }
        Map<String, String> metadata = new TreeMap<>(pairs);
        metadata.put("format", "pt"); // what transformers expects of PyTorch weights
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, metadata, tensors)) {
            for (Parameter parameter : layout.parameters()) {
                LongAdder written = new LongAdder();
                parameters.readPieces(parameter, (first, values) -> {
                    written.add(values.remaining());
                    writer.write(values);
                });
                if (written.sum() != parameter.size()) {
                    throw new IllegalStateException(
                            parameter.name() + ": lacks " + (parameter.size() - written.sum()) + " elements");
                }
            }
        }
    }

    private static void copyCompanions(Path folder, Path like) {
        try {
            Files.createDirectories(folder);
            for (String name : FolderFiles.COMPANIONS) {
                if (Files.isRegularFile(like.resolve(name))) {
                    Files.copy(like.resolve(name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw new InvalidInputException(folder + ": cannot be written: " + e, e);
        }
    }

    private static JsonNode withType(JsonNode config, ComputeType type) {
        ObjectNode result = config.deepCopy();
        // transformers named the key torch_dtype until 4.56; an existing key is kept.
        String key = result.has("torch_dtype") && !result.has("dtype") ? "torch_dtype" : "dtype";
        result.remove("torch_dtype");
        return result.put(key, type.label());
    }
}
