package io.recthink.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Reads a configuration. Precedence, from low to high: {@code defaults.yaml}, the file, {@code --set key=value} in the
 * order given. All problems are gathered and reported together.
 */
public final class ConfigurationReader {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .build();

    private ConfigurationReader() {}

    /** The defaults alone. */
    public static Configuration defaults() {
        return read("defaults", "", List.of());
    }

    /**
     * Reads a configuration.
     *
     * @param origin the name of the file, for messages
     * @param yaml the text of the file, may be empty
     * @param settings {@code key=value} pairs with dotted keys; values are YAML scalars
     * @throws ConfigurationException naming every unknown key and every value out of range
     */
    public static Configuration read(String origin, String yaml, List<String> settings) {
        ObjectNode tree = defaultsTree();
        Problems problems = new Problems();
        merge(tree, parse(origin, yaml), "", problems);
        for (String setting : settings) {
            merge(tree, settingTree(setting), "", problems);
        }
        refuse(origin, problems);
        Configuration configuration = bind(origin, tree);
        configuration.check(problems);
        refuse(origin, problems);
        return configuration;
    }

    /** The configuration with every key, as YAML. */
    public static String write(Configuration configuration) {
        try {
            return YAML.writeValueAsString(configuration);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void refuse(String origin, Problems problems) {
        if (!problems.messages().isEmpty()) {
            throw new ConfigurationException(problems.messages().stream()
                    .map(message -> origin + ": " + message)
                    .collect(Collectors.joining("\n")));
        }
    }

    private static ObjectNode defaultsTree() {
        try (InputStream defaults = ConfigurationReader.class.getResourceAsStream("defaults.yaml")) {
            return (ObjectNode) YAML.readTree(defaults);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode parse(String origin, String yaml) {
        try {
            JsonNode tree = YAML.readTree(yaml);
            if (tree.isObject() || tree instanceof MissingNode || tree.isNull()) {
                return tree;
            }
            throw new ConfigurationException(origin + ": expected keys and values, found " + tree.getNodeType());
        } catch (JsonProcessingException e) {
            throw new ConfigurationException(origin + ": is not valid YAML: " + e.getMessage(), e);
        }
    }

    private static JsonNode settingTree(String setting) {
        int equals = setting.indexOf('=');
        if (equals < 1) {
            throw new ConfigurationException("--set takes key=value (was '" + setting + "')");
        }
        try {
            JsonNode value = YAML.readTree(setting.substring(equals + 1));
            value = value instanceof MissingNode ? YAML.getNodeFactory().textNode("") : value;
            String[] keys = setting.substring(0, equals).split("\\.", -1);
            for (int i = keys.length - 1; i >= 0; i--) {
                value = YAML.createObjectNode().set(keys[i], value);
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new ConfigurationException("--set " + setting + ": the value is not valid YAML", e);
        }
    }

    private static void merge(ObjectNode target, JsonNode source, String prefix, Problems problems) {
        boolean freeKeys = prefix.equals("predict.policies.");
        for (Map.Entry<String, JsonNode> entry : source.properties()) {
            String key = prefix + entry.getKey();
            JsonNode known = target.get(entry.getKey());
            if (known == null && !freeKeys) {
                problems.require(false, key, "a known key; one of " + names(target), "unknown");
            } else if (known != null && known.isObject() && entry.getValue().isObject()) {
                merge((ObjectNode) known, entry.getValue(), key + ".", problems);
            } else if (known != null && known.isObject() != entry.getValue().isObject()) {
                problems.require(false, key, known.isObject() ? "a section" : "a single value", entry.getValue());
            } else {
                target.set(entry.getKey(), entry.getValue());
            }
        }
    }

    private static String names(ObjectNode node) {
        return node.properties().stream().map(Map.Entry::getKey).collect(Collectors.joining(", "));
    }

    private static Configuration bind(String origin, ObjectNode tree) {
        try {
            return YAML.treeToValue(tree, Configuration.class);
        } catch (JsonMappingException e) {
            String key = e.getPath().stream()
                    .map(JsonMappingException.Reference::getFieldName)
                    .collect(Collectors.joining("."));
            throw new ConfigurationException("%s: %s: %s".formatted(origin, key, e.getOriginalMessage()), e);
        } catch (JsonProcessingException e) {
            throw new ConfigurationException(origin + ": " + e.getOriginalMessage(), e);
        }
    }
}
