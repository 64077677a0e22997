package io.recthink.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The shape of a decoder-only transformer of one of the supported families.
 *
 * @param family the architecture
 * @param vocabularySize rows of the embedding
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the gated feed-forward layer
 * @param layers number of decoder layers
 * @param heads query heads a layer
 * @param keyValueHeads key and value heads a layer; divides {@code heads}
 * @param headDim width of a head; even
 * @param normEpsilon added to the mean square in every RMS norm
 * @param ropeTheta base of the rotary positions
 * @param ropeScaling the scaling of the rotary positions, if any
 * @param maxPositions the longest context in tokens
 * @param tiedHead whether the output head is the embedding
 * @param attentionBias whether the query, key and value projections have biases
 * @param queryKeyNorm whether queries and keys are normalised per head
 * @param endTokens tokens that end a completion, ascending; empty when the folder names none
 */
public record ModelConfig(
        Family family,
        int vocabularySize,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int keyValueHeads,
        int headDim,
        double normEpsilon,
        double ropeTheta,
        Optional<Llama3RopeScaling> ropeScaling,
        int maxPositions,
        boolean tiedHead,
        boolean attentionBias,
        boolean queryKeyNorm,
        List<Integer> endTokens) {
    // Limits far above every published model. A larger value is a mistake and must not take memory.
    private static final int LARGEST_DIMENSION = 1 << 24;
    private static final int MOST_LAYERS = 4096;

    /** The supported architectures. */
    public enum Family {
        LLAMA("llama", "LlamaForCausalLM"),
        QWEN2("qwen2", "Qwen2ForCausalLM"),
        QWEN3("qwen3", "Qwen3ForCausalLM");

        private final String modelType;
        private final String architecture;

        Family(String modelType, String architecture) {
            this.modelType = modelType;
            this.architecture = architecture;
        }

        /** {@code model_type} of config.json. */
        public String modelType() {
            return modelType;
        }

        /** The class of transformers, the entry of {@code architectures} in config.json. */
        public String architecture() {
            return architecture;
        }
    }

    public ModelConfig {
        Objects.requireNonNull(family, "family");
        Objects.requireNonNull(ropeScaling, "ropeScaling");
        endTokens = endTokens.stream().distinct().sorted().toList();
        requireBetween("vocab_size", vocabularySize, LARGEST_DIMENSION);
        requireBetween("hidden_size", hiddenSize, LARGEST_DIMENSION);
        requireBetween("intermediate_size", intermediateSize, LARGEST_DIMENSION);
        requireBetween("num_hidden_layers", layers, MOST_LAYERS);
        requireBetween("num_attention_heads", heads, LARGEST_DIMENSION);
        requireBetween("num_key_value_heads", keyValueHeads, heads);
        requireBetween("head_dim", headDim, LARGEST_DIMENSION);
        requireBetween("max_position_embeddings", maxPositions, Integer.MAX_VALUE);
        require(heads % keyValueHeads == 0, "num_key_value_heads must divide num_attention_heads", keyValueHeads);
        require(headDim % 2 == 0, "head_dim must be even", headDim);
        require((long) heads * headDim <= LARGEST_DIMENSION, "num_attention_heads * head_dim is too large", heads);
        require(normEpsilon > 0 && normEpsilon < 1, "rms_norm_eps must be between 0 and 1", normEpsilon);
        require(ropeTheta > 0 && Double.isFinite(ropeTheta), "rope_theta must be above 0", ropeTheta);
        for (int token : endTokens) {
            require(token >= 0 && token < vocabularySize, "eos_token_id must be below vocab_size", token);
        }
    }

    /**
     * Reads config.json of a model folder, and generation_config.json where it exists (for the end tokens).
     *
     * @throws io.recthink.InvalidInputException if the folder describes a model that cannot be computed exactly
     */
    public static ModelConfig read(Path folder) {
        return ModelConfigParser.read(folder);
    }

    /** The configuration as a config.json of transformers, with weights in FP32. */
    public ObjectNode toJson() {
        return ModelConfigParser.toJson(this);
    }

    /** This configuration with other end tokens. */
    public ModelConfig withEndTokens(List<Integer> tokens) {
        return new ModelConfig(
                family,
                vocabularySize,
                hiddenSize,
                intermediateSize,
                layers,
                heads,
                keyValueHeads,
                headDim,
                normEpsilon,
                ropeTheta,
                ropeScaling,
                maxPositions,
                tiedHead,
                attentionBias,
                queryKeyNorm,
                tokens);
    }

    private static void requireBetween(String name, int value, int largest) {
        require(value >= 1 && value <= largest, name + " must be from 1 to " + largest, value);
    }

    private static void require(boolean valid, String rule, Number value) {
        if (!valid) {
            throw new IllegalArgumentException(rule + " (was " + value + ")");
        }
    }
}
