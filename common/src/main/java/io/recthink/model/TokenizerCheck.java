package io.recthink.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;

/**
 * Checks tokenizer.json before the library reads it. The library is native: a panic in it ends the process, and text
 * that grows in it takes memory that no limit of Java bounds. So only known parts pass, and each part only as far as
 * published tokenizers use it.
 *
 * <ul>
 *   <li>Normalisers and decoders may not lengthen a text more than {@value #MOST_GROWTH} times.
 *   <li>{@link TokenizerExpression} checks the expressions.
 *   <li>Nothing may be random ({@code dropout}) or leave out the text.
 * </ul>
 */
final class TokenizerCheck {
    private static final int DEEPEST = 4;
    private static final int MOST_STEPS = 64;
    private static final int MOST_GROWTH = 8;
    private static final int LONGEST_STRING = 64;
    private static final int MOST_ADDED = 1 << 17;
    private static final int LONGEST_ADDED = 1024;
    private static final int LONGEST_WORD = 1000;

    private static final Set<String> NORMALIZERS = Set.of(
            "BertNormalizer", "Strip", "StripAccents", "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Nmt", "ByteLevel");
    private static final Set<String> PRE_TOKENIZERS = Set.of(
            "BertPreTokenizer",
            "ByteLevel",
            "Digits",
            "Metaspace",
            "Punctuation",
            "UnicodeScripts",
            "Whitespace",
            "WhitespaceSplit");
    private static final Set<String> DECODERS =
            Set.of("BPEDecoder", "ByteFallback", "ByteLevel", "CTC", "Fuse", "Metaspace", "WordPiece");
    private static final Set<String> POST_PROCESSORS = Set.of("BertProcessing", "ByteLevel", "RobertaProcessing");

    private final JsonNode json; // without the vocabulary and the merges
    private final TokenizerVocabulary vocabulary;
    private int steps;

    /** Checks a part that is not a sequence of others. */
    private interface Part {
        /** @return the factor by which the part may lengthen a text */
        long check(String where, JsonNode part);
    }

    private TokenizerCheck(JsonNode json, TokenizerVocabulary vocabulary) {
        this.json = json;
        this.vocabulary = vocabulary;
    }

    /**
     * Checks a file.
     *
     * @param json the file without the vocabulary and the merges
     * @throws IllegalArgumentException naming the key and the problem
     */
    static void check(JsonNode json, TokenizerVocabulary vocabulary) {
        TokenizerCheck check = new TokenizerCheck(json, vocabulary);
        check.model();
        check.addedTokens();
        check.part("normalizer", "normalizers", check::normalizer);
        check.part("pre_tokenizer", "pretokenizers", check::preTokenizer);
        check.part("post_processor", "processors", check::postProcessor);
        check.part("decoder", "decoders", check::decoder);
        check.aside("truncation");
        check.aside("padding");
    }

    /** Checks a key without effect: prompts are neither cut nor padded, but the library reads the key. */
    private void aside(String key) {
        JsonNode value = json.path(key);
        require(value.isMissingNode() || value.isNull() || value.isObject(), key, value, "must be an object or null");
    }

    private void part(String key, String list, Part part) {
        JsonNode value = json.path(key);
        if (!value.isMissingNode() && !value.isNull()) {
            long growth = part(key, value, list, part, 0);
            require(growth <= MOST_GROWTH, key, value, "may lengthen a text more than " + MOST_GROWTH + " times");
        }
    }

    private long part(String where, JsonNode value, String list, Part part, int depth) {
        require(value.isObject(), where, value, "must be an object");
        if (++steps > MOST_STEPS || depth > DEEPEST) {
            throw problem(
                    where,
                    "has more than " + MOST_STEPS + " parts, or they are nested more than " + DEEPEST + " levels deep");
        }
        if (!type(value).equals("Sequence")) {
            return part.check(where, value);
        }
        JsonNode parts = value.path(list);
        require(parts.isArray(), where + "." + list, parts, "must be a list");
        long growth = 1;
        for (int i = 0; i < parts.size(); i++) {
            growth *= part(where + "." + list + "[" + i + "]", parts.get(i), list, part, depth + 1);
            if (growth > MOST_GROWTH) {
                throw problem(where, "may lengthen a text more than " + MOST_GROWTH + " times");
            }
        }
        return growth;
    }

    private static String type(JsonNode value) {
        return value.path("type").asText();
    }

    private long normalizer(String where, JsonNode value) {
        switch (type(value)) {
            case "Replace" -> {
                return replace(where, value);
            }
            case "Prepend" -> string(where, value, "prepend");
            case "Precompiled" -> {
                JsonNode map = value.path("precompiled_charsmap");
                require(map.isTextual(), where + ".precompiled_charsmap", map, "must be text");
                try {
                    CharacterMap.check(map.textValue());
                } catch (IllegalArgumentException e) {
                    throw problem(where + ".precompiled_charsmap", e.getMessage());
                }
            }
            default -> known(where, value, NORMALIZERS, "Precompiled, Prepend, Replace");
        }
        return 1;
    }

    private long preTokenizer(String where, JsonNode value) {
        switch (type(value)) {
            case "Split" -> pattern(where, value);
            case "CharDelimiterSplit" -> string(where, value, "delimiter");
            case "FixedLength" ->
                require(
                        value.path("length").isInt() && value.path("length").intValue() > 0,
                        where + ".length",
                        value.path("length"),
                        "must be at least 1");
            default -> known(where, value, PRE_TOKENIZERS, "CharDelimiterSplit, FixedLength, Split");
        }
        return 1;
    }

    private long decoder(String where, JsonNode value) {
        switch (type(value)) {
            case "Replace" -> {
                return replace(where, value);
            }
            case "Strip" -> {
                JsonNode start = value.path("start");
                JsonNode stop = value.path("stop");
                require(start.isInt() && start.intValue() <= LONGEST_STRING, where + ".start", start, "is too large");
                // The library would count beyond the beginning of a token that consists of this character alone.
                require(stop.isInt() && stop.intValue() == 0, where + ".stop", stop, "must be 0");
            }
            default -> {
                known(where, value, DECODERS, "Replace, Strip");
                for (String key : Set.of("prefix", "suffix", "pad_token", "word_delimiter_token", "replacement")) {
                    if (value.has(key)) {
                        string(where, value, key);
                    }
                }
            }
        }
        return 1;
    }

    private long postProcessor(String where, JsonNode value) {
        if (type(value).equals("TemplateProcessing")) {
            template(where, value);
        } else {
            known(where, value, POST_PROCESSORS, "TemplateProcessing");
        }
        return 1;
    }

    /** Checks the template around a text: known special tokens, and the text, once. */
    private void template(String where, JsonNode value) {
        JsonNode known = value.path("special_tokens");
        require(known.isObject() || known.isMissingNode(), where + ".special_tokens", known, "must be an object");
        for (String key : Set.of("single", "pair")) {
            int texts = 0;
            JsonNode pieces = value.path(key);
            require(pieces.isArray() && pieces.size() <= MOST_STEPS, where + "." + key, pieces, "must be a short list");
            for (JsonNode piece : pieces) {
                JsonNode special = piece.path("SpecialToken").path("id");
                if (!special.isMissingNode()) {
                    require(known.has(special.asText()), where + "." + key, special, "is not one of special_tokens");
                } else {
                    JsonNode text = piece.path("Sequence").path("id");
                    boolean fits = text.asText().equals("A")
                            || (key.equals("pair") && text.asText().equals("B"));
                    require(fits, where + "." + key, piece, "is neither a text nor a special token");
                    texts++;
                }
            }
            if (key.equals("single") && texts != 1) {
                throw problem(where + ".single", "must have the text A once (has it " + texts + " times)");
            }
        }
    }

    /** @return the factor by which the replacement may lengthen a text */
    private long replace(String where, JsonNode value) {
        int shortest = pattern(where, value);
        string(where, value, "content");
        if (shortest == 0) {
            throw problem(where + ".pattern", "matches the empty text between any two characters");
        }
        int length = value.path("content").textValue().length();
        return Math.max(1, (length + shortest - 1L) / shortest);
    }

    /** @return the length of the shortest match; of an expression at most 1 */
    private int pattern(String where, JsonNode value) {
        JsonNode text = value.path("pattern").path("String");
        if (text.isTextual()) {
            string(where + ".pattern", value.path("pattern"), "String");
            return text.textValue().length();
        }
        JsonNode expression = value.path("pattern").path("Regex");
        require(expression.isTextual(), where + ".pattern", value.path("pattern"), "must have a String or a Regex");
        try {
            return TokenizerExpression.check(expression.textValue()) ? 0 : 1;
        } catch (IllegalArgumentException e) {
            throw problem(where + ".pattern.Regex", JsonFile.shown(expression) + " " + e.getMessage());
        }
    }

    private static void string(String where, JsonNode value, String key) {
        JsonNode text = value.path(key);
        require(
                text.isTextual() && text.textValue().length() <= LONGEST_STRING,
                where + "." + key,
                text,
                "must be a text of at most " + LONGEST_STRING + " characters");
    }

    private static void known(String where, JsonNode value, Set<String> types, String others) {
        require(
                types.contains(type(value)),
                where + ".type",
                value.path("type"),
                "is not supported; supported are "
                        + String.join(", ", types.stream().sorted().toList()) + ", " + others + ", Sequence");
    }

    private void model() {
        JsonNode model = json.path("model");
        require(model.isObject(), "model", model, "must be an object");
        // Files of 2020 do not name the type of a model with merges.
        String type = model.path("type").asText(vocabulary.hasMerges() ? "BPE" : "");
        switch (type) {
            case "BPE" -> pairs(model);
            case "WordPiece" -> {
                JsonNode longest = model.path("max_input_chars_per_word");
                boolean valid = longest.isMissingNode() || (longest.isInt() && longest.intValue() <= LONGEST_WORD);
                require(valid, "model.max_input_chars_per_word", longest, "must be at most " + LONGEST_WORD);
                unknown(model, true);
            }
            case "WordLevel" -> unknown(model, true);
            case "Unigram" -> unigram(model);
            default ->
                throw problem(
                        "model.type",
                        JsonFile.shown(model.path("type"))
                                + " is not supported; supported are BPE, Unigram, WordLevel, WordPiece");
        }
        if (vocabulary.isListed() != type.equals("Unigram")) {
            throw problem("model.vocab", "is not the vocabulary of a model of the type " + type);
        }
    }

    private void pairs(JsonNode model) {
        JsonNode dropout = model.path("dropout");
        boolean none =
                dropout.isMissingNode() || dropout.isNull() || (dropout.isNumber() && dropout.doubleValue() == 0);
        require(
                none,
                "model.dropout",
                dropout,
                "is not supported, because it makes the tokens of a text random; set it to null");
        String prefix = model.path("continuing_subword_prefix").asText("");
        boolean fits =
                prefix.isEmpty() || (prefix.chars().allMatch(c -> c < 0x80) && vocabulary.mergesContinueWith(prefix));
        require(
                fits,
                "model.continuing_subword_prefix",
                model.path("continuing_subword_prefix"),
                "is not the prefix of the right sides of the merges");
        unknown(model, false);
    }

    private void unigram(JsonNode model) {
        JsonNode unknown = model.path("unk_id");
        require(
                unknown.isInt() && unknown.intValue() >= 0 && unknown.intValue() < vocabulary.size(),
                "model.unk_id",
                unknown,
                "must be the id of the token for unknown text");
    }

    private void unknown(JsonNode model, boolean required) {
        JsonNode unknown = model.path("unk_token");
        boolean none = !required
                && (unknown.isMissingNode()
                        || unknown.isNull()
                        || unknown.asText().isEmpty());
        boolean known = unknown.isTextual()
                && (vocabulary.id(unknown.textValue()).isPresent() || (!required && isAdded(unknown.textValue())));
        require(none || known, "model.unk_token", unknown, "must be the token of the vocabulary for unknown text");
    }

    private boolean isAdded(String content) {
        for (JsonNode token : json.path("added_tokens")) {
            if (token.path("content").asText().equals(content)) {
                return true;
            }
        }
        return false;
    }

    private void addedTokens() {
        JsonNode tokens = json.path("added_tokens");
        boolean list = tokens.isArray() || tokens.isMissingNode() || tokens.isNull();
        require(list && tokens.size() <= MOST_ADDED, "added_tokens", tokens, "must be a list of at most " + MOST_ADDED);
        Set<Integer> ids = new HashSet<>();
        for (JsonNode token : tokens) {
            JsonNode content = token.path("content");
            require(
                    content.isTextual() && content.textValue().length() <= LONGEST_ADDED,
                    "added_tokens.content",
                    content,
                    "must be a text of at most " + LONGEST_ADDED + " characters");
            JsonNode id = token.path("id");
            require(id.isInt() && id.intValue() >= 0, "added_tokens.id", id, "must be the id of a token");
            if (!ids.add(id.intValue())) {
                throw problem("added_tokens", "has the id " + id + " twice");
            }
            for (String flag : Set.of("special", "normalized", "single_word", "lstrip", "rstrip")) {
                JsonNode value = token.path(flag);
                require(
                        value.isMissingNode() || value.isBoolean(),
                        "added_tokens." + flag,
                        value,
                        "must be true or false");
            }
        }
    }

    private static void require(boolean valid, String where, JsonNode value, String what) {
        if (!valid) {
            throw problem(where, JsonFile.shown(value) + " " + what);
        }
    }

    private static IllegalArgumentException problem(String where, String what) {
        return new IllegalArgumentException(where + " " + what);
    }
}
