package io.recthink.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.InvalidInputException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the rotary positions of config.json, as transformers 4 ({@code rope_scaling}) or 5 ({@code rope_parameters})
 * writes them: an object with a type and the numbers of this type. Anything else in the object is refused, because
 * transformers may compute other results with it.
 */
final class RopeSettings {
    private static final String SUPPORTED = "supported are default, llama3";
    private static final Set<String> OF_ANY_TYPE = Set.of("rope_type", "type", "rope_theta", "partial_rotary_factor");
    private static final Set<String> OF_LLAMA3 =
            Set.of("factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings");

    private final Path file;
    private final String key;
    private final JsonNode json;

    /** @throws InvalidInputException when the value is not null, absent or an object */
    RopeSettings(Path file, String key, JsonNode json) {
        this.file = file;
        this.key = key;
        this.json = json;
        if (!json.isMissingNode() && !json.isNull() && !json.isObject()) {
            throw problem(" must be an object (was " + JsonFile.shown(json) + ")");
        }
    }

    /** Whether the key is absent, null or empty. */
    boolean isEmpty() {
        return !json.isObject() || json.isEmpty();
    }

    Optional<Llama3RopeScaling> scaling() {
        if (!type().equals("llama3")) {
            return Optional.empty();
        }
        return Optional.of(new Llama3RopeScaling(
                number("factor"), number("low_freq_factor"), number("high_freq_factor"), originalMaxPositions()));
    }

    /**
     * Refuses {@code rope_scaling} and {@code rope_parameters} that differ: each version of transformers reads one of
     * them.
     */
    void requireSame(RopeSettings older) {
        Set<String> names = new LinkedHashSet<>(Set.of("rope_type"));
        older.json.fieldNames().forEachRemaining(names::add);
        names.remove("type");
        for (String name : names) {
            boolean same = name.equals("rope_type")
                    ? type().equals(older.type())
                    : same(older.json.path(name), json.path(name));
            if (!same) {
                throw new InvalidInputException(file + ": " + older.key + " and " + key + " differ in " + name
                        + "; keep the one that the model was trained with");
            }
        }
    }

    private static boolean same(JsonNode left, JsonNode right) {
        boolean numbers = left.isNumber() && right.isNumber();
        return numbers ? left.doubleValue() == right.doubleValue() : left.equals(right);
    }

    private String type() {
        JsonNode type = json.path(json.hasNonNull("rope_type") ? "rope_type" : "type");
        return type.isMissingNode() || type.isNull() ? "default" : type.asText();
    }

    /** Refuses another type, and fields with which transformers may compute beside the type. */
    void refuseUnknown() {
        if (isEmpty()) {
            return;
        }
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            if (field.getValue().isObject()) {
                throw problem(" has values of its own for " + field.getKey()
                        + "; rotary positions that differ between layers are not supported");
            }
        }
        JsonNode older = json.path("type");
        if (json.hasNonNull("rope_type") && json.hasNonNull("type") && !older.equals(json.path("rope_type"))) {
            throw problem(": rope_type " + JsonFile.shown(json.path("rope_type")) + " and type " + JsonFile.shown(older)
                    + " differ; keep the one that the model was trained with");
        }
        boolean untyped = !json.hasNonNull("rope_type") && !json.hasNonNull("type");
        if (untyped && json.path("factor").asDouble(1) != 1) {
            throw problem(" has the factor " + JsonFile.shown(json.path("factor"))
                    + " and no rope_type; name the type, " + SUPPORTED);
        }
        boolean llama3 = type().equals("llama3");
        if (!llama3 && !type().equals("default")) {
            throw problem(
                    ": rope type " + JsonFile.shown(json.path(json.hasNonNull("rope_type") ? "rope_type" : "type"))
                            + " is not supported; " + SUPPORTED);
        }
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            boolean known = OF_ANY_TYPE.contains(field.getKey()) || (llama3 && OF_LLAMA3.contains(field.getKey()));
            if (!known && !isWithoutEffect(field.getKey(), field.getValue())) {
                throw problem(": " + field.getKey() + " " + JsonFile.shown(field.getValue())
                        + " is not supported for the rope type " + type() + "; remove it, or name the type, "
                        + SUPPORTED);
            }
        }
    }

    private static boolean isWithoutEffect(String name, JsonNode value) {
        return value.isNull()
                || (value.isContainerNode() && value.isEmpty())
                || (name.endsWith("factor") && value.isNumber() && value.doubleValue() == 1)
                || name.equals("original_max_position_embeddings");
    }

    private int originalMaxPositions() {
        JsonNode value = json.path("original_max_position_embeddings");
        if (!value.isInt()) {
            throw new InvalidInputException(file + ": original_max_position_embeddings must be a whole number (was "
                    + JsonFile.shown(value) + ")");
        }
        return value.intValue();
    }

    private double number(String name) {
        JsonNode value = json.path(name);
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw new InvalidInputException(
                    file + ": " + name + " must be a number (was " + JsonFile.shown(value) + ")");
        }
        return value.doubleValue();
    }

    private InvalidInputException problem(String what) {
        return new InvalidInputException(file + ": " + key + what);
    }
}
