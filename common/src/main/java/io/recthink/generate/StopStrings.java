package io.recthink.generate;

import io.recthink.model.ModelTokenizer;
import java.util.Arrays;
import java.util.List;

/**
 * Watches the text of one growing completion for stop strings. Each token is decoded together with only a few tokens
 * before it. Some of them are not settled, because a character may still lack bytes; the others are before these and
 * decide about a blank between words.
 */
final class StopStrings {
    // A UTF-8 character has at most four bytes, and a token at least one: after four tokens the bytes are invalid.
    private static final int MOST_TOKENS_OF_A_CHARACTER = 4;
    private static final String INCOMPLETE = "\uFFFD";

    private final ModelTokenizer tokenizer;
    private final List<String> strings;
    private final int longest;
    private int context;
    private int settled;
    private String contextText = "";
    private String tail = "";

    StopStrings(ModelTokenizer tokenizer, List<String> strings) {
        this.tokenizer = tokenizer;
        this.strings = strings;
        this.longest = strings.stream().mapToInt(String::length).max().orElse(0);
    }

    /**
     * Whether the last token completes a stop string. Call this once a token.
     *
     * @param tokens the completion, in the first {@code count} elements
     */
    boolean completedBy(int[] tokens, int count) {
        if (strings.isEmpty()) {
            return false;
        }
        String text = tokenizer.decode(Arrays.copyOfRange(tokens, context, count));
        String added = text.substring(Math.min(contextText.length(), text.length()));
        String watched = tail + added;
        if (strings.stream().anyMatch(watched::contains)) {
            return true;
        }
        if (!text.endsWith(INCOMPLETE) || count - settled >= MOST_TOKENS_OF_A_CHARACTER) {
            tail = watched.substring(Math.max(0, watched.length() - longest + 1));
            context = settled;
            settled = count;
            contextText = tokenizer.decode(Arrays.copyOfRange(tokens, context, settled));
        }
        return false;
    }
}
