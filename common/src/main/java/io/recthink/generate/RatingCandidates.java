package io.recthink.generate;

import io.recthink.InvalidInputException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The ratings of a scale, as a model writes them.
 *
 * @param ratings from the lowest to the highest, 2 to {@value #MOST}
 * @param before white space between the prefix and a rating
 * @param after the text that ends a rating, so that {@code 4} is not the beginning of {@code 4.25}: a closing tag or a
 *     line break; empty only where the turn ends
 * @param endsTurn whether one of the model's end tokens must follow
 */
public record RatingCandidates(List<BigDecimal> ratings, String before, String after, boolean endsTurn)
        implements Serializable {
    /** The most ratings of a scale; no scale for people has more. */
    public static final int MOST = 101;

    /** The tolerance as a share of a step: computed decimal ratings are not exact. */
    private static final double SAME = 1e-6;

    public RatingCandidates {
        ratings = List.copyOf(ratings);
        if (ratings.size() < 2 || ratings.size() > MOST || (after.isEmpty() && !endsTurn)) {
            throw new IllegalArgumentException(
                    "%d ratings, each before '%s'".formatted(ratings.size(), endsTurn ? after + "<end>" : after));
        }
    }

    /**
     * The ratings of a scale, each followed by a text.
     *
     * @param step distance of neighbouring ratings
     * @param after the text that ends a rating, not empty
     * @throws InvalidInputException if no whole number of steps leads from {@code min} to {@code max}, or the scale has
     *     more than {@link #MOST} ratings
     */
    public static RatingCandidates before(double min, double max, double step, String after) {
        return new RatingCandidates(scale(min, max, step), "", after, false);
    }

    /**
     * The ratings of a scale, each at the end of the model's turn.
     *
     * @param step distance of neighbouring ratings
     * @throws InvalidInputException if no whole number of steps leads from {@code min} to {@code max}, or the scale has
     *     more than {@link #MOST} ratings
     */
    public static RatingCandidates atEndOfTurn(double min, double max, double step) {
        return new RatingCandidates(scale(min, max, step), "", "", true);
    }

    private static List<BigDecimal> scale(double min, double max, double step) {
        double steps = (max - min) / step;
        if (!(min < max && step > 0) || Math.abs(steps - Math.rint(steps)) > SAME) {
            throw new InvalidInputException(
                    "ratings from %s to %s by %s: no whole number of steps leads from the lowest rating to the highest; set a step that fits"
                            .formatted(min, max, step));
        }
        if (steps > MOST - 1 + SAME) {
            throw new InvalidInputException(
                    "ratings from %s to %s by %s are %.0f ratings; probabilities are computed for at most %d ratings. Set a larger step"
                            .formatted(min, max, step, steps + 1, MOST));
        }
        BigDecimal lowest = BigDecimal.valueOf(min);
        return IntStream.rangeClosed(0, (int) Math.rint(steps))
                .mapToObj(i -> lowest.add(BigDecimal.valueOf(step).multiply(BigDecimal.valueOf(i))))
                .toList();
    }

    /**
     * Returns the same ratings with the white space that a model has written around its own rating. The grammar allows
     * any white space there, and a model writes it in one way.
     *
     * @param answer the text that the model wrote after the prefix
     */
    public RatingCandidates spacedAs(String answer) {
        int end = after.isEmpty() ? answer.length() : answer.indexOf(after);
        String content = end < 0 ? "" : answer.substring(0, end);
        if (content.isBlank()) {
            return this;
        }
        String leading = content.substring(0, content.indexOf(content.strip()));
        String trailing = content.substring(leading.length() + content.strip().length());
        return new RatingCandidates(ratings, leading, trailing + after, endsTurn);
    }

    /**
     * Returns the same ratings without white space, for a tokenizer that decodes white space between its tokens but
     * does not encode it.
     */
    RatingCandidates unspaced() {
        return after.isBlank() ? this : new RatingCandidates(ratings, "", after.strip(), endsTurn);
    }

    /** The text after the prefix for each rating, for example {@code 4.5</rate>}. */
    List<String> texts() {
        return ratings.stream().map(rating -> before + number(rating) + after).toList();
    }

    private static String number(BigDecimal rating) {
        return rating.stripTrailingZeros().toPlainString();
    }

    /**
     * Whether a text is a rating with the texts before and after it. White space around the number is free, unless
     * {@code after} is blank: then the text must be the same.
     *
     * @param candidate number of the rating
     */
    boolean isWritten(String text, int candidate) {
        String number = number(ratings.get(candidate));
        if (after.isBlank()) {
            return text.equals(before + number + after);
        }
        String stripped = text.strip();
        return stripped.startsWith(number)
                && stripped.substring(number.length()).strip().equals(after.strip());
    }
}
