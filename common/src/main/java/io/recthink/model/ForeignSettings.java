package io.recthink.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.InvalidInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Keys of config.json with which related families compute something else from weights of the same names and shapes:
 * Granite, Gemma, Cohere, MiniCPM, OLMo, Phi and others. A folder with one of them is not imported under another name.
 */
final class ForeignSettings {
    private static final String REMEDY = "is not supported, for it changes what the model computes; give a model of the"
            + " families Llama, Qwen2 or Qwen3 without it";

    /** Factors, neutral at 1. */
    private static final List<String> FACTORS = List.of(
            "logits_scaling",
            "residual_multiplier",
            "embedding_multiplier",
            "logit_scale",
            "scale_emb",
            "lm_head_multiplier",
            "key_multiplier",
            "attention_in_multiplier",
            "attention_out_multiplier",
            "embedding_scale",
            "residual_scale",
            "rotary_pct",
            "mup_width_scale");

    /** Neutral where absent, null, false, 0 or empty. */
    private static final List<String> SWITCHES = List.of(
            "attention_multiplier",
            "attn_scale",
            "query_pre_attn_scalar",
            "final_logit_softcapping",
            "attn_logit_softcapping",
            "attn_temperature_tuning",
            "clip_qkv",
            "scale_depth",
            "dim_model_base",
            "qk_layernorm",
            "use_qk_norm",
            "use_parallel_residual",
            "parallel_attn",
            "alibi",
            "no_rope_layers",
            "no_rope_layer_interval",
            "num_experts",
            "num_local_experts",
            "n_routed_experts",
            "kv_lora_rank",
            "rope_interleaved",
            "mrope_section");

    // One expert is no choice of experts.
    private static final Set<String> COUNTS_OF_ONE = Set.of("num_local_experts", "num_experts");

    private final Path file;
    private final JsonNode json;

    ForeignSettings(Path file, JsonNode json) {
        this.file = file;
        this.json = json;
    }

    /** @throws InvalidInputException naming the first of them */
    void refuse() {
        for (String key : FACTORS) {
            JsonNode value = json.path(key);
            if (json.hasNonNull(key) && !(value.isNumber() && value.doubleValue() == 1)) {
                throw problem(key, value);
            }
        }
        for (String key : SWITCHES) {
            JsonNode value = json.path(key);
            boolean one = COUNTS_OF_ONE.contains(key) && value.asInt() == 1;
            if (!isNeutral(value) && !one) {
                throw problem(key, value);
            }
        }
    }

    private static boolean isNeutral(JsonNode value) {
        return value.isMissingNode()
                || value.isNull()
                || (value.isBoolean() && !value.booleanValue())
                || (value.isNumber() && value.doubleValue() == 0)
                || (value.isContainerNode() && value.isEmpty());
    }

    private InvalidInputException problem(String key, JsonNode value) {
        return new InvalidInputException(file + ": " + key + " " + value + " " + REMEDY);
    }
}
