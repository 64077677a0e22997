package io.recthink.spark.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.recthink.InvalidInputException;
import io.recthink.spark.tracking.TrackingSettings;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The record of a run that a library started: the settings of its call.
 *
 * @param section name of the settings, as in {@code exp3rt.preference.sft}
 * @param settings values that Jackson can write: numbers, texts, records and maps of them; all of them are compared
 * @param free keys, with the section as prefix, that may change when the run is resumed
 */
public record SettingsRecord(String name, long seed, String section, Map<String, Object> settings, List<String> free)
        implements RunRecord {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    public SettingsRecord {
        settings = Map.copyOf(settings);
        free = List.copyOf(free);
    }

    /** JSON text, which is also YAML. */
    @Override
    public String yaml() {
        try {
            return JSON.writeValueAsString(JSON.createObjectNode()
                            .put("name", name)
                            .put("seed", seed)
                            .set(section, tree()))
                    + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public List<String> sections() {
        return List.of("seed", section);
    }

    @Override
    public TrackingSettings tracking() {
        return TrackingSettings.NONE;
    }

    private JsonNode tree() {
        return JSON.valueToTree(new TreeMap<>(settings));
    }

    @Override
    public List<String> changes(String origin, String before) {
        try {
            JsonNode then = JSON.readTree(before);
            JsonNode now = JSON.readTree(yaml()); // parsed again: equal numbers of different types would differ
            SettingChanges changes = new SettingChanges(free);
            changes.compare("seed", then.path("seed"), now.path("seed"));
            changes.compare(section, then.path(section), now.path(section));
            return changes.lines();
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(
                    "%s cannot be read: %s. Restore it, or start another run."
                            .formatted(origin, e.getOriginalMessage()),
                    e);
        }
    }
}
