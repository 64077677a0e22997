package io.recthink.review;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * The reviews of a user (an item) in the order of time, as one stream of tokens. What is known at a moment is the begin of the
 * stream: a document is a slice of it that ends before the moment. So no document is stored, and nothing of a later review, or
 * of a review of the same moment, gets into one.
 *
 * <p>Token {@value #SEPARATOR} stands between two reviews that have a known word.
 */
public final class TokenStream {
    /** Stands between two reviews. */
    public static final int SEPARATOR = 1;

    /** The first token that is a word. */
    public static final int FIRST_WORD = 2;

    private final Corpus corpus;
    private final IntUnaryOperator counterpart;
    private final int[] order;
    private final int begin;
    private final int end;

    /**
     * A part of a corpus.
     *
     * @param counterpart the item (the user) of a review
     * @param order numbers of reviews in the corpus; those of the stream are from {@code begin}, before {@code end}
     */
    TokenStream(Corpus corpus, IntUnaryOperator counterpart, int[] order, int begin, int end) {
        this.corpus = corpus;
        this.counterpart = counterpart;
        this.order = order;
        this.begin = begin;
        this.end = end;
    }

    /** The number of reviews strictly before a moment. */
    public int earlier(long time) {
        int first = begin;
        int beyond = end;
        while (first < beyond) {
            int middle = (first + beyond) >>> 1;
            if (corpus.time(order[middle]) < time) {
                first = middle + 1;
            } else {
                beyond = middle;
            }
        }
        return first - begin;
    }

    /**
     * The last tokens of the first reviews; it may begin within a review.
     *
     * @param earlier how many reviews are known, as {@link #earlier} says
     * @param longest the largest number of tokens
     */
    public int[] document(int earlier, int longest) {
        int[] document = new int[longest];
        int from = longest;
        for (int i = earlier - 1; i >= 0 && from > 0; i--) {
            int[] tokens = corpus.tokens(order[begin + i]);
            if (tokens.length > 0) {
                if (from < longest) {
                    document[--from] = SEPARATOR;
                }
                int taken = Math.min(from, tokens.length);
                from -= taken;
                System.arraycopy(tokens, tokens.length - taken, document, from, taken);
            }
        }
        return Arrays.copyOfRange(document, from, longest);
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
        for (int review : numbers(earlier, most)) {
            int[] tokens = corpus.tokens(review);
            reviews.add(tokens.length > longest ? Arrays.copyOf(tokens, longest) : tokens);
        }
        return reviews;
    }

    /** Whom the reviews of {@link #reviews} are about (by). */
    public int[] counterparts(int earlier, int most) {
        int[] numbers = numbers(earlier, most);
        Arrays.setAll(numbers, i -> counterpart.applyAsInt(numbers[i]));
        return numbers;
    }

    /** The places of the reviews of {@link #reviews} in the corpus. */
    public int[] numbers(int earlier, int most) {
        return Arrays.copyOfRange(order, begin + Math.max(0, earlier - most), begin + earlier);
    }
}
