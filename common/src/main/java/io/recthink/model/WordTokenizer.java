package io.recthink.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Makes the tokenizer of a small model: one token for each word, number, punctuation mark and marker of the grammar.
 * Its chat template costs one token a turn. White space is not kept: a decoded text has one blank between two tokens.
 */
public final class WordTokenizer {
    /** The token that ends a completion. */
    public static final String END = "<|end|>";

    private static final String UNKNOWN = "<unk>";
    private static final List<String> SPECIAL = List.of(UNKNOWN, END, "<|system|>", "<|user|>", "<|assistant|>");
    private static final String CHAT_TEMPLATE =
            "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] }}{% endfor %}"
                    + "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";
    // Java and the regular expressions of the tokenizers library read it alike.
    private static final String WORD = "\\d+\\.\\d+|\\d+|\\p{L}[\\p{L}\\p{M}']*|[^\\s\\d\\p{L}]";
    private static final Pattern WORDS = Pattern.compile(WORD);

    private final List<String> markers;
    private final Pattern marker;

    /** Creates a tokenizer that keeps each of the given markers as one token, wherever the marker occurs. */
    public WordTokenizer(List<String> markers) {
        this.markers = List.copyOf(markers);
        this.marker = Pattern.compile(
                String.join("|", markers.stream().map(Pattern::quote).toList()));
    }

    /** The words of a text, without markers. */
    public Stream<String> words(String text) {
        String plain = markers.isEmpty() ? text : marker.matcher(text).replaceAll(" ");
        return WORDS.matcher(plain).results().map(MatchResult::group);
    }

    /** The number of tokens of a text, with markers, whatever the vocabulary. */
    public int tokens(String text) {
        long marked = markers.isEmpty() ? 0 : marker.matcher(text).results().count();
        return Math.toIntExact(marked + words(text).count());
    }

    /** The number of tokens with a vocabulary of the given words. */
    public int vocabularySize(List<String> words) {
        return tokens(words).size();
    }

    /** The id of {@link #END}. */
    public int endToken() {
        return SPECIAL.indexOf(END);
    }

    /**
     * Writes tokenizer.json and tokenizer_config.json with the chat template into a model folder.
     *
     * @param words the vocabulary; a word that is not in it becomes the unknown token
     * @throws InvalidInputException if the folder cannot be written
     */
    public void write(Path folder, List<String> words) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new InvalidInputException(folder + ": cannot be written: " + e, e);
        }
        JsonFile.write(folder.resolve(ModelFolder.TOKENIZER), tokenizer(words));
        JsonFile.write(folder.resolve(ChatTemplate.TOKENIZER_CONFIG), settings());
    }

    private List<String> tokens(List<String> words) {
        Set<String> tokens = new LinkedHashSet<>(SPECIAL);
        tokens.addAll(markers);
        tokens.addAll(words);
        return new ArrayList<>(tokens);
    }

    private ObjectNode tokenizer(List<String> words) {
        List<String> tokens = tokens(words);
        ObjectNode json = JsonFile.MAPPER.createObjectNode();
        json.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = json.putArray("added_tokens");
        for (int id = 0; id < SPECIAL.size() + markers.size(); id++) {
            added.addObject()
                    .put("id", id)
                    .put("content", tokens.get(id))
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", id < SPECIAL.size());
        }
        json.putNull("normalizer");
        // Inverted: the matches of the expression are kept, the text between them is removed.
        json.putObject("pre_tokenizer")
                .put("type", "Split")
                .put("behavior", "Removed")
                .put("invert", true)
                .putObject("pattern")
                .put("Regex", WORD);
        json.putNull("post_processor").putNull("decoder");
        ObjectNode model = json.putObject("model").put("type", "WordLevel").put("unk_token", UNKNOWN);
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            vocabulary.put(tokens.get(id), id);
        }
        return json;
    }

    private static ObjectNode settings() {
        return JsonFile.MAPPER
                .createObjectNode()
                .put("tokenizer_class", "PreTrainedTokenizerFast")
                .put("unk_token", UNKNOWN)
                .put("eos_token", END)
                .put("clean_up_tokenization_spaces", false)
                .put("chat_template", CHAT_TEMPLATE);
    }
}
