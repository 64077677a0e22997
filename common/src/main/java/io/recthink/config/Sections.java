package io.recthink.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sections of a configuration, in the order in which people read them; {@code paths} is always the first.
 * {@link #read} resolves a configuration. Precedence, from low to high: the defaults, the file, then
 * {@code --set key=value} in the given order. One message reports all problems.
 */
public final class Sections {
    private final List<SectionType<?>> types;
    private final String text;
    private final ObjectNode defaults;
    private final Set<String> namedMaps = new TreeSet<>();
    private final Set<String> openMaps = new TreeSet<>();

    private record Head(String name, long seed) {}

    private Sections(List<Class<? extends Section>> records) {
        types = Stream.concat(Stream.of(Paths.class), records.stream().filter(type -> type != Paths.class))
                .<SectionType<?>>map(SectionType::new)
                .toList();
        text = Stream.concat(Stream.of(head()), types.stream().map(SectionType::text))
                .collect(Collectors.joining("\n"));
        defaults = (ObjectNode) SettingsText.parse("defaults", text);
        types.forEach(type -> type.freeMaps((key, value) -> (value == String.class ? namedMaps : openMaps).add(key)));
    }

    /** The sections of these records, and {@code paths}. */
    public static Sections of(List<Class<? extends Section>> records) {
        return new Sections(records);
    }

    /** The sections with one of these keys, and {@code paths}. */
    public Sections only(Collection<String> keys) {
        return new Sections(types.stream()
                .filter(type -> keys.contains(type.key()))
                .<Class<? extends Section>>map(SectionType::type)
                .toList());
    }

    /** The defaults of one section. */
    public static <S extends Section> S defaultsOf(Class<S> type) {
        return of(List.of(type)).defaults().get(type);
    }

    /** The configuration that has only default values. */
    public Configuration defaults() {
        return read("defaults", "", List.of());
    }

    /**
     * Reads a configuration.
     *
     * @param origin the name of the file, for messages
     * @param yaml the text of the file, may be empty
     * @param settings {@code key=value} pairs with dotted keys. A value is a YAML value, or a map when the key names a
     *     section. For a key whose entries people name, such as {@code predict.policies}, a map replaces all entries,
     *     and {@code predict.policies.name=value} sets one entry.
     * @throws ConfigurationException naming each unknown key and each value out of range
     */
    public Configuration read(String origin, String yaml, List<String> settings) {
        return bind(origin, SettingsText.parse(origin, yaml), settings, tree());
    }

    /**
     * The configuration as text for people: each key with its comment, and the origin of each value that differs from
     * its default. The text is a valid configuration file.
     *
     * @param origin the name of the file
     * @param yaml the text of the file, may be empty
     * @param settings {@code key=value} pairs that override the file
     * @throws ConfigurationException as {@link #read}
     */
    public String commented(String origin, String yaml, List<String> settings) {
        JsonNode effective = SettingsText.tree(read(origin, yaml, settings));
        JsonNode file = SettingsText.parse(origin, yaml);
        List<JsonNode> set = settings.stream().map(SettingsText::parseSetting).toList();
        return new CommentedConfiguration(
                        SettingsText.tree(defaults()),
                        effective,
                        place -> set.stream().anyMatch(tree -> !tree.at(place).isMissingNode())
                                ? "--set"
                                : file.at(place).isMissingNode() ? "derived" : origin)
                .over(text);
    }

    /**
     * A section with some values changed.
     *
     * @param changes keys and values of the section; a map changes single keys below its key
     * @param origin the key that holds the changes, for messages
     * @throws ConfigurationException as {@link #read}
     */
    public static <S extends Section> S change(S section, Map<String, Object> changes, String origin) {
        @SuppressWarnings("unchecked")
        Class<S> type = (Class<S>) section.getClass();
        String key = new SectionType<>(type).key();
        Sections only = of(List.of(type));
        SettingsTree tree = only.tree();
        tree.merge(SettingsText.tree(Map.of(key, section)), new Problems());
        return only.bind(origin, SettingsText.tree(Map.of(key, changes)), List.of(), tree)
                .get(type);
    }

    /** The keys of a record that these sections do not have, with their values. */
    SortedMap<String, String> unknown(JsonNode record) {
        return tree().takeUnknown(record.deepCopy());
    }

    /**
     * The configuration that a run has recorded, for these sections only. Keys that the sections do not have are left
     * out.
     */
    Configuration recorded(String origin, JsonNode record) {
        SettingsTree tree = tree();
        ObjectNode earlier = SettingsText.tree(Map.of());
        types.forEach(type -> earlier.set(type.key(), type.earlier()));
        tree.merge(earlier, new Problems());
        JsonNode known = record.deepCopy();
        tree.takeUnknown(known);
        return bind(origin, known, List.of(), tree);
    }

    private SettingsTree tree() {
        return new SettingsTree(defaults, namedMaps, openMaps);
    }

    private Configuration bind(String origin, JsonNode file, List<String> settings, SettingsTree tree) {
        Problems problems = new Problems();
        tree.merge(file, problems);
        settings.forEach(setting -> tree.set(setting, problems));
        refuse(origin, problems);
        tree.refuseSecrets(problems);
        refuse(origin, problems);
        ObjectNode values = tree.values();
        Map<String, Section> bound = new LinkedHashMap<>();
        types.forEach(type -> bound.put(type.key(), type.bind(origin, (ObjectNode) values.get(type.key()))));
        Head head = SettingsText.bind(origin, "", values.deepCopy().retain("name", "seed"), Head.class);
        problems.require(!head.name.isBlank(), "name", "not blank", "'" + head.name + "'");
        bound.forEach((key, section) -> section.check(problems.in(key)));
        refuse(origin, problems);
        return new Configuration(head.name, head.seed, this, bound);
    }

    private static void refuse(String origin, Problems problems) {
        if (!problems.messages().isEmpty()) {
            throw new ConfigurationException(problems.messages().stream()
                    .map(message -> origin + ": " + message)
                    .collect(Collectors.joining("\n")));
        }
    }

    private static String head() {
        try (InputStream head = Sections.class.getResourceAsStream("configuration.yaml")) {
            return new String(head.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
