package io.recthink.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.recthink.InvalidInputException;
import io.recthink.model.ModelConfig.Family;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Converts between config.json of transformers (4 and 5) and {@link ModelConfig}. It refuses models that cannot be
 * computed exactly.
 */
final class ModelConfigParser {
    static final String FILE = "config.json";
    static final String GENERATION_FILE = "generation_config.json";

    private static final double DEFAULT_ROPE_THETA = 10_000;
    // The default of transformers for Qwen3, whatever the hidden size.
    private static final int DEFAULT_QWEN3_HEAD_DIM = 128;

    private final Path file;
    private final JsonNode json;

    private ModelConfigParser(Path file, JsonNode json) {
        this.file = file;
        this.json = json;
    }

    static ModelConfig read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(
                    folder + ": is not a model folder, it has no " + FILE + "; give a Hugging Face model folder");
        }
        ModelConfigParser parser = new ModelConfigParser(file, JsonFile.readObject(file));
        ModelConfig config = parser.config(List.of());
        List<Integer> endTokens = parser.endTokens(config.vocabularySize());
        Path generation = folder.resolve(GENERATION_FILE);
        if (Files.isRegularFile(generation)) {
            // Its end tokens replace the end tokens of config.json, as in transformers.
            ModelConfigParser generating = new ModelConfigParser(generation, JsonFile.readObject(generation));
            List<Integer> first = generating.endTokens(config.vocabularySize());
            endTokens = first.isEmpty() ? endTokens : first;
        }
        return config.withEndTokens(endTokens);
    }

    private ModelConfig config(List<Integer> endTokens) {
        Family family = family();
        new ForeignSettings(file, json).refuse();
        refuseUnsupported();
        int hiddenSize = integer("hidden_size");
        int heads = integer("num_attention_heads");
        if (heads < 1) {
            throw problem("num_attention_heads must be at least 1 (was " + heads + ")");
        }
        try {
            return new ModelConfig(
                    family,
                    integer("vocab_size"),
                    hiddenSize,
                    integer("intermediate_size"),
                    integer("num_hidden_layers"),
                    heads,
                    // Qwen's own default does not follow from the other values, so the key is required.
                    family == Family.LLAMA && absent("num_key_value_heads") ? heads : integer("num_key_value_heads"),
                    headDim(family, hiddenSize, heads),
                    number(json, "rms_norm_eps"),
                    ropeTheta(),
                    ropeScaling(),
                    integer("max_position_embeddings"),
                    flag("tie_word_embeddings"),
                    family == Family.QWEN2,
                    family == Family.QWEN3,
                    endTokens);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(file + ": " + e.getMessage(), e);
        }
    }

    private Family family() {
        JsonNode architectures = json.path("architectures");
        if (!absent("architectures") && !architectures.isArray()) {
            throw problem("architectures must be a list (was " + shown(architectures) + ")");
        }
        String name = architectures.path(0).asText(json.path("model_type").asText(""));
        for (Family family : Family.values()) {
            boolean same = architectures.isEmpty()
                    ? family.modelType().equals(name)
                    : architectures.size() == 1 && family.architecture().equals(name);
            if (same) {
                requireModelType(family);
                return family;
            }
        }
        String supported =
                Arrays.stream(Family.values()).map(Family::architecture).collect(Collectors.joining(", "));
        throw problem("architecture " + shown(architectures.isEmpty() ? TextNode.valueOf(name) : architectures)
                + " is not supported; supported are " + supported);
    }

    /** Refuses a model_type that contradicts the architecture: transformers uses model_type. */
    private void requireModelType(Family family) {
        String type = json.path("model_type").asText(family.modelType());
        if (!type.equals(family.modelType())) {
            throw problem("model_type \"" + type + "\" does not match " + family.architecture()
                    + ", which has the model_type \"" + family.modelType()
                    + "\"; models of this type are not supported");
        }
    }

    /** Refuses settings that change what the model computes; ignoring one would change results without a message. */
    private void refuseUnsupported() {
        if (json.hasNonNull("quantization_config")) {
            throw problem("quantization_config: quantised weights are not supported (quant_method "
                    + json.path("quantization_config").path("quant_method").asText("not named")
                    + "); give the model in F32, F16 or BF16, or import a GGUF file");
        }
        if (flag("use_sliding_window")) {
            throw problem("use_sliding_window: sliding-window attention is not supported");
        }
        refuseLayerTypes();
        for (JsonNode place : List.of(json, json.path("rope_scaling"), json.path("rope_parameters"))) {
            JsonNode factor = place.path("partial_rotary_factor");
            boolean whole = factor.isNumber() && factor.doubleValue() == 1;
            if (place.hasNonNull("partial_rotary_factor") && !whole) {
                throw problem("partial_rotary_factor other than 1 is not supported");
            }
        }
        JsonNode activation = json.path("hidden_act");
        // transformers has two names for one function.
        if (!absent("hidden_act") && !Set.of("silu", "swish").contains(activation.asText())) {
            throw problem("hidden_act " + shown(activation) + " is not supported; only silu is");
        }
        for (String bias : List.of("attention_bias", "mlp_bias")) {
            if (flag(bias)) {
                throw problem(bias + " true is not supported; the only supported biases are the biases of Qwen2's"
                        + " query, key and value projections");
            }
        }
    }

    private void refuseLayerTypes() {
        JsonNode types = json.path("layer_types");
        if (absent("layer_types")) {
            return;
        }
        if (!types.isArray()) {
            throw problem("layer_types must be a list of full_attention (was " + shown(types) + ")");
        }
        for (JsonNode type : types) {
            if (!type.asText().equals("full_attention")) {
                throw problem("layer_types: " + shown(type) + " is not supported; only full_attention is");
            }
        }
        if (types.size() != integer("num_hidden_layers")) {
            throw problem("layer_types has " + types.size() + " entries for " + integer("num_hidden_layers")
                    + " layers; correct one of the two");
        }
    }

    private int headDim(Family family, int hiddenSize, int heads) {
        if (!absent("head_dim")) {
            return integer("head_dim");
        }
        if (family == Family.QWEN3) {
            return DEFAULT_QWEN3_HEAD_DIM;
        }
        if (hiddenSize % heads != 0) {
            throw problem("hidden_size " + hiddenSize + " is not a multiple of num_attention_heads " + heads
                    + ", and head_dim is not given");
        }
        return hiddenSize / heads;
    }

    /**
     * Returns the base of the rotary positions. transformers 5 has it inside rope_parameters, transformers 4 beside
     * rope_scaling.
     */
    private double ropeTheta() {
        JsonNode parameters = json.path("rope_parameters");
        if (parameters.hasNonNull("rope_theta")) {
            double theta = number(parameters, "rope_theta");
            if (!absent("rope_theta") && number(json, "rope_theta") != theta) {
                throw problem("rope_theta " + json.path("rope_theta") + " and rope_theta " + theta
                        + " of rope_parameters differ; keep the one that the model was trained with");
            }
            return theta;
        }
        double theta = absent("rope_theta") ? DEFAULT_ROPE_THETA : number(json, "rope_theta");
        JsonNode scaling = json.path("rope_scaling");
        if (scaling.hasNonNull("rope_theta") && number(scaling, "rope_theta") != theta) {
            throw problem("rope_theta " + theta + " and rope_theta " + shown(scaling.path("rope_theta"))
                    + " of rope_scaling differ; keep the one that the model was trained with");
        }
        return theta;
    }

    private Optional<Llama3RopeScaling> ropeScaling() {
        RopeSettings older = new RopeSettings(file, "rope_scaling", json.path("rope_scaling"));
        RopeSettings newer = new RopeSettings(file, "rope_parameters", json.path("rope_parameters"));
        if (!older.isEmpty() && !newer.isEmpty()) {
            newer.requireSame(older);
        }
        older.refuseUnknown();
        newer.refuseUnknown();
        return newer.isEmpty() ? older.scaling() : newer.scaling();
    }

    private List<Integer> endTokens(int vocabularySize) {
        JsonNode tokens = json.path("eos_token_id");
        if (tokens.isMissingNode() || tokens.isNull()) {
            return List.of();
        }
        List<Integer> result = new ArrayList<>();
        for (JsonNode token : tokens.isArray() ? tokens : List.of(tokens)) {
            if (!token.isInt()) {
                throw problem("eos_token_id must be a token id or a list of token ids (was " + shown(tokens) + ")");
            }
            if (token.intValue() < 0 || token.intValue() >= vocabularySize) {
                throw problem("eos_token_id must be below vocab_size " + vocabularySize + " (was " + shown(tokens)
                        + "); name the tokens that end a turn of this model");
            }
            result.add(token.intValue());
        }
        return result;
    }

    private boolean flag(String key) {
        JsonNode value = json.path(key);
        if (!absent(key) && !value.isBoolean()) {
            throw problem(key + " must be true or false (was " + shown(value) + ")");
        }
        return value.booleanValue();
    }

    private boolean absent(String key) {
        return !json.hasNonNull(key);
    }

    private int integer(String key) {
        JsonNode value = json.path(key);
        if (!value.isInt()) {
            throw problem(key + " must be a whole number (was " + shown(value) + ")");
        }
        return value.intValue();
    }

    private double number(JsonNode parent, String key) {
        JsonNode value = parent.path(key);
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw problem(key + " must be a number (was " + shown(value) + ")");
        }
        return value.doubleValue();
    }

    private static String shown(JsonNode value) {
        return JsonFile.shown(value);
    }

    private InvalidInputException problem(String what) {
        return new InvalidInputException(file + ": " + what);
    }

    static ObjectNode toJson(ModelConfig config) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray("architectures").add(config.family().architecture());
        json.put("model_type", config.family().modelType());
        json.put("dtype", "float32");
        json.put("vocab_size", config.vocabularySize());
        json.put("hidden_size", config.hiddenSize());
        json.put("intermediate_size", config.intermediateSize());
        json.put("num_hidden_layers", config.layers());
        json.put("num_attention_heads", config.heads());
        json.put("num_key_value_heads", config.keyValueHeads());
        json.put("head_dim", config.headDim());
        json.put("hidden_act", "silu");
        json.put("rms_norm_eps", config.normEpsilon());
        json.put("rope_theta", config.ropeTheta());
        json.set(
                "rope_scaling",
                config.ropeScaling().map(ModelConfigParser::toJson).orElse(null));
        json.put("max_position_embeddings", config.maxPositions());
        json.put("tie_word_embeddings", config.tiedHead());
        if (config.family() != Family.QWEN2) {
            json.put("attention_bias", false);
        }
        putEndTokens(json, config.endTokens());
        return json;
    }

    private static ObjectNode toJson(Llama3RopeScaling scaling) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("rope_type", "llama3")
                .put("factor", scaling.factor())
                .put("low_freq_factor", scaling.lowFrequencyFactor())
                .put("high_freq_factor", scaling.highFrequencyFactor())
                .put("original_max_position_embeddings", scaling.originalMaxPositions());
    }

    private static void putEndTokens(ObjectNode json, List<Integer> tokens) {
        if (tokens.size() == 1) {
            json.put("eos_token_id", tokens.get(0));
        } else if (!tokens.isEmpty()) {
            ArrayNode array = json.putArray("eos_token_id");
            tokens.forEach(array::add);
        }
    }
}
