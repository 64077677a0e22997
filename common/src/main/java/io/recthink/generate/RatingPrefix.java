package io.recthink.generate;

import io.recthink.model.ModelTokenizer;
import java.util.Arrays;
import java.util.Optional;

/**
 * The tokens before a rating, and the ratings that may follow. The arrays are not copied; do not change them.
 *
 * @param prompt tokens that stay as they are, at least one
 * @param written the tokens behind the prompt, up to the token that completes {@code text}; this token may contain more
 * @param text the text of the written tokens, up to the beginning of the rating
 */
@SuppressWarnings("ArrayRecordComponent") // read by tensor code; never compared
public record RatingPrefix(int[] prompt, int[] written, String text, RatingCandidates candidates) {

    /**
     * Creates the prefix of a completion, which ends with the first opening of a rating. Ratings get the white space
     * that the completion has around its own rating.
     *
     * @param opening for example {@code <rate>}
     * @return empty where the completion does not open a rating
     */
    public static Optional<RatingPrefix> of(
            int[] prompt,
            Completion completion,
            String opening,
            RatingCandidates candidates,
            ModelTokenizer tokenizer) {
        int at = completion.text().indexOf(opening);
        if (at < 0) {
            return Optional.empty();
        }
        int[] written = shortest(completion.tokens(), opening, tokenizer);
        String text = tokenizer.decode(written);
        return Optional.of(new RatingPrefix(
                prompt,
                written,
                text.substring(0, text.indexOf(opening) + opening.length()),
                candidates.spacedAs(completion.text().substring(at + opening.length()))));
    }

    /**
     * Returns the shortest beginning of the tokens whose text has the opening. The text of all tokens has the opening.
     */
    private static int[] shortest(int[] tokens, String opening, ModelTokenizer tokenizer) {
        int without = 0;
        int with = tokens.length;
        while (with - without > 1) {
            int middle = (without + with) >>> 1;
            if (tokenizer.decode(Arrays.copyOf(tokens, middle)).contains(opening)) {
                with = middle;
            } else {
                without = middle;
            }
        }
        return Arrays.copyOf(tokens, with);
    }

    /**
     * Creates the prefix of a prompt that opens the rating itself, as some chat templates do.
     *
     * @return empty where the prompt's first token takes part in the opening, or no token does
     */
    public static Optional<RatingPrefix> ofPrompt(
            int[] prompt, String opening, RatingCandidates candidates, ModelTokenizer tokenizer) {
        for (int from = prompt.length - 1; from > 0; from--) {
            int[] end = Arrays.copyOfRange(prompt, from, prompt.length);
            String text = tokenizer.decode(end);
            if (text.contains(opening)) {
                return Optional.of(new RatingPrefix(Arrays.copyOf(prompt, from), end, text, candidates));
            }
        }
        return Optional.empty();
    }
}
