package io.recthink.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads and writes adapter_config.json of PEFT. A key that is neither known here nor empty may change what the adapter
 * computes, so it is refused; keys of later versions are refused too.
 */
final class LoraConfigParser {
    private static final String TYPE = "LORA";
    private static final String TASK = "CAUSAL_LM";
    private static final String ALL_LINEAR = "all-linear";
    private static final int MOST_TARGETS = 4096; // the list may name whole paths, one for each layer
    private static final Set<String> UNDERSTOOD =
            Set.of("r", "lora_alpha", "use_rslora", "target_modules", "peft_type", "task_type", "bias", "lora_dropout");
    // Keys that name the adapter's origin, and keys that only training or other kinds of models use.
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "base_model_name_or_path",
            "revision",
            "auto_mapping",
            "inference_mode",
            "peft_version",
            "megatron_core",
            "layers_pattern",
            "qalora_group_size",
            "ensure_weight_tying");
    private static final Set<String> INITIALISATIONS = Set.of("gaussian", "orthogonal");
    private static final String MERGE =
            "merge the adapter into its model with PEFT (merge_and_unload) and use that model";

    private final Path file;
    private final JsonNode json;
    private final int layers;

    private LoraConfigParser(Path file, int layers) {
        this.file = file;
        this.json = JsonFile.readObject(file);
        this.layers = layers;
    }

    /** @param layers number of layers of the model that the adapter belongs to */
    static LoraConfig read(Path file, int layers) {
        return new LoraConfigParser(file, layers).parse();
    }

    static ObjectNode toJson(LoraConfig config, String baseModel) {
        ObjectNode json = JsonFile.MAPPER.createObjectNode();
        json.put("base_model_name_or_path", baseModel);
        json.put("bias", "none");
        json.put("fan_in_fan_out", false);
        json.put("inference_mode", true);
        json.put("init_lora_weights", true);
        if (config.alpha() == Math.rint(config.alpha())) {
            json.put("lora_alpha", (long) config.alpha());
        } else {
            json.put("lora_alpha", config.alpha());
        }
        json.put("lora_dropout", 0.0);
        json.putNull("modules_to_save");
        json.put("peft_type", TYPE);
        json.put("r", config.rank());
        ArrayNode targets = json.putArray("target_modules");
        config.projections().forEach(projection -> targets.add(projection.module()));
        json.put("task_type", TASK);
        json.put("use_dora", false);
        return json.put("use_rslora", config.rankStabilized());
    }

    private LoraConfig parse() {
        requireText("peft_type", TYPE, "train a LoRA adapter");
        if (json.hasNonNull("task_type")) {
            requireText("task_type", TASK, "train the adapter for text generation");
        }
        if (json.hasNonNull("bias")) {
            requireText("bias", "none", MERGE);
        }
        dropout();
        json.fields().forEachRemaining(field -> requireWithoutEffect(field.getKey(), field.getValue()));
        try {
            return new LoraConfig(rank(), alpha(), rankStabilized(), projections());
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(file + ": " + e.getMessage(), e);
        }
    }

    private void requireText(String key, String expected, String remedy) {
        JsonNode value = json.path(key);
        if (!value.asText().equals(expected)) {
            throw problem(key, value, "is not supported, only \"" + expected + "\" is; " + remedy);
        }
    }

    /**
     * Returns the share of inputs that training of the adapter drops. Computing with the adapter drops no inputs.
     *
     * @param file adapter_config.json
     */
    static double dropout(Path file) {
        return new LoraConfigParser(file, 0).dropout();
    }

    private double dropout() {
        JsonNode value = json.path("lora_dropout");
        if (json.hasNonNull("lora_dropout")
                && !(value.isNumber() && value.doubleValue() >= 0 && value.doubleValue() < 1)) {
            throw problem("lora_dropout", value, "must be a number from 0 to below 1");
        }
        return value.asDouble();
    }

    private void requireWithoutEffect(String key, JsonNode value) {
        boolean known = key.equals("init_lora_weights")
                ? value.isBoolean() || INITIALISATIONS.contains(value.asText())
                : UNDERSTOOD.contains(key) || WITHOUT_EFFECT.contains(key);
        if (!known && !isEmpty(value)) {
            throw problem(key, value, "is not supported; " + MERGE);
        }
    }

    private static boolean isEmpty(JsonNode value) {
        return value.isNull()
                || (value.isContainerNode() && value.isEmpty())
                || (value.isBoolean() && !value.booleanValue())
                || (value.isTextual() && value.textValue().isEmpty());
    }

    private int rank() {
        JsonNode value = json.path("r");
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw problem("r", value, "must be a whole number, the rank");
        }
        return value.intValue();
    }

    private double alpha() {
        JsonNode value = json.path("lora_alpha");
        if (!value.isNumber()) {
            throw problem("lora_alpha", value, "must be a number");
        }
        return value.doubleValue();
    }

    private boolean rankStabilized() {
        JsonNode value = json.path("use_rslora");
        if (json.hasNonNull("use_rslora") && !value.isBoolean()) {
            throw problem("use_rslora", value, "must be true or false");
        }
        return value.booleanValue();
    }

    private Set<Projection> projections() {
        JsonNode targets = json.path("target_modules");
        if (targets.asText().equals(ALL_LINEAR)) {
            return EnumSet.allOf(Projection.class);
        }
        if (!targets.isArray() || targets.isEmpty() || targets.size() > MOST_TARGETS) {
            throw problem("target_modules", targets, "must be a list of modules; " + remedy());
        }
        Map<Projection, Set<Integer>> layersOf = new EnumMap<>(Projection.class);
        targets.forEach(target -> addMatches(target, layersOf));
        layersOf.forEach((projection, matched) -> {
            if (matched.size() < layers) {
                throw problem(
                        "target_modules", targets, "has " + projection.module() + " in some layers only; " + remedy());
            }
        });
        return layersOf.keySet();
    }

    /**
     * Adds the modules that PEFT takes for a target: the path of a module is the target, or ends with a dot and the
     * target.
     */
    private void addMatches(JsonNode target, Map<Projection, Set<Integer>> layersOf) {
        boolean found = false;
        for (Projection projection : Projection.values()) {
            for (int layer = 0; layer < layers; layer++) {
                if (("." + projection.in(layer)).endsWith("." + target.asText())) {
                    layersOf.computeIfAbsent(projection, key -> new HashSet<>()).add(layer);
                    found = true;
                }
            }
        }
        if (!found) {
            throw problem("target_modules", target, "is not supported; " + remedy());
        }
    }

    private static String remedy() {
        String names =
                Arrays.stream(Projection.values()).map(Projection::module).collect(Collectors.joining(", "));
        return "list some of " + names + ", or write \"" + ALL_LINEAR + "\" for all modules";
    }

    private InvalidInputException problem(String key, JsonNode value, String what) {
        return new InvalidInputException(
                file + ": " + key + " " + (value.isMissingNode() ? "(absent)" : JsonFile.shown(value)) + " " + what);
    }
}
