package io.recthink.config;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The values of some sections, on top of their defaults. The defaults define the known keys and the type of each value.
 */
final class SettingsTree {
    private static final Pattern SECRET = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://[^/@\\s]*:(?!\\d+/)[^@\\s]*@");

    private final ObjectNode defaults;
    private final Set<String> namedMaps;
    private final Set<String> openMaps;
    private final ObjectNode values;

    /**
     * A tree that contains the defaults.
     *
     * @param namedMaps keys of maps from names that people choose to texts. On the command line a map replaces all
     *     entries, and one name adds an entry.
     * @param openMaps keys of maps whose values have any type; a map adds its entries
     */
    SettingsTree(ObjectNode defaults, Set<String> namedMaps, Set<String> openMaps) {
        this.defaults = defaults;
        this.namedMaps = namedMaps;
        this.openMaps = openMaps;
        this.values = defaults.deepCopy();
    }

    ObjectNode values() {
        return values;
    }

    /** Puts the values of a file over the current values. */
    void merge(JsonNode file, Problems problems) {
        merge(values, file, defaults, "", problems);
    }

    /** Puts one setting of the command line over the current values. */
    void set(String setting, Problems problems) {
        JsonNode given = SettingsText.parseSetting(setting);
        namedMaps.stream().filter(key -> !setting.startsWith(key + ".")).forEach(key -> forget(key, given));
        merge(given, problems);
    }

    /** Removes the entries of a named map that the setting replaces with another map. */
    private void forget(String key, JsonNode given) {
        JsonPointer place = JsonPointer.compile("/" + key.replace('.', '/'));
        if (given.at(place).isObject()) {
            ((ObjectNode) values.at(place)).removeAll();
        }
    }

    /** Removes from a record the keys that these sections do not have, and returns them with their values. */
    SortedMap<String, String> takeUnknown(JsonNode recorded) {
        SortedMap<String, String> unknown = new TreeMap<>();
        takeUnknown(recorded, defaults, "", unknown);
        return unknown;
    }

    private void takeUnknown(JsonNode recorded, JsonNode known, String prefix, SortedMap<String, String> unknown) {
        for (Iterator<Map.Entry<String, JsonNode>> entries = recorded.fields(); entries.hasNext(); ) {
            Map.Entry<String, JsonNode> entry = entries.next();
            String key = prefix + entry.getKey();
            JsonNode usual = known.get(entry.getKey());
            if (usual == null) {
                unknown.put(key, shown(entry.getValue()));
                entries.remove();
            } else if (usual.isObject() && !openMaps.contains(key) && !namedMaps.contains(key)) {
                takeUnknown(entry.getValue(), usual, key + ".", unknown);
            }
        }
    }

    private void merge(ObjectNode target, JsonNode source, JsonNode usual, String prefix, Problems problems) {
        boolean isNamed = !prefix.isEmpty() && namedMaps.contains(prefix.substring(0, prefix.length() - 1));
        for (Map.Entry<String, JsonNode> entry : source.properties()) {
            String key = prefix + entry.getKey();
            JsonNode known = isNamed ? target.textNode("") : usual.get(entry.getKey());
            if (known == null) {
                problems.require(false, key, "a known key; one of " + names(target), "unknown");
            } else if (openMaps.contains(key) && entry.getValue().isObject()) {
                ((ObjectNode) target.get(entry.getKey())).setAll((ObjectNode) entry.getValue());
            } else if (known.isObject() && entry.getValue().isObject()) {
                merge((ObjectNode) target.get(entry.getKey()), entry.getValue(), known, key + ".", problems);
            } else if (known.isObject() != entry.getValue().isObject()) {
                problems.require(false, key, known.isObject() ? "a section" : "a single value", entry.getValue());
            } else {
                problems.require(fits(known, entry.getValue()), key, kind(known), shown(entry.getValue()));
                target.set(entry.getKey(), entry.getValue());
            }
        }
    }

    /** Whether a value has the type of a default. A number may be a text: YAML 1.1 reads 1e-5 as a text. */
    private static boolean fits(JsonNode known, JsonNode value) {
        if (known.isArray()) {
            return value.isArray()
                    && StreamSupport.stream(value.spliterator(), false)
                            .allMatch(element -> known.isEmpty() ? isText(element) : fits(known.get(0), element));
        } else if (known.isIntegralNumber()) {
            return value.isIntegralNumber()
                    || (value.isTextual() && value.textValue().matches("[+-]?\\d+"));
        } else if (known.isNumber()) {
            return value.isNumber()
                    || (value.isTextual() && value.textValue().matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?"));
        } else if (known.isBoolean()) {
            return value.isBoolean();
        }
        return isText(value);
    }

    private static boolean isText(JsonNode value) {
        return value.isValueNode() && !value.isNull();
    }

    /** Refuses values with a user and a password in a URI: run folders and data cards contain the configuration. */
    void refuseSecrets(Problems problems) {
        refuseSecrets(values, "", problems);
    }

    private static void refuseSecrets(JsonNode node, String key, Problems problems) {
        if (node.isTextual() && SECRET.matcher(node.textValue()).find()) {
            problems.require(
                    false,
                    key,
                    "a location without user and secret (s3a reads them from the environment, the instance profile or"
                            + " spark.hadoop.fs.s3a.*)",
                    "one with both");
        }
        node.properties()
                .forEach(entry -> refuseSecrets(
                        entry.getValue(), key.isEmpty() ? entry.getKey() : key + "." + entry.getKey(), problems));
    }

    private static String kind(JsonNode known) {
        if (known.isArray()) {
            return known.isEmpty() ? "a list" : "a list such as " + known;
        } else if (known.isIntegralNumber()) {
            return "a whole number";
        } else if (known.isNumber()) {
            return "a number";
        }
        return known.isBoolean() ? "true or false" : "a single value";
    }

    private static String shown(JsonNode value) {
        if (value.isContainerNode()) {
            return value.toString();
        }
        return value.isNull() || value.asText().isEmpty() ? "empty" : value.asText();
    }

    private static String names(ObjectNode node) {
        return node.properties().stream().map(Map.Entry::getKey).collect(Collectors.joining(", "));
    }
}
