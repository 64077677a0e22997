package io.recthink.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What tokenizer.json of a folder, and the files beside it that name special tokens, say of the tokens. */
final class TokenizerFile {
    private static final List<String> NAMING_FILES = List.of(ChatTemplate.TOKENIZER_CONFIG, "special_tokens_map.json");
    private static final List<String> NAMING_KEYS =
            List.of("bos_token", "eos_token", "pad_token", "sep_token", "cls_token", "mask_token");

    private final Path file;
    private final JsonNode json;

    private TokenizerFile(Path file, JsonNode json) {
        this.file = file;
        this.json = json;
    }

    static TokenizerFile read(Path file) {
        return new TokenizerFile(file, JsonFile.readObject(file));
    }

    /** One more than the largest token id. */
    int vocabularySize() {
        JsonNode vocabulary = vocabulary();
        // Unigram models list their tokens in the order of the ids, the others map tokens to ids.
        int largest = vocabulary.isArray() ? vocabulary.size() - 1 : -1;
        if (vocabulary.isObject()) {
            for (JsonNode id : vocabulary) {
                largest = Math.max(largest, id.asInt(-1));
            }
        }
        for (JsonNode token : json.path("added_tokens")) {
            largest = Math.max(largest, token.path("id").asInt(-1));
        }
        if (largest < 0) {
            throw new InvalidInputException(file + ": has no vocabulary");
        }
        return largest + 1;
    }

    /** The added tokens, and those of the vocabulary that the folder names as special. */
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
        JsonNode vocabulary = vocabulary();
        if (vocabulary.isObject()) {
            for (String content : named) {
                JsonNode id = vocabulary.path(content);
                if (id.isInt()) {
                    // The tokenizer makes it of text as it makes others: a folder may name "!" for padding.
                    tokens.putIfAbsent(
                            id.intValue(), new ControlToken(id.intValue(), content, false, content.equals(unknown)));
                }
            }
        }
        return List.copyOf(tokens.values());
    }

    private JsonNode vocabulary() {
        return json.path("model").path("vocab");
    }

    private String unknown() {
        JsonNode model = json.path("model");
        JsonNode listed =
                model.path("vocab").path(model.path("unk_id").asInt(-1)).path(0);
        return model.path("unk_token").asText(listed.asText(""));
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
