package io.recthink.spark.prepare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.source.Period;
import io.recthink.spark.source.SourceSettings;
import io.recthink.spark.table.PrepareSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a call of {@code prepare} asks for: two calls with the same request, on the same log, make the same data set.
 *
 * @param settings dotted keys of the configuration, and the options of the command, with their values
 */
record Request(Map<String, JsonNode> settings) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Request of(
            Configuration configuration, Period period, Optional<String> appendTo, Optional<CycleRows> cycle) {
        Map<String, JsonNode> settings = new TreeMap<>();
        put(settings, "name", configuration.name());
        put(settings, "seed", configuration.seed());
        boolean simulated = configuration.get(SourceSettings.class).reviews().isEmpty();
        put(
                settings,
                "paths.log",
                simulated ? configuration.paths().resolve(configuration.paths().log()) : "");
        put(settings, "source", configuration.get(SourceSettings.class));
        put(settings, "prepare", configuration.get(PrepareSettings.class));
        put(settings, "--since", period.since().map(Object::toString).orElse(""));
        put(settings, "--until", period.until().map(Object::toString).orElse(""));
        put(settings, "rows of a cycle", cycle.map(Object::toString).orElse(""));
        put(
                settings,
                "--append-to",
                appendTo.map(configuration.paths()::resolve).orElse(""));
        return new Request(settings);
    }

    private static void put(Map<String, JsonNode> settings, String key, Object value) {
        JsonNode tree = asRead(JSON.valueToTree(value));
        if (tree.isObject() && !tree.isEmpty()) {
            tree.properties().forEach(field -> put(settings, key + "." + field.getKey(), field.getValue()));
        } else {
            settings.put(key, tree);
        }
    }

    private static String shown(JsonNode value) {
        return value == null ? "not known" : value.toString();
    }

    /** A value as it is read from a file again: a number of another Java type would not be equal. */
    private static JsonNode asRead(JsonNode tree) {
        try {
            return JSON.readTree(tree.toString());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Checks that a complete data set is what this request asks for.
     *
     * @throws InvalidInputException with each difference
     */
    void refuseOther(Origin there, String folder) {
        if (there.request() == null) {
            throw new InvalidInputException(
                    "--if-missing: %s is of an older version that did not record with which settings it was made; prepare it anew in another paths.data"
                            .formatted(folder));
        }
        List<String> differences = new ArrayList<>();
        TreeSet<String> keys = new TreeSet<>(settings.keySet());
        keys.addAll(there.request().keySet());
        for (String key : keys) {
            JsonNode before = there.request().get(key);
            JsonNode now = settings.get(key);
            if (before == null || !before.equals(now)) {
                differences.add("%s was %s there and is %s here".formatted(key, shown(before), shown(now)));
            }
        }
        if (!differences.isEmpty()) {
            throw new InvalidInputException(
                    "--if-missing: %s is another data set: %s; set another paths.data, or remove the folder to prepare it anew"
                            .formatted(folder, String.join(", ", differences)));
        }
    }
}
