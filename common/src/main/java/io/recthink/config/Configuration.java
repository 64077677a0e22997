package io.recthink.config;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A resolved configuration: each key of its {@link Sections}, with the value in use. It is immutable: a method that
 * changes a setting returns a new configuration.
 */
public final class Configuration {
    private final String name;
    private final long seed;
    private final Sections sections;
    private final Map<String, Section> values;

    Configuration(String name, long seed, Sections sections, Map<String, Section> values) {
        this.name = name;
        this.seed = seed;
        this.sections = sections;
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The label of the data set and of the run. */
    public String name() {
        return name;
    }

    /** The seed of all random streams. */
    public long seed() {
        return seed;
    }

    /** The section {@code paths}: where jobs read and write. */
    public Paths paths() {
        return get(Paths.class);
    }

    /**
     * The settings of a section.
     *
     * @throws IllegalArgumentException when the configuration does not have the section
     */
    public <S extends Section> S get(Class<S> type) {
        Section section = values.get(new SectionType<>(type).key());
        if (section == null) {
            throw new IllegalArgumentException("the configuration has no section for " + type.getName());
        }
        return type.cast(section);
    }

    /** A copy of this configuration with other settings for one section. */
    public Configuration with(Section section) {
        get(section.getClass());
        Map<String, Section> others = new LinkedHashMap<>(values);
        others.put(new SectionType<>(section.getClass()).key(), section);
        return new Configuration(name, seed, sections, others);
    }

    /**
     * A copy of this configuration with some settings changed, as {@code --set} changes them.
     *
     * @throws ConfigurationException as {@link Sections#read}
     */
    public Configuration change(List<String> settings) {
        return sections.read(name, toYaml(), settings);
    }

    /** The sections of this configuration. */
    public Sections sections() {
        return sections;
    }

    /** All keys and values as YAML. */
    public String toYaml() {
        return SettingsText.write(this);
    }

    /**
     * Some parts as YAML, with all their keys.
     *
     * @param parts {@code name}, {@code seed} or keys of sections
     */
    public String toYaml(List<String> parts) {
        return SettingsText.write(SettingsText.tree(this).retain(parts));
    }

    @JsonValue
    private Map<String, Object> all() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("name", name);
        all.put("seed", seed);
        all.putAll(values);
        return all;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Configuration that
                && name.equals(that.name)
                && seed == that.seed
                && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, seed, values);
    }

    @Override
    public String toString() {
        return toYaml();
    }
}
