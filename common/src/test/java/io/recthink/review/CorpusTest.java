package io.recthink.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CorpusTest {
    private static final TokenStream STREAM = corpus(
                    List.of(
                            new Review(10, 0, 3, new int[] {5, 6, 7}),
                            new Review(15, 1, 3, new int[] {9}),
                            new Review(20, 0, 4, new int[] {}),
                            new Review(20, 0, 5, new int[] {8, 9}),
                            new Review(30, 0, 3, new int[] {5})),
                    2,
                    6)
            .user(0);

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Review(long time, int user, int item, int[] tokens) {}

    private static Corpus corpus(List<Review> reviews, int users, int items) {
        Corpus.Builder builder = new Corpus.Builder(users, items);
        reviews.forEach(review -> builder.add(review.time, review.user, review.item, review.tokens));
        return builder.build();
    }

    @Test
    void wordsAreLettersAndDigitsInLowerCase() {
        assertThat(Words.of("Don't: BUY_it, 2nd  time! «Größe» 東京 naïve"))
                .containsExactly("don", "t", "buy", "it", "2nd", "time", "größe", "東京", "naïve");
        assertThat(Words.of(" ... ")).isEmpty();
    }

    @Test
    void aDocumentHasTheLastTokensBeforeTheMoment() {
        assertThat(STREAM.document(STREAM.earlier(31), 100)).containsExactly(5, 6, 7, 1, 8, 9, 1, 5);
        assertThat(STREAM.document(STREAM.earlier(30), 100)).containsExactly(5, 6, 7, 1, 8, 9);
        assertThat(STREAM.document(STREAM.earlier(30), 4)).containsExactly(7, 1, 8, 9);
        assertThat(STREAM.document(STREAM.earlier(30), 3)).containsExactly(1, 8, 9);
        assertThat(STREAM.document(STREAM.earlier(20), 100)).containsExactly(5, 6, 7);
        assertThat(STREAM.document(STREAM.earlier(10), 100)).isEmpty();
    }

    @Test
    void reviewsAreTheLatestAndHaveTheirFirstTokens() {
        assertThat(STREAM.reviews(STREAM.earlier(31), 3, 1))
                .containsExactly(new int[] {}, new int[] {8}, new int[] {5});
        assertThat(STREAM.counterparts(STREAM.earlier(31), 3)).containsExactly(4, 5, 3);
        assertThat(STREAM.numbers(STREAM.earlier(31), 3)).containsExactly(2, 3, 4);
        assertThat(STREAM.reviews(STREAM.earlier(20), 3, 9)).containsExactly(new int[] {5, 6, 7});
        assertThat(STREAM.reviews(STREAM.earlier(5), 3, 9)).isEmpty();
    }

    @Test
    void anItemHasTheReviewsOfAllItsUsers() {
        Corpus corpus = corpus(List.of(new Review(1, 1, 0, new int[] {4}), new Review(2, 0, 0, new int[] {5})), 2, 1);
        assertThat(corpus.item(0).document(2, 9)).containsExactly(4, 1, 5);
        assertThat(corpus.item(0).counterparts(2, 9)).containsExactly(1, 0);
        for (TokenStream nobody : List.of(corpus.item(1), corpus.user(2), corpus.user(-1))) {
            assertThat(nobody.earlier(Long.MAX_VALUE)).isZero();
            assertThat(nobody.document(0, 5)).isEmpty();
        }
    }

    @Test
    void reviewsMustComeInTheOrderOfTimeFromKnownUsersAboutKnownItems() {
        Corpus.Builder builder = new Corpus.Builder(1, 1);
        builder.add(2, 0, 0, new int[0]);
        assertThatThrownBy(() -> builder.add(1, 0, 0, new int[0]))
                .hasMessage("review 1 is earlier than the one before it");
        assertThatThrownBy(() -> builder.add(2, 1, 0, new int[0]))
                .hasMessage("review 1 is by user 1 of 1, about item 0 of 1");
        assertThatThrownBy(() -> builder.add(2, 0, -1, new int[0])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aCorpusHasRoomForManyReviews() {
        List<Review> reviews = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            reviews.add(new Review(i, i % 3, i % 7, new int[] {2 + i}));
        }
        TokenStream stream = corpus(reviews, 3, 7).user(2);
        assertThat(stream.document(stream.earlier(4000), 2)).containsExactly(TokenStream.SEPARATOR, 2 + 3998);
    }

    /** A shop that reviews for its customers, or a crawler: no more than the document is looked at. */
    @Test
    void aUserMayHaveAMillionReviews() {
        Corpus.Builder builder = new Corpus.Builder(1, 2);
        for (int i = 0; i < 1_000_000; i++) {
            builder.add(i, 0, i % 2, new int[] {2 + i});
        }
        TokenStream stream = builder.build().user(0);
        for (int i = 0; i < 1000; i++) { // a second at most; a walk through all reviews would take minutes
            assertThat(stream.earlier(999_000 + i)).isEqualTo(999_000 + i);
            assertThat(stream.document(999_000 + i, 3)).containsExactly(2 + 999_000 + i - 2, 1, 2 + 999_000 + i - 1);
        }
    }

    /** Planted leaks: every token says at which moment its review was written. */
    @Test
    void nothingOfTheMomentOrLaterIsEverSeen() {
        Random random = new Random(4);
        for (int trial = 0; trial < 300; trial++) {
            List<Review> reviews = new ArrayList<>();
            int time = 2;
            for (int i = 0; i < random.nextInt(20); i++) {
                time += random.nextInt(3); // ties are frequent
                int[] tokens = new int[random.nextInt(4)];
                Arrays.fill(tokens, time);
                reviews.add(new Review(time, random.nextInt(2), random.nextInt(2), tokens));
            }
            Corpus corpus = corpus(reviews, 2, 2);
            for (int moment = 1; moment < time + 3; moment++) {
                int now = moment;
                int longest = 1 + random.nextInt(12);
                for (int id = 0; id < 2; id++) {
                    int one = id;
                    requireEqual(
                            corpus.user(id),
                            reviews.stream()
                                    .filter(review -> review.user == one && review.time < now)
                                    .toList(),
                            now,
                            longest);
                    requireEqual(
                            corpus.item(id),
                            reviews.stream()
                                    .filter(review -> review.item == one && review.time < now)
                                    .toList(),
                            now,
                            longest);
                }
            }
        }
    }

    private static void requireEqual(TokenStream stream, List<Review> known, int now, int longest) {
        List<Integer> joined = new ArrayList<>();
        for (Review review : known) {
            if (!joined.isEmpty() && review.tokens().length > 0) {
                joined.add(TokenStream.SEPARATOR);
            }
            for (int token : review.tokens()) {
                joined.add(token);
            }
        }
        List<Integer> last = joined.subList(Math.max(0, joined.size() - longest), joined.size());
        assertThat(stream.document(stream.earlier(now), longest))
                .containsExactly(last.stream().mapToInt(token -> token).toArray());
        assertThat(stream.reviews(stream.earlier(now), 99, 99))
                .containsExactly(known.stream().map(Review::tokens).toArray(int[][]::new));
    }
}
