package io.recthink.spark.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.config.Configuration;
import io.recthink.config.RecordedConfiguration;
import io.recthink.config.Sections;
import io.recthink.spark.tracking.TrackingSettings;
import java.util.List;

/**
 * The record of a job's run: its whole configuration.
 *
 * @param fixed keys and sections of the configuration that must not change when the run is resumed
 * @param free keys within them that may change
 */
public record ConfigurationRecord(Configuration configuration, List<String> fixed, List<String> free)
        implements RunRecord {
    private static final ObjectMapper JSON = new ObjectMapper();

    public ConfigurationRecord {
        fixed = List.copyOf(fixed);
        free = List.copyOf(free);
    }

    @Override
    public String name() {
        return configuration.name();
    }

    @Override
    public long seed() {
        return configuration.seed();
    }

    @Override
    public String yaml() {
        return configuration.toYaml();
    }

    @Override
    public List<String> sections() {
        return fixed;
    }

    @Override
    public TrackingSettings tracking() {
        return configuration.get(TrackingSettings.class);
    }

    /**
     * A key that the record lacks counts as changed only when its value differs from the behaviour of versions without
     * it.
     */
    @Override
    public List<String> changes(String origin, String before) {
        RecordedConfiguration record = RecordedConfiguration.read(origin, before);
        Sections compared = configuration
                .sections()
                .only(fixed.stream().map(key -> key.split("\\.", -1)[0]).toList());
        JsonNode then = JSON.valueToTree(record.as(compared));
        JsonNode now = JSON.valueToTree(configuration);
        SettingChanges changes = new SettingChanges(free);
        fixed.forEach(name -> changes.compare(name, then.path(name), now.path(name)));
        record.unknownTo(compared).forEach((key, value) -> {
            if (isOf(key, fixed) && !isOf(key, free)) {
                changes.note(key, value, "not known to this version of recthink");
            }
        });
        return changes.lines();
    }

    private static boolean isOf(String key, List<String> names) {
        return names.stream().anyMatch(name -> key.equals(name) || key.startsWith(name + "."));
    }
}
