package io.recthink.model;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the tokens of a folder from tokenizer.json and from the files beside it that name special tokens. */
final class TokenizerFile {
    private static final Map<String, JsonNode> DEFAULTS = Map.of(
            "ignore_merges", BooleanNode.FALSE,
            "byte_fallback", BooleanNode.FALSE,
            "fuse_unk", BooleanNode.FALSE,
            "use_regex", BooleanNode.TRUE,
            "trim_offsets", BooleanNode.TRUE);

    private static final List<String> NAMING_FILES = List.of(ChatTemplate.TOKENIZER_CONFIG, "special_tokens_map.json");
    private static final List<String> NAMING_KEYS =
            List.of("bos_token", "eos_token", "pad_token", "sep_token", "cls_token", "mask_token");

    private final Path file;
    private final JsonNode json; // without the vocabulary and the merges
    private final TokenizerVocabulary vocabulary;

    private TokenizerFile(Path file, JsonNode json, TokenizerVocabulary vocabulary) {
        this.file = file;
        this.json = json;
        this.vocabulary = vocabulary;
    }

    /**
     * Reads a file and checks it, see {@link TokenizerCheck}.
     *
     * @throws InvalidInputException if the library cannot use the file within bounds
     */
    static TokenizerFile read(Path file) {
        TokenizerVocabulary vocabulary = new TokenizerVocabulary();
        try {
            JsonNode json = JsonFile.stream(file, JsonFile.LONGEST_STREAMED, parser -> {
                ObjectNode rest = fields(parser, new JsonFile.Counted(parser), vocabulary, true);
                requireEnd(parser);
                return rest;
            });
            TokenizerCheck.check(json, vocabulary);
            return new TokenizerFile(file, json, vocabulary);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(file + ": cannot be used: " + e.getMessage(), e);
        }
    }

    /** Reads the fields of the object at the parser, and of the model inside it. */
    private static ObjectNode fields(
            JsonParser parser, JsonFile.Counted counted, TokenizerVocabulary vocabulary, boolean outermost)
            throws IOException {
        ObjectNode rest = JsonFile.MAPPER.createObjectNode();
        for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
            JsonToken begin = parser.nextToken();
            if (outermost && field.equals("model") && begin == JsonToken.START_OBJECT) {
                rest.set(field, fields(parser, counted, vocabulary, false));
            } else if (!outermost && field.equals("vocab")) {
                vocabulary.readTokens(parser);
            } else if (!outermost && field.equals("merges")) {
                vocabulary.readMerges(parser);
            } else {
                rest.set(field, JsonFile.tree(counted));
            }
        }
        return rest;
    }

    private static void requireEnd(JsonParser parser) throws IOException {
        if (parser.nextToken() != null) {
            throw new JsonParseException(parser, "something follows the object");
        }
    }

    /**
     * Whether this tokenizer makes the same tokens as another. Truncation and padding do not count: they are not used.
     */
    boolean isSame(TokenizerFile other) {
        return vocabulary.isSame(other.vocabulary) && compared().equals(other.compared());
    }

    private JsonNode compared() {
        ObjectNode compared = ((ObjectNode) json.deepCopy()).without(List.of("version", "truncation", "padding"));
        withoutDefaults(compared);
        return compared;
    }

    /** Removes keys at their defaults: later versions of the library write keys that earlier versions leave out. */
    private static void withoutDefaults(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties()
                    .removeIf(entry ->
                            entry.getValue().isNull() || entry.getValue().equals(DEFAULTS.get(entry.getKey())));
        }
        node.forEach(TokenizerFile::withoutDefaults);
    }

    /** One more than the largest token id. */
    int vocabularySize() {
        int largest = vocabulary.size() - 1;
        for (JsonNode token : json.path("added_tokens")) {
            largest = Math.max(largest, token.path("id").asInt(-1));
        }
        if (largest < 0) {
            throw new InvalidInputException(file + ": has no vocabulary");
        }
        return largest + 1;
    }

    /** The added tokens, and the tokens of the vocabulary that the folder names as special. */
    List<ControlToken> controlTokens() {
        Set<String> named = named();
        String unknown = unknown();
        Map<Integer, ControlToken> tokens = new LinkedHashMap<>();
        for (JsonNode token : json.path("added_tokens")) {
            String content = token.path("content").asText();
            boolean special = token.path("special").asBoolean() || named.contains(content);
            int id = token.path("id").asInt(-1);
            tokens.put(id, new ControlToken(id, content, special, content.equals(unknown)));
        }
        for (String content : named) {
            // The tokenizer makes this token of text like other tokens: a folder may name "!" for padding.
            vocabulary
                    .id(content)
                    .ifPresent(id ->
                            tokens.putIfAbsent(id, new ControlToken(id, content, false, content.equals(unknown))));
        }
        return List.copyOf(tokens.values());
    }

    private String unknown() {
        JsonNode model = json.path("model");
        String listed = vocabulary.token(model.path("unk_id").asInt(-1)).orElse("");
        return model.path("unk_token").asText(listed);
    }

    private Set<String> named() {
        Set<String> names = new HashSet<>();
        for (String name : NAMING_FILES) {
            Path naming = file.resolveSibling(name);
            if (Files.isRegularFile(naming)) {
                JsonNode map = JsonFile.readObject(naming);
                NAMING_KEYS.forEach(key -> ChatTemplate.specialToken(map, key).ifPresent(names::add));
                map.path("additional_special_tokens")
                        .forEach(token -> names.add(
                                token.isObject() ? token.path("content").asText() : token.asText()));
                map.path("added_tokens_decoder").forEach(token -> {
                    if (token.path("special").asBoolean()) {
                        names.add(token.path("content").asText());
                    }
                });
            }
        }
        return names;
    }
}
