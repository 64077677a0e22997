package io.recthink.review;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Assembles what a network reads about some pairs: nothing but reviews of the corpus that are strictly earlier. */
public final class BatchReader {
    private final Corpus corpus;
    private final Form form;

    /**
     * The form of the texts.
     *
     * @param tokens the largest number of tokens of a document, or of a review
     * @param userReviews the largest number of reviews of a user; 0: one document
     * @param itemReviews the largest number of reviews of an item; 0: one document
     * @param masked whether all texts are empty, and reviews unknown: what are they worth?
     */
    public record Form(int tokens, int userReviews, int itemReviews, boolean masked) implements Serializable {
        /** One document of the user and one of the item. */
        public static Form documents(int tokens, boolean masked) {
            return new Form(tokens, 0, 0, masked);
        }
    }

    public BatchReader(Corpus corpus, Form form) {
        this.corpus = corpus;
        this.form = form;
    }

    /** The batch of some pairs. */
    public Batch batch(RatedPairs pairs, int[] rows) {
        float[] ratings = new float[pairs.ratings().length == 0 ? 0 : rows.length];
        for (int i = 0; i < ratings.length; i++) {
            ratings[i] = pairs.ratings()[rows[i]];
        }
        return new Batch(
                side(corpus::user, pairs.users(), pairs, rows, form.userReviews()),
                side(corpus::item, pairs.items(), pairs, rows, form.itemReviews()),
                ratings);
    }

    /**
     * The places in the corpus of the reviews of an item that the network reads for a pair, oldest first.
     *
     * @param row the number of the pair
     */
    public int[] itemReviews(RatedPairs pairs, int row) {
        TokenStream stream = corpus.item(pairs.items()[row]);
        return stream.numbers(earlier(stream, pairs.times()[row]), form.itemReviews());
    }

    private Side side(IntFunction<TokenStream> streams, int[] ids, RatedPairs pairs, int[] rows, int reviews) {
        int[] chosen = new int[rows.length];
        List<int[]> texts = new ArrayList<>();
        List<int[]> counterparts = new ArrayList<>();
        for (int i = 0; i < rows.length; i++) {
            chosen[i] = ids[rows[i]];
            TokenStream stream = streams.apply(chosen[i]);
            int earlier = earlier(stream, pairs.times()[rows[i]]);
            if (reviews == 0) {
                texts.add(stream.document(earlier, form.tokens()));
            } else {
                texts.addAll(stream.reviews(earlier, reviews, form.tokens()));
                counterparts.add(stream.counterparts(earlier, reviews));
            }
        }
        return new Side(chosen, texts, counterparts);
    }

    private int earlier(TokenStream stream, long time) {
        return form.masked() ? 0 : stream.earlier(time);
    }
}
