package io.recthink.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
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
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

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

    /** The section whose keys are the chat template's, and whose values may be of any kind. */
    private static final String TEMPLATE = "prompt.template";

    /** The section whose keys are names that a person gives. A map of them is the whole of it; one named adds to it. */
    private static final String POLICIES = "predict.policies";

    /** What runs and policies were made with before there were these keys, where that is not the default. */
    private static final String EARLIER =
            """
            prompt: {layout: skeleton}
            reward: {minWords: 0}
            """;

    private static final Pattern OCTAL = Pattern.compile("[+-]?0[0-7]+");
    private static final Pattern NO_NUMBER = Pattern.compile("[ =:,\\[][+-]?\\.(?i:nan|inf)\\b");
    private static final String NO_NUMBER_TEXT = "no setting can be .nan or .inf; give a number";
    private static final Pattern SECRET = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://[^/@\\s]*:(?!\\d+/)[^@\\s]*@");

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
     * @param settings {@code key=value} pairs with dotted keys; values are YAML scalars, or a map where the key is that of
     *     a section. {@code predict.policies} with a map replaces all policies, with a name added to the key sets one
     * @throws ConfigurationException naming every unknown key and every value out of range
     */
    public static Configuration read(String origin, String yaml, List<String> settings) {
        return read(origin, parse(origin, yaml), settings, defaultsTree());
    }

    /**
     * Reads a configuration that a run or a policy has recorded. A key that it lacks is younger than the record and has the
     * value that stands for what was done before; one that is not known here was written by another version and is left out,
     * see {@link #unknownKeys}.
     *
     * @param origin the name of the file, for messages
     * @param yaml the text of the file, may be empty
     * @throws ConfigurationException as {@link #read(String, String, List)}
     */
    public static Configuration readRecord(String origin, String yaml) {
        ObjectNode tree = defaultsTree();
        merge(tree, parse("earlier", EARLIER), defaultsTree(), "", new Problems());
        JsonNode recorded = parse(origin, yaml);
        takeUnknown(recorded, defaultsTree(), "", new TreeMap<>());
        return read(origin, recorded, List.of(), tree);
    }

    /**
     * The keys of a recorded configuration that this version does not know, with their values.
     *
     * @param origin the name of the file, for messages
     */
    public static SortedMap<String, String> unknownKeys(String origin, String yaml) {
        SortedMap<String, String> unknown = new TreeMap<>();
        takeUnknown(parse(origin, yaml), defaultsTree(), "", unknown);
        return unknown;
    }

    private static void takeUnknown(
            JsonNode recorded, JsonNode defaults, String prefix, SortedMap<String, String> unknown) {
        for (Iterator<Map.Entry<String, JsonNode>> entries = recorded.fields(); entries.hasNext(); ) {
            Map.Entry<String, JsonNode> entry = entries.next();
            String key = prefix + entry.getKey();
            JsonNode known = defaults.get(entry.getKey());
            if (known == null) {
                unknown.put(key, shown(entry.getValue()));
                entries.remove();
            } else if (known.isObject() && !key.equals(TEMPLATE) && !key.equals(POLICIES)) {
                takeUnknown(entry.getValue(), known, key + ".", unknown);
            }
        }
    }

    /**
     * A configuration for people: every key with its comment, and where a value that is not the default comes from. The text
     * is a configuration file.
     *
     * @param origin the name of the file
     * @param yaml the text of the file, may be empty
     * @param settings {@code key=value} pairs that override the file
     * @throws ConfigurationException as {@link #read(String, String, List)}
     */
    public static String commented(String origin, String yaml, List<String> settings) {
        JsonNode effective = YAML.valueToTree(read(origin, yaml, settings));
        JsonNode file = parse(origin, yaml);
        List<JsonNode> set =
                settings.stream().map(ConfigurationReader::settingTree).toList();
        JsonNode defaults = YAML.valueToTree(defaults());
        return new CommentedConfiguration(
                        defaults,
                        effective,
                        place -> set.stream().anyMatch(tree -> !tree.at(place).isMissingNode())
                                ? "--set"
                                : file.at(place).isMissingNode() ? "derived" : origin)
                .over(defaultsText());
    }

    private static Configuration read(String origin, JsonNode yaml, List<String> settings, ObjectNode tree) {
        Problems problems = new Problems();
        merge(tree, yaml, defaultsTree(), "", problems);
        for (String setting : settings) {
            JsonNode given = settingTree(setting);
            if (!setting.startsWith(POLICIES + ".")) {
                forgetPolicies(tree, given);
            }
            merge(tree, given, defaultsTree(), "", problems);
        }
        refuse(origin, problems);
        refuseSecrets(tree, "", problems);
        refuse(origin, problems);
        Configuration configuration = bind(origin, tree);
        configuration.check(problems);
        refuse(origin, problems);
        return configuration;
    }

    /**
     * A configuration with some settings changed, as by {@code --set}.
     *
     * @throws ConfigurationException as {@link #read}
     */
    public static Configuration change(Configuration configuration, List<String> settings) {
        return read(configuration.name(), write(configuration), settings);
    }

    /** The configuration with every key, as YAML. */
    public static String write(Configuration configuration) {
        try {
            return YAML.writeValueAsString(configuration);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Some sections of the configuration, every key of them, as YAML. */
    public static String write(Configuration configuration, List<String> sections) {
        try {
            ObjectNode all = YAML.valueToTree(configuration);
            return YAML.writeValueAsString(all.retain(sections));
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
        try {
            return (ObjectNode) YAML.readTree(defaultsText());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String defaultsText() {
        try (InputStream defaults = ConfigurationReader.class.getResourceAsStream("defaults.yaml")) {
            return new String(defaults.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode parse(String origin, String yaml) {
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

    /** What YAML takes for something else than a person does. */
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
                            "%s: %s is the octal number %s in YAML. Write it without the leading 0, in quotes where it is a text, or as 0x%x."
                                    .formatted(origin, text, parser.getBigIntegerValue(), parser.getBigIntegerValue()));
                }
            }
            if (documents > 1) {
                throw new ConfigurationException(
                        "%s: holds %d YAML documents, parted by ---. Put all settings into one."
                                .formatted(origin, documents));
            }
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // of a text in memory
        }
    }

    private static JsonNode settingTree(String setting) {
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

    /** What another map of policies replaces. */
    private static void forgetPolicies(ObjectNode tree, JsonNode given) {
        JsonPointer place = JsonPointer.compile("/" + POLICIES.replace('.', '/'));
        if (given.at(place).isObject()) {
            ((ObjectNode) tree.at(place)).removeAll();
        }
    }

    private static void merge(ObjectNode target, JsonNode source, JsonNode defaults, String prefix, Problems problems) {
        boolean freeKeys = prefix.equals(POLICIES + ".");
        for (Map.Entry<String, JsonNode> entry : source.properties()) {
            String key = prefix + entry.getKey();
            JsonNode known = freeKeys ? target.textNode("") : defaults.get(entry.getKey());
            if (known == null) {
                problems.require(false, key, "a known key; one of " + names(target), "unknown");
            } else if (key.equals(TEMPLATE) && entry.getValue().isObject()) {
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
                            .allMatch(element -> fits(known.get(0), element));
        } else if (known.isIntegralNumber()) {
            return value.isIntegralNumber()
                    || (value.isTextual() && value.textValue().matches("[+-]?\\d+"));
        } else if (known.isNumber()) {
            return value.isNumber()
                    || (value.isTextual() && value.textValue().matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?"));
        } else if (known.isBoolean()) {
            return value.isBoolean();
        }
        return value.isValueNode() && !value.isNull();
    }

    /** Configurations are written into run folders and data cards, where a secret must never stand. */
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
            return "a list such as " + known;
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

    private static Configuration bind(String origin, ObjectNode tree) {
        try {
            return YAML.treeToValue(tree, Configuration.class);
        } catch (InvalidFormatException e) {
            throw new ConfigurationException(
                    "%s: %s must be %s (was %s)".formatted(origin, key(e), choice(e.getTargetType()), e.getValue()), e);
        } catch (JsonMappingException e) {
            throw new ConfigurationException("%s: %s: %s".formatted(origin, key(e), e.getOriginalMessage()), e);
        } catch (JsonProcessingException e) {
            throw new ConfigurationException(origin + ": " + e.getOriginalMessage(), e);
        }
    }

    private static String key(JsonMappingException e) {
        return e.getPath().stream()
                .map(JsonMappingException.Reference::getFieldName)
                .collect(Collectors.joining("."));
    }

    private static String choice(Class<?> type) {
        return type.isEnum()
                ? Arrays.stream(type.getEnumConstants())
                        .map(constant -> YAML.convertValue(constant, String.class))
                        .collect(Collectors.joining(", ", "one of ", ""))
                : "of type " + type.getSimpleName();
    }
}
