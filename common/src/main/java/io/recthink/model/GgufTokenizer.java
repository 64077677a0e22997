package io.recthink.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes the byte-level BPE tokenizer of a GGUF file as tokenizer.json, tokenizer_config.json and chat_template.jinja.
 * The file has only the name of the rule that splits a text before the merges, not the rule itself.
 */
final class GgufTokenizer {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String PREFIX = "tokenizer.ggml.";
    // Kinds of tokens, from ggml's llama_token_type.
    private static final long CONTROL = 3;
    private static final long USER_DEFINED = 4;
    private static final long UNUSED = 5;

    // The split rules differ in how many digits stay together.
    private static final String WORDS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|%s"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private static final Map<String, SplitRule> SPLIT_RULES = Map.of(
            "gpt-2", SplitRule.GPT2,
            "gpt2", SplitRule.GPT2,
            "smollm", SplitRule.SINGLE_DIGITS,
            "starcoder", SplitRule.SINGLE_DIGITS,
            "llama-bpe", SplitRule.LLAMA3,
            "llama3", SplitRule.LLAMA3,
            "qwen2", SplitRule.QWEN2);

    private final GgufReader gguf;
    private final List<String> tokens;
    private final List<Long> kinds;
    private final SplitRule rule;

    private enum SplitRule {
        GPT2,
        SINGLE_DIGITS,
        LLAMA3,
        QWEN2
    }

    private GgufTokenizer(GgufReader gguf) {
        this.gguf = gguf;
        this.tokens = gguf.list(PREFIX + "tokens", String.class);
        this.kinds = gguf.list(PREFIX + "token_type", Long.class);
        this.rule = splitRule(gguf);
    }

    /**
     * Reads the tokenizer of a file.
     *
     * @throws InvalidInputException if the file has no tokenizer, or one of another kind
     */
    static GgufTokenizer of(GgufReader gguf) {
        String model = gguf.required(PREFIX + "model", gguf.findString(PREFIX + "model"));
        if (!model.equals("gpt2")) {
            throw gguf.problem(
                    PREFIX + "model " + GgufReader.shown(model) + " is not supported; only gpt2 (byte-level BPE) is");
        }
        GgufTokenizer tokenizer = new GgufTokenizer(gguf);
        if (tokenizer.kinds.size() != tokenizer.tokens.size()) {
            throw gguf.problem(PREFIX + "token_type has " + tokenizer.kinds.size() + " entries for "
                    + tokenizer.tokens.size() + " tokens");
        }
        tokenizer.refuseRepetition();
        return tokenizer;
    }

    /** Refuses a repeated token: it would lose one of its rows. */
    private void refuseRepetition() {
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < tokens.size(); id++) {
            Integer before = ids.put(tokens.get(id), id);
            if (before != null) {
                throw gguf.problem(PREFIX + "tokens has " + GgufReader.shown(tokens.get(id)) + " twice, as " + before
                        + " and " + id + "; convert the model again");
            }
        }
    }

    private static SplitRule splitRule(GgufReader gguf) {
        String name = gguf.required(PREFIX + "pre", gguf.findString(PREFIX + "pre"));
        if (!SPLIT_RULES.containsKey(name)) {
            throw gguf.problem(PREFIX + "pre " + GgufReader.shown(name) + " is not supported; supported are "
                    + SPLIT_RULES.keySet().stream().sorted().toList());
        }
        return SPLIT_RULES.get(name);
    }

    /** Refuses more tokens than the embedding has rows. */
    void requireWithin(int vocabularySize) {
        if (tokens.size() > vocabularySize) {
            throw gguf.problem(PREFIX + "tokens has " + tokens.size() + " tokens, but the embedding has "
                    + vocabularySize + " rows");
        }
    }

    void write(Path folder) {
        JsonFile.write(folder.resolve(ModelFolder.TOKENIZER), tokenizerJson());
        JsonFile.write(folder.resolve(ChatTemplate.TOKENIZER_CONFIG), tokenizerConfig());
        Optional<String> template = gguf.findString("tokenizer.chat_template");
        try {
            if (template.isPresent()) {
                Files.writeString(folder.resolve(ChatTemplate.FILE), template.get());
            }
        } catch (IOException e) {
            throw new InvalidInputException(folder + ": cannot be written: " + e, e);
        }
    }

    private ObjectNode tokenizerJson() {
        ObjectNode json = JSON.objectNode();
        json.put("version", "1.0");
        json.putNull("truncation");
        json.putNull("padding");
        json.set("added_tokens", addedTokens());
        json.set("normalizer", rule == SplitRule.QWEN2 ? JSON.objectNode().put("type", "NFC") : JSON.nullNode());
        json.set("pre_tokenizer", preTokenizer());
        json.set("post_processor", postProcessor());
        json.set("decoder", byteLevel(true, true));
        json.set("model", model());
        return json;
    }

    private ArrayNode addedTokens() {
        ArrayNode added = JSON.arrayNode();
        for (int id = 0; id < tokens.size(); id++) {
            long kind = kinds.get(id);
            if (kind == CONTROL || kind == USER_DEFINED) {
                added.addObject()
                        .put("id", id)
                        .put("content", tokens.get(id))
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false)
                        .put("special", kind == CONTROL);
            }
        }
        return added;
    }

    private ObjectNode preTokenizer() {
        ObjectNode sequence = JSON.objectNode().put("type", "Sequence");
        ArrayNode steps = sequence.putArray("pretokenizers");
        switch (rule) {
            case GPT2 -> steps.add(byteLevel(false, true));
            case SINGLE_DIGITS ->
                steps.add(JSON.objectNode().put("type", "Digits").put("individual_digits", true))
                        .add(byteLevel(false, true));
            case LLAMA3 -> steps.add(split(WORDS.formatted("\\p{N}{1,3}"))).add(byteLevel(false, false));
            case QWEN2 -> steps.add(split(WORDS.formatted("\\p{N}"))).add(byteLevel(false, false));
        }
        return sequence;
    }

    private static ObjectNode split(String pattern) {
        ObjectNode split = JSON.objectNode().put("type", "Split");
        split.putObject("pattern").put("Regex", pattern);
        return split.put("behavior", "Isolated").put("invert", false);
    }

    private static ObjectNode byteLevel(boolean trimOffsets, boolean splitWords) {
        return JSON.objectNode()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", trimOffsets)
                .put("use_regex", splitWords);
    }

    /**
     * Returns the step that puts the begin token before a text, where the model needs it. Chat templates write the
     * token themselves.
     */
    private ObjectNode postProcessor() {
        Optional<String> begin = specialToken("bos_token_id");
        if (begin.isEmpty() || !gguf.findBoolean(PREFIX + "add_bos_token").orElse(false)) {
            return byteLevel(false, true);
        }
        ObjectNode template = JSON.objectNode().put("type", "TemplateProcessing");
        ArrayNode single = template.putArray("single");
        single.addObject().putObject("SpecialToken").put("id", begin.get()).put("type_id", 0);
        single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        ArrayNode pair = template.putArray("pair");
        for (String part : List.of("A", "B")) {
            pair.addObject().putObject("Sequence").put("id", part).put("type_id", 0);
        }
        ObjectNode special =
                template.putObject("special_tokens").putObject(begin.get()).put("id", begin.get());
        special.putArray("ids").add(tokens.indexOf(begin.get()));
        special.putArray("tokens").add(begin.get());
        return template;
    }

    private ObjectNode model() {
        ObjectNode model = JSON.objectNode().put("type", "BPE");
        model.putNull("dropout");
        model.putNull("unk_token");
        model.putNull("continuing_subword_prefix");
        model.putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false);
        model.put("ignore_merges", rule == SplitRule.LLAMA3);
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            if (kinds.get(id) != UNUSED) {
                vocabulary.put(tokens.get(id), id);
            }
        }
        ArrayNode merges = model.putArray("merges");
        gguf.list(PREFIX + "merges", String.class).forEach(merges::add);
        return model;
    }

    private ObjectNode tokenizerConfig() {
        ObjectNode config = JSON.objectNode();
        config.put("tokenizer_class", "PreTrainedTokenizerFast");
        specialToken("bos_token_id").ifPresent(token -> config.put("bos_token", token));
        specialToken("eos_token_id").ifPresent(token -> config.put("eos_token", token));
        specialToken("unknown_token_id").ifPresent(token -> config.put("unk_token", token));
        specialToken("padding_token_id").ifPresent(token -> config.put("pad_token", token));
        config.put("clean_up_tokenization_spaces", false);
        return config;
    }

    private Optional<String> specialToken(String key) {
        return gguf.findInteger(PREFIX + key).map(id -> {
            if (id < 0 || id >= tokens.size()) {
                throw gguf.problem(PREFIX + key + " " + id + " is not the id of a token");
            }
            return tokens.get(id);
        });
    }
}
