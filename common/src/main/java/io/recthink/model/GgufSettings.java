package io.recthink.model;

import io.recthink.InvalidInputException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Checks the metadata of a GGUF file that affect the computation. A key of the architecture that is neither known here
 * nor neutral may change what the model computes, so it is refused. Ignoring the key would change results without a
 * message.
 */
final class GgufSettings {
    /** Keys that become part of the configuration. */
    private static final Set<String> UNDERSTOOD = Set.of(
            "embedding_length",
            "feed_forward_length",
            "block_count",
            "context_length",
            "vocab_size",
            "attention.head_count",
            "attention.head_count_kv",
            "attention.key_length",
            "attention.value_length",
            "attention.layer_norm_rms_epsilon",
            "rope.freq_base",
            "rope.dimension_count",
            "rope.scaling.type",
            "rope.scaling.factor",
            "rope.scale_linear");

    /** Keys for other readers, and keys about a scaling that is refused anyway. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "rope.scaling.original_context_length",
            "rope.scaling.finetuned",
            "attention.layer_norm_epsilon",
            "tensor_data_layout");

    private final GgufReader gguf;
    private final String architecture;

    GgufSettings(GgufReader gguf, String architecture) {
        this.gguf = gguf;
        this.architecture = architecture;
    }

    /** Refuses settings that are not supported. */
    void refuseUnsupported() {
        String kind = gguf.findString("general.type").orElse("model");
        if (!kind.equals("model")) {
            throw gguf.problem(
                    "general.type " + GgufReader.shown(kind) + " is not supported; give the file of a whole model");
        }
        refuseRopeScaling();
        refuseDataLayout();
        if (!gguf.findBoolean(key("attention.causal")).orElse(true)) {
            throw unsupported("attention.causal");
        }
    }

    /** Refuses keys of the architecture that are not known and not neutral. */
    void refuseUnknown() {
        for (String name : gguf.keys()) {
            String prefix = architecture + ".";
            if (name.startsWith(prefix)) {
                refuseUnknown(name.substring(prefix.length()));
            }
        }
    }

    /**
     * Refuses rotary scaling. A factor without a type means linear scaling, as in llama.cpp; the factors 0 and 1 mean
     * none.
     */
    private void refuseRopeScaling() {
        Optional<String> type = gguf.findString(key("rope.scaling.type"));
        if (type.isPresent() && !type.get().equals("none")) {
            throw gguf.problem(key("rope.scaling.type") + " " + GgufReader.shown(type.get())
                    + " is not supported; supported are none and the factors of Llama 3");
        }
        // Files of 2023 use the second key.
        for (String name : List.of("rope.scaling.factor", "rope.scale_linear")) {
            double factor = gguf.findNumber(key(name)).orElse(1.0);
            if (type.isEmpty() && factor != 0 && factor != 1) {
                throw gguf.problem(key(name) + " " + factor + " without a type means linear scaling, which"
                        + " is not supported; supported are none and the factors of Llama 3");
            }
        }
    }

    private void refuseDataLayout() {
        String layout = gguf.findString(key("tensor_data_layout")).orElse("Meta AI original pth");
        if (!layout.equals("Meta AI original pth")) {
            throw unsupported("tensor_data_layout");
        }
    }

    private void refuseUnknown(String name) {
        boolean known = UNDERSTOOD.contains(name) || WITHOUT_EFFECT.contains(name) || name.equals("attention.causal");
        if (!known && !isNeutral(gguf.find(key(name)).orElse(false))) {
            throw unsupported(name);
        }
    }

    private static boolean isNeutral(Object value) {
        return value.equals(false)
                || (value instanceof Number number && number.doubleValue() == 0)
                || (value instanceof String text && text.isEmpty())
                || (value instanceof List<?> list && list.stream().allMatch(GgufSettings::isNeutral));
    }

    /** Refuses heads that are rotated only in part, and values with another width than keys. */
    void requireHeadDim(int headDim) {
        for (String name : List.of("rope.dimension_count", "attention.value_length")) {
            int found = gguf.findInteger(key(name)).orElse(headDim);
            if (found != headDim) {
                throw gguf.problem(key(name) + " " + found + " is not the size of a head, " + headDim
                        + "; such models are not supported");
            }
        }
    }

    private InvalidInputException unsupported(String name) {
        Object value = gguf.find(key(name)).orElseThrow();
        return gguf.problem(key(name) + " " + GgufReader.shown(value)
                + " is not supported, because it may change what the model computes");
    }

    private String key(String name) {
        return architecture + "." + name;
    }
}
