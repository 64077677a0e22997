package io.recthink.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A configuration that a run or a policy has recorded, perhaps with another version of recthink. Only the requested
 * sections are read. A key that the record lacks has the value that describes the behaviour of the earlier version. A
 * key that this version does not know is left out.
 */
public final class RecordedConfiguration {
    private final String origin;
    private final JsonNode record;

    private RecordedConfiguration(String origin, JsonNode record) {
        this.origin = origin;
        this.record = record;
    }

    /**
     * Reads a record.
     *
     * @param origin the name of the file, for messages
     * @param yaml the text of the file, may be empty
     * @throws ConfigurationException when the text is not YAML with keys and values
     */
    public static RecordedConfiguration read(String origin, String yaml) {
        return new RecordedConfiguration(origin, SettingsText.parse(origin, yaml));
    }

    /**
     * The settings of a section.
     *
     * @throws ConfigurationException when a value is out of range
     */
    public <S extends Section> S get(Class<S> type) {
        return Sections.of(List.of(type))
                .recorded(origin, only(new SectionType<>(type).key()))
                .get(type);
    }

    /** The section {@code paths} of the run. */
    public Paths paths() {
        return get(Paths.class);
    }

    /** The seed of the run. */
    public long seed() {
        return Sections.of(List.of()).recorded(origin, only("seed")).seed();
    }

    /** The number at a key such as {@code train.groupSize}; empty when the record has no number there. */
    public Optional<Number> number(String key) {
        JsonNode value = record.at("/" + key.replace('.', '/'));
        return value.isNumber() ? Optional.of(value.numberValue()) : Optional.empty();
    }

    /**
     * The values at some keys and in some sections by their dotted keys; a list is one value.
     *
     * @param keys such as {@code seed} or {@code train.optimizer}; a key that the record lacks is left out
     */
    public SortedMap<String, String> values(List<String> keys) {
        SortedMap<String, String> found = new TreeMap<>();
        keys.forEach(key -> collect(key, record.at("/" + key.replace('.', '/')), found));
        return found;
    }

    private static void collect(String key, JsonNode value, SortedMap<String, String> found) {
        if (value.isObject() && !value.isEmpty()) {
            value.properties().forEach(field -> collect(key + "." + field.getKey(), field.getValue(), found));
        } else if (!value.isMissingNode()) {
            found.put(key, value.isTextual() ? value.textValue() : value.toString());
        }
    }

    /**
     * The record as a whole configuration.
     *
     * @throws ConfigurationException as {@link #get}
     */
    public Configuration as(Sections sections) {
        return sections.recorded(origin, record);
    }

    /** The keys of the record that {@code sections} do not have, with their values. */
    public SortedMap<String, String> unknownTo(Sections sections) {
        return sections.unknown(record);
    }

    /** The record with one key only. */
    private JsonNode only(String key) {
        return SettingsText.tree(record.has(key) ? Map.of(key, record.get(key)) : Map.of());
    }
}
