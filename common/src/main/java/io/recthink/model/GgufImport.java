package io.recthink.model;

import io.recthink.InvalidInputException;
import io.recthink.model.GgufReader.Tensor;
import io.recthink.model.ModelConfig.Family;
import io.recthink.model.ParameterLayout.Parameter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes a model folder from a GGUF file: the weights dequantised to FP32 with the names and the row order of Hugging
 * Face, config.json, tokenizer.json and the chat template. It supports the architectures llama, qwen2 and qwen3 with a
 * byte-level BPE tokenizer.
 */
public final class GgufImport {
    private static final String ROPE_FACTORS = "rope_freqs.weight";
    private static final Map<String, String> NAMES = Map.of(
            "model.embed_tokens", "token_embd",
            "model.norm", "output_norm",
            "lm_head", "output");
    private static final Map<String, String> LAYER_NAMES = Map.ofEntries(
            Map.entry("input_layernorm", "attn_norm"),
            Map.entry("self_attn.q_proj", "attn_q"),
            Map.entry("self_attn.k_proj", "attn_k"),
            Map.entry("self_attn.v_proj", "attn_v"),
            Map.entry("self_attn.q_norm", "attn_q_norm"),
            Map.entry("self_attn.k_norm", "attn_k_norm"),
            Map.entry("self_attn.o_proj", "attn_output"),
            Map.entry("post_attention_layernorm", "ffn_norm"),
            Map.entry("mlp.gate_proj", "ffn_gate"),
            Map.entry("mlp.up_proj", "ffn_up"),
            Map.entry("mlp.down_proj", "ffn_down"));

    private final GgufReader gguf;
    private final String architecture;
    private final ModelConfig config;
    private final ParameterLayout layout;

    private GgufImport(GgufReader gguf) {
        this.gguf = gguf;
        this.architecture = gguf.required("general.architecture", gguf.findString("general.architecture"));
        this.config = config();
        this.layout = ParameterLayout.of(config);
    }

    /**
     * Converts a file.
     *
     * @param folder created; must not contain a model yet
     * @throws InvalidInputException if the file cannot be read or contains something that is not supported, or if the
     *     folder cannot be written
     */
    public static void convert(Path gguf, Path folder) {
        if (Files.exists(folder.resolve(ModelConfigParser.FILE))) {
            throw new InvalidInputException(
                    folder + ": contains a model already; name another folder or remove this one");
        }
        try (GgufReader reader = GgufReader.open(gguf)) {
            GgufImport conversion = new GgufImport(reader);
            conversion.checkTensors();
            GgufTokenizer tokenizer = GgufTokenizer.of(reader);
            tokenizer.requireWithin(conversion.config.vocabularySize());
            boolean created = !Files.exists(folder);
            createDirectories(folder);
            try {
                conversion.write(tokenizer, folder);
            } catch (RuntimeException e) {
                removeEmpty(folder, created, e);
                throw e;
            }
        }
    }

    private void write(GgufTokenizer tokenizer, Path folder) {
        ModelFolder.writeWeights(folder.resolve(ModelFolder.WEIGHTS), layout, this::read);
        tokenizer.write(folder);
        // A folder without config.json is no model folder, so config.json is written last.
        JsonFile.write(folder.resolve(ModelConfigParser.FILE), config.toJson());
    }

    /** Removes a folder that the import has created. The writer has already removed incomplete weights. */
    private static void removeEmpty(Path folder, boolean created, RuntimeException cause) {
        try {
            if (created) {
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static void createDirectories(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new InvalidInputException(folder + ": cannot be written: " + e, e);
        }
    }

    private ModelConfig config() {
        Family family = Arrays.stream(Family.values())
                .filter(known -> known.modelType().equals(architecture))
                .findAny()
                .orElseThrow(() -> gguf.problem("architecture " + GgufReader.line(architecture)
                        + " is not supported; supported are llama, qwen2, qwen3"));
        settings().refuseUnsupported();
        int hiddenSize = integer("embedding_length");
        int heads = integer("attention.head_count");
        if (heads < 1) {
            throw gguf.problem(key("attention.head_count") + " must be at least 1 (was " + heads + ")");
        }
        int headDim = gguf.findInteger(key("attention.key_length")).orElse(hiddenSize / heads);
        settings().requireHeadDim(headDim);
        try {
            return new ModelConfig(
                    family,
                    Math.toIntExact(tensor("token_embd.weight").shape().get(0)),
                    hiddenSize,
                    integer("feed_forward_length"),
                    integer("block_count"),
                    heads,
                    gguf.findInteger(key("attention.head_count_kv")).orElse(heads),
                    headDim,
                    gguf.required(
                            key("attention.layer_norm_rms_epsilon"),
                            gguf.findNumber(key("attention.layer_norm_rms_epsilon"))),
                    gguf.findNumber(key("rope.freq_base")).orElse(10_000.0),
                    ropeScaling(headDim),
                    integer("context_length"),
                    !gguf.tensors().containsKey("output.weight"),
                    family == Family.QWEN2,
                    family == Family.QWEN3,
                    endTokens());
        } catch (IllegalArgumentException e) {
            throw gguf.problem(e.getMessage());
        }
    }

    private GgufSettings settings() {
        return new GgufSettings(gguf, architecture);
    }

    /**
     * Returns the rotary scaling of Llama 3.1 and later. The file contains the divisor of each frequency, config.json
     * the rule for the divisors. The rule's free number is the largest divisor; its other numbers are the same for all
     * published models. The divisors must follow the rule.
     */
    private Optional<Llama3RopeScaling> ropeScaling(int headDim) {
        Tensor tensor = gguf.tensors().get(ROPE_FACTORS);
        if (tensor == null) {
            return Optional.empty();
        }
        if (!tensor.shape().equals(List.of(headDim / 2L))) {
            throw gguf.problem(ROPE_FACTORS + " has shape " + tensor.shape() + ", expected [" + headDim / 2 + "]");
        }
        float[] stored = new float[headDim / 2];
        gguf.readRow(tensor, 0, rowBuffer(tensor), stored);
        double largest = 0;
        for (float divisor : stored) {
            largest = Math.max(largest, divisor);
        }
        Llama3RopeScaling scaling = new Llama3RopeScaling(largest, 1, 4, 8192);
        double theta = gguf.findNumber(key("rope.freq_base")).orElse(10_000.0);
        for (int i = 0; i < stored.length; i++) {
            double expected = scaling.divisor(Math.pow(theta, -2.0 * i / headDim));
            if (Math.abs(stored[i] - expected) > 1e-4 * expected) {
                throw gguf.problem(ROPE_FACTORS + " does not follow the rule of Llama 3: element " + i + " is "
                        + stored[i] + ", expected " + expected);
            }
        }
        return Optional.of(scaling);
    }

    private List<Integer> endTokens() {
        return Stream.of("tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id")
                .flatMap(name -> gguf.findInteger(name).stream())
                .toList();
    }

    private void checkTensors() {
        Map<String, String> expected = new HashMap<>();
        for (Parameter parameter : layout.parameters()) {
            Tensor tensor = tensor(ggufName(parameter.name()));
            expected.put(tensor.name(), parameter.name());
            if (!tensor.shape().equals(parameter.shape())) {
                throw gguf.problem(
                        "tensor " + tensor.name() + " has shape " + tensor.shape() + ", expected " + parameter.shape());
            }
        }
        for (String name : gguf.tensors().keySet()) {
            if (!expected.containsKey(name) && !name.equals(ROPE_FACTORS)) {
                throw gguf.problem("tensor " + name + " is in the file, but not in a " + architecture
                        + " model of this configuration");
            }
        }
        gguf.refuseOverlaps();
        settings().refuseUnknown();
    }

    private void read(Parameter parameter, FloatBuffer out) {
        Tensor tensor = tensor(ggufName(parameter.name()));
        long rows = parameter.size() / tensor.rowLength();
        ByteBuffer buffer = rowBuffer(tensor);
        float[] row = new float[tensor.rowLength()];
        for (long i = 0; i < rows; i++) {
            gguf.readRow(tensor, storedRow(parameter, i), buffer, row);
            out.put(row);
        }
    }

    /**
     * Returns the place of a row in the GGUF file. GGUF's llama has the two halves of each head's rotary pairs side by
     * side, Hugging Face has one half after the other.
     */
    private long storedRow(Parameter parameter, long row) {
        boolean rotary =
                parameter.name().endsWith("q_proj.weight") || parameter.name().endsWith("k_proj.weight");
        if (config.family() != Family.LLAMA || !rotary) {
            return row;
        }
        int headDim = config.headDim();
        long head = row / headDim;
        long inHead = row % headDim;
        return head * headDim + inHead % (headDim / 2) * 2 + inHead / (headDim / 2);
    }

    private static ByteBuffer rowBuffer(Tensor tensor) {
        return ByteBuffer.allocateDirect(Math.toIntExact(tensor.rowBytes())).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String ggufName(String name) {
        int dot = name.lastIndexOf('.');
        String module = name.substring(0, dot);
        String kind = name.substring(dot);
        if (NAMES.containsKey(module)) {
            return NAMES.get(module) + kind;
        }
        // model.layers.N.MODULE
        String[] parts = module.split("\\.", 4);
        return "blk." + parts[2] + "." + LAYER_NAMES.get(parts[3]) + kind;
    }

    private Tensor tensor(String name) {
        return gguf.required(
                "tensor " + name, Optional.ofNullable(gguf.tensors().get(name)));
    }

    private int integer(String name) {
        return gguf.required(key(name), gguf.findInteger(key(name)));
    }

    private String key(String name) {
        return architecture + "." + name;
    }
}
