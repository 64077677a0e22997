package io.recthink.review;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * Reviews with their users, items and moments: what all documents are made of. Each review is kept once. The reviews of a
 * user, and those of an item, are a {@link TokenStream}.
 */
public final class Corpus {
    private final long[] times;
    private final int[] users;
    private final int[] items;
    private final int[][] tokens;
    private final Streams byUser;
    private final Streams byItem;

    private Corpus(Builder reviews) {
        int size = reviews.size;
        times = Arrays.copyOf(reviews.times, size);
        users = Arrays.copyOf(reviews.users, size);
        items = Arrays.copyOf(reviews.items, size);
        tokens = Arrays.copyOf(reviews.tokens, size);
        byUser = Streams.of(users, reviews.userCount);
        byItem = Streams.of(items, reviews.itemCount);
    }

    /** Takes reviews in the order of (time, row id). */
    public static final class Builder {
        private static final int FIRST_ROOM = 1024;

        private final int userCount;
        private final int itemCount;
        private long[] times = new long[FIRST_ROOM];
        private int[] users = new int[FIRST_ROOM];
        private int[] items = new int[FIRST_ROOM];
        private int[][] tokens = new int[FIRST_ROOM][];
        private int size;

        /**
         * Begins without reviews.
         *
         * @param userCount the number of users; ids are from 0, below it
         * @param itemCount the number of items
         */
        public Builder(int userCount, int itemCount) {
            this.userCount = userCount;
            this.itemCount = itemCount;
        }

        /**
         * Adds the next review.
         *
         * @param words its known words, each at least {@link TokenStream#FIRST_WORD}; may be empty
         * @throws IllegalArgumentException when it is earlier than the one before it, or its user or item is not known
         */
        public void add(long time, int user, int item, int[] words) {
            if (size > 0 && time < times[size - 1]) {
                throw new IllegalArgumentException("review %d is earlier than the one before it".formatted(size));
            }
            if (user < 0 || user >= userCount || item < 0 || item >= itemCount) {
                throw new IllegalArgumentException("review %d is by user %d of %d, about item %d of %d"
                        .formatted(size, user, userCount, item, itemCount));
            }
            if (size == times.length) {
                grow();
            }
            times[size] = time;
            users[size] = user;
            items[size] = item;
            tokens[size++] = words;
        }

        private void grow() {
            int room = Math.toIntExact(Math.min(Integer.MAX_VALUE - 8L, 2L * size));
            times = Arrays.copyOf(times, room);
            users = Arrays.copyOf(users, room);
            items = Arrays.copyOf(items, room);
            tokens = Arrays.copyOf(tokens, room);
        }

        public Corpus build() {
            return new Corpus(this);
        }
    }

    /**
     * The reviews of each user (item), in the order of the corpus.
     *
     * @param begins where the reviews of an id begin in {@code order}; those of id i end where those of i + 1 begin
     */
    @SuppressWarnings("ArrayRecordComponent") // large; never compared
    private record Streams(int[] begins, int[] order) {
        static Streams of(int[] ids, int count) {
            int[] begins = new int[count + 1];
            for (int id : ids) {
                begins[id + 1]++;
            }
            for (int id = 0; id < count; id++) {
                begins[id + 1] += begins[id];
            }
            int[] next = Arrays.copyOf(begins, count);
            int[] order = new int[ids.length];
            for (int review = 0; review < ids.length; review++) {
                order[next[ids[review]]++] = review;
            }
            return new Streams(begins, order);
        }
    }

    /** The reviews of a user; none for an id that is not known. */
    public TokenStream user(int id) {
        return stream(byUser, id, review -> items[review]);
    }

    /** The reviews of an item; none for an id that is not known. */
    public TokenStream item(int id) {
        return stream(byItem, id, review -> users[review]);
    }

    private TokenStream stream(Streams streams, int id, IntUnaryOperator counterpart) {
        boolean known = id >= 0 && id < streams.begins.length - 1;
        return new TokenStream(
                this, counterpart, streams.order, known ? streams.begins[id] : 0, known ? streams.begins[id + 1] : 0);
    }

    long time(int review) {
        return times[review];
    }

    int[] tokens(int review) {
        return tokens[review];
    }
}
