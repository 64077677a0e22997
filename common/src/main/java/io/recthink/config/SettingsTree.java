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

/** The settings of some sections, from defaults to what is in force. Defaults say which keys there are and of which kind. */
final class SettingsTree {
    private static final Pattern SECRET = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://[^/@\\s]*:(?!\\d+/)[^@\\s]*@");

    private final ObjectNode defaults;
    private final Set<String> namedMaps;
    private final Set<String> openMaps;
    private final ObjectNode values;

    /**
     * The defaults.
     *
     * @param namedMaps keys of maps from names that people give to texts: a map is the whole of it, one name adds to it
     * @param openMaps keys of maps whose values may be of any kind: a map adds to it
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

    /** Lays what a file says over the values. */
    void merge(JsonNode file, Problems problems) {
        merge(values, file, defaults, "", problems);
    }

    /** Lays a setting of the command line over the values. */
    void set(String setting, Problems problems) {
        JsonNode given = SettingsText.parseSetting(setting);
        namedMaps.stream().filter(key -> !setting.startsWith(key + ".")).forEach(key -> forget(key, given));
        merge(given, problems);
    }

    /** What another map replaces. */
    private void forget(String key, JsonNode given) {
        JsonPointer place = JsonPointer.compile("/" + key.replace('.', '/'));
        if (given.at(place).isObject()) {
            ((ObjectNode) values.at(place)).removeAll();
        }
    }

    /** Takes out of a record the keys that these sections do not have, with their values. */
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

    /** Whether a value can take the place of a default. Numbers may be texts: YAML 1.1 reads 1e-5 as one. */
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

    /** Configurations are written into run folders and data cards, where a secret must never stand. */
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
