package io.recthink.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.InvalidInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Refuses keys of config.json with which related families compute other results from weights of the same names and
 * shapes: Granite, Gemma, Cohere, MiniCPM, OLMo, Phi and others. So a folder with one of these keys is not imported
 * under another name.
 *
 * <p>An unknown key whose name refers to the computation is refused too. It passes if its value is neutral, or if
 * transformers does not compute with it in the supported families. Other keys, about training and publishing, pass.
 */
final class ForeignSettings {
    private static final String REMEDY = "is not supported, because it changes what the model computes; give a model of"
            + " the families Llama, Qwen2 or Qwen3 without it";

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

    /** Neutral where absent, null or true. */
    private static final List<String> NEEDED =
            List.of("is_causal", "causal", "use_rope", "use_rotary", "rotary", "use_rms_norm", "is_decoder_only");

    /** Keys that the parser reads, and keys with which transformers does not compute in the supported families. */
    private static final Set<String> HARMLESS = Set.of(
            "attention_bias",
            "head_dim",
            "hidden_act",
            "initializer_range",
            "layer_types",
            "max_position_embeddings",
            "max_window_layers",
            "mlp_bias",
            "num_attention_heads",
            "num_key_value_heads",
            "original_max_position_embeddings",
            "quantization_config",
            "rms_norm_eps",
            "rope_parameters",
            "rope_scaling",
            "rope_theta",
            "partial_rotary_factor",
            "scale_attn_weights",
            "sliding_window",
            "use_sliding_window");

    // Keys about how and not what is computed, about training, and about outputs beside the logits.
    private static final Pattern ASIDE = Pattern.compile(
            "flash|sdpa|fused|_impl|drop|initiali[sz]|^init_|^output_|^return_|loss|norm_eps|norm_epsilon"
                    + "|^(?:max|n|num)_positions?(?:_|$)|^num_logits|^logits_to_keep|^task_|cache");
    private static final Pattern OF_COMPUTATION = Pattern.compile(
            "(?:^|_)(?:attn|attention|rope|rotary|ntk|yarn|logn|alibi|position|positions|norm|rmsnorm|layernorm"
                    + "|scale|scaling|scaler|multiplier|softcap|softcapping|cap|capping|clip|clamp|expert|experts|moe|router"
                    + "|window|windows|bias|residual|lora|mup|logit|logits|causal|bidirectional|prefix_lm|act|activation"
                    + "|hidden_activation|quant|quantization|quantized|compression|conv|mamba|ssm|sparse|sparsity|pruned"
                    + "|sink|sinks|gate|gated|gating|qk|qkv|parallel_residual)(?:_|$)");
    private static final Pattern FACTOR = Pattern.compile("(?:^|_)(?:scale|scaling|scaler|multiplier|factor)(?:_|$)");

    // A single expert is no choice of experts.
    private static final Set<String> COUNTS_OF_ONE = Set.of("num_local_experts", "num_experts");

    private final Path file;
    private final JsonNode json;

    ForeignSettings(Path file, JsonNode json) {
        this.file = file;
        this.json = json;
    }

    /** @throws InvalidInputException naming the first refused key */
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
        for (String key : NEEDED) {
            JsonNode value = json.path(key);
            if (json.hasNonNull(key) && !(value.isBoolean() && value.booleanValue())) {
                throw problem(key, value);
            }
        }
        if (json.path("auto_map").hasNonNull("AutoModelForCausalLM")) {
            throw problem("auto_map.AutoModelForCausalLM", json.path("auto_map").path("AutoModelForCausalLM"));
        }
        json.properties().forEach(field -> refuseUnknown(field.getKey(), field.getValue()));
    }

    private void refuseUnknown(String key, JsonNode value) {
        boolean known = HARMLESS.contains(key)
                || FACTORS.contains(key)
                || SWITCHES.contains(key)
                || NEEDED.contains(key)
                || key.startsWith("_")
                || ASIDE.matcher(key).find();
        if (known || !OF_COMPUTATION.matcher(key).find()) {
            return;
        }
        boolean one = FACTOR.matcher(key).find() && value.isNumber() && value.doubleValue() == 1;
        boolean rotary = key.equals("position_embedding_type")
                && Set.of("rope", "rotary").contains(value.asText());
        if (!isNeutral(value) && !one && !rotary) {
            throw problem(key, value);
        }
    }

    private static boolean isNeutral(JsonNode value) {
        return value.isMissingNode()
                || value.isNull()
                || (value.isBoolean() && !value.booleanValue())
                || (value.isNumber() && value.doubleValue() == 0)
                || (value.isContainerNode() && value.isEmpty())
                || (value.isTextual() && Set.of("", "none").contains(value.textValue()));
    }

    private InvalidInputException problem(String key, JsonNode value) {
        return new InvalidInputException(
                file + ": " + key.replaceAll("\\p{Cntrl}", " ") + " " + JsonFile.shown(value) + " " + REMEDY);
    }
}
