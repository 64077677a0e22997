package io.recthink.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Converts settings between YAML texts, trees and records. It refuses YAML that a person reads differently than the
 * parser.
 */
final class SettingsText {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .build();

    private static final Pattern OCTAL = Pattern.compile("[+-]?0[0-7]+");
    private static final Pattern NO_NUMBER = Pattern.compile("[ =:,\\[][+-]?\\.(?i:nan|inf)\\b");
    private static final String NO_NUMBER_TEXT = "no setting can be .nan or .inf; give a number";

    private SettingsText() {}

    /** The tree of a YAML text with keys and values; the text may be empty. */
    static JsonNode parse(String origin, String yaml) {
        try {
            JsonNode tree = YAML.readTree(yaml);
            refuseMisread(origin, yaml);
            if (tree.isObject() || tree instanceof MissingNode || tree.isNull()) {
                return tree;
            }
            throw new ConfigurationException(origin + ": expected keys and values, found " + tree.getNodeType());
        } catch (JsonProcessingException e) {
            throw new ConfigurationException(
                    origin + ": "
                            + (NO_NUMBER
                                            .matcher(yaml.replaceAll("(?m)(?:^| )#.*$", ""))
                                            .find()
                                    ? NO_NUMBER_TEXT
                                    : "is not valid YAML: " + e.getMessage()),
                    e);
        }
    }

    /** The tree of {@code key=value} with a dotted key. */
    static JsonNode parseSetting(String setting) {
        int equals = setting.indexOf('=');
        if (equals < 1) {
            throw new ConfigurationException("--set takes key=value (was '" + setting + "')");
        }
        try {
            String text = setting.substring(equals + 1);
            JsonNode value = YAML.readTree(text);
            refuseMisread("--set " + setting, text);
            value = value instanceof MissingNode ? YAML.getNodeFactory().textNode("") : value;
            String[] keys = setting.substring(0, equals).split("\\.", -1);
            for (int i = keys.length - 1; i >= 0; i--) {
                value = YAML.createObjectNode().set(keys[i], value);
            }
            return value;
        } catch (JsonProcessingException e) {
            String why = NO_NUMBER.matcher(setting).find() ? NO_NUMBER_TEXT : "the value is not valid YAML";
            throw new ConfigurationException("--set " + setting + ": " + why, e);
        }
    }

    /** Refuses numbers that YAML reads as octal, and more than one YAML document. */
    private static void refuseMisread(String origin, String yaml) throws JsonProcessingException {
        try (JsonParser parser = YAML.createParser(yaml)) {
            int depth = 0;
            int documents = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                documents += depth == 0 ? 1 : 0;
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                String text = token.isNumeric() ? parser.getText() : "";
                if (OCTAL.matcher(text).matches()) {
                    throw new ConfigurationException(
                            "%s: %s is the octal number %s in YAML. Write it without the leading 0, in quotes if it is a text, or as 0x%x."
                                    .formatted(origin, text, parser.getBigIntegerValue(), parser.getBigIntegerValue()));
                }
            }
            if (documents > 1) {
                throw new ConfigurationException(
                        "%s: contains %d YAML documents, separated by ---. Put all settings into one document."
                                .formatted(origin, documents));
            }
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // cannot happen: the text is in memory
        }
    }

    /**
     * Binds the values of a section to its record.
     *
     * @throws ConfigurationException naming the key whose value has the wrong type
     */
    static <T> T bind(String origin, String section, ObjectNode values, Class<T> type) {
        try {
            return YAML.treeToValue(values, type);
        } catch (InvalidFormatException e) {
            throw new ConfigurationException(
                    "%s: %s must be %s (was %s)"
                            .formatted(origin, key(section, e), choice(e.getTargetType()), e.getValue()),
                    e);
        } catch (JsonMappingException e) {
            throw new ConfigurationException(
                    "%s: %s: %s".formatted(origin, key(section, e), e.getOriginalMessage()), e);
        } catch (JsonProcessingException e) {
            throw new ConfigurationException(origin + ": " + e.getOriginalMessage(), e);
        }
    }

    static ObjectNode tree(Object value) {
        return YAML.valueToTree(value);
    }

    static String write(Object value) {
        try {
            return YAML.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String key(String section, JsonMappingException e) {
        return e.getPath().stream()
                .map(JsonMappingException.Reference::getFieldName)
                .collect(Collectors.joining(".", section.isEmpty() ? "" : section + ".", ""));
    }

    private static String choice(Class<?> type) {
        return type.isEnum()
                ? Arrays.stream(type.getEnumConstants())
                        .map(constant -> YAML.convertValue(constant, String.class))
                        .collect(Collectors.joining(", ", "one of ", ""))
                : "of type " + type.getSimpleName();
    }
}
