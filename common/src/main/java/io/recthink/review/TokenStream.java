package io.recthink.review;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The train reviews of a user (an item) in the order of time, as one stream of tokens with the end of each review. What is known at a
 * moment is the begin of the stream: a document is a slice of it that ends before the moment. So no document is stored, and
 * nothing of a later review, or of a review of the same moment, gets into one.
 *
 * <p>Token {@value #SEPARATOR} stands between two reviews that have a known word.
 */
public final class TokenStream implements Serializable {
    /** Stands between two reviews. */
    public static final int SEPARATOR = 1;

    /** The first token that is a word. */
    public static final int FIRST_WORD = 2;

    private static final long serialVersionUID = 1L;

    private final long[] times;
    private final int[] counterparts;
    private final int[] ends;
    private final int[] tokens;

    private TokenStream(long[] times, int[] counterparts, int[] ends, int[] tokens) {
        this.times = times;
        this.counterparts = counterparts;
        this.ends = ends;
        this.tokens = tokens;
    }

    /** Nothing is known. */
    public static TokenStream empty() {
        return new TokenStream(new long[0], new int[0], new int[0], new int[0]);
    }

    /**
     * A review of the stream.
     *
     * @param time when it was written
     * @param counterpart the item (the user) that it is about (by)
     * @param tokens its known words, each at least {@link #FIRST_WORD}; may be empty
     */
    @SuppressWarnings("ArrayRecordComponent") // a value on the way into the stream; never compared
    public record Review(long time, int counterpart, int[] tokens) {}

    /**
     * Makes a stream.
     *
     * @param reviews in the order of (time, row id)
     * @throws IllegalArgumentException when a review is earlier than the one before it
     */
    public static TokenStream of(List<Review> reviews) {
        int size =
                reviews.stream().mapToInt(review -> review.tokens().length + 1).sum();
        long[] times = new long[reviews.size()];
        int[] counterparts = new int[reviews.size()];
        int[] ends = new int[reviews.size()];
        int[] tokens = new int[size];
        int end = 0;
        for (int i = 0; i < times.length; i++) {
            Review review = reviews.get(i);
            if (i > 0 && review.time() < times[i - 1]) {
                throw new IllegalArgumentException("review %d is earlier than the one before it".formatted(i));
            }
            if (end > 0 && review.tokens().length > 0) {
                tokens[end++] = SEPARATOR;
            }
            System.arraycopy(review.tokens(), 0, tokens, end, review.tokens().length);
            end += review.tokens().length;
            times[i] = review.time();
            counterparts[i] = review.counterpart();
            ends[i] = end;
        }
        return new TokenStream(times, counterparts, ends, Arrays.copyOf(tokens, end));
    }

    /** The number of reviews. */
    public int reviews() {
        return times.length;
    }

    /** The number of reviews strictly before a moment. */
    public int earlier(long time) {
        int first = 0;
        int beyond = times.length;
        while (first < beyond) {
            int middle = (first + beyond) >>> 1;
            if (times[middle] < time) {
                first = middle + 1;
            } else {
                beyond = middle;
            }
        }
        return first;
    }

    /**
     * The last tokens of the first reviews; it may begin within a review.
     *
     * @param earlier how many reviews are known, as {@link #earlier} says
     * @param longest the largest number of tokens
     */
    public int[] document(int earlier, int longest) {
        int end = earlier == 0 ? 0 : ends[earlier - 1];
        return Arrays.copyOfRange(tokens, Math.max(0, end - longest), end);
    }

    /**
     * The first tokens of each of the last of the first reviews, oldest first.
     *
     * @param earlier how many reviews are known
     * @param most the largest number of reviews
     * @param longest the largest number of tokens of a review
     */
    public List<int[]> reviews(int earlier, int most, int longest) {
        List<int[]> reviews = new ArrayList<>();
        for (int i = Math.max(0, earlier - most); i < earlier; i++) {
            int begin = i == 0 ? 0 : ends[i - 1];
            boolean separated = begin > 0 && ends[i] > begin;
            int first = separated ? begin + 1 : begin;
            reviews.add(Arrays.copyOfRange(tokens, first, Math.min(ends[i], first + longest)));
        }
        return reviews;
    }

    /** Whom the reviews of {@link #reviews(int, int, int)} are about (by). */
    public int[] counterparts(int earlier, int most) {
        return Arrays.copyOfRange(counterparts, Math.max(0, earlier - most), earlier);
    }
}
