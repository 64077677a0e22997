package io.recthink.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.review.TokenStream.Review;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenStreamTest {
    private static final TokenStream STREAM = TokenStream.of(List.of(
            new Review(10, 3, new int[] {5, 6, 7}),
            new Review(20, 4, new int[] {}),
            new Review(20, 5, new int[] {8, 9}),
            new Review(30, 3, new int[] {5})));

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
        assertThat(STREAM.document(STREAM.earlier(20), 100)).containsExactly(5, 6, 7);
        assertThat(STREAM.document(STREAM.earlier(10), 100)).isEmpty();
    }

    @Test
    void reviewsAreTheLatestAndHaveTheirFirstTokens() {
        assertThat(STREAM.reviews(STREAM.earlier(31), 3, 1))
                .containsExactly(new int[] {}, new int[] {8}, new int[] {5});
        assertThat(STREAM.counterparts(STREAM.earlier(31), 3)).containsExactly(4, 5, 3);
        assertThat(STREAM.reviews(STREAM.earlier(20), 3, 9)).containsExactly(new int[] {5, 6, 7});
        assertThat(STREAM.reviews(STREAM.earlier(5), 3, 9)).isEmpty();
        assertThat(TokenStream.empty().document(0, 5)).isEmpty();
    }

    @Test
    void reviewsMustComeInTheOrderOfTime() {
        assertThatThrownBy(
                        () -> TokenStream.of(List.of(new Review(2, 0, new int[] {}), new Review(1, 0, new int[] {}))))
                .hasMessage("review 1 is earlier than the one before it");
    }

    /** Planted leaks: every token says at which moment its review was written. */
    @Test
    void nothingOfTheMomentOrLaterIsEverSeen() {
        Random random = new Random(4);
        for (int trial = 0; trial < 300; trial++) {
            List<Review> reviews = new ArrayList<>();
            int time = 2;
            for (int i = 0; i < random.nextInt(9); i++) {
                time += random.nextInt(3); // ties are frequent
                int[] tokens = new int[random.nextInt(4)];
                Arrays.fill(tokens, time);
                reviews.add(new Review(time, time, tokens));
            }
            TokenStream stream = TokenStream.of(reviews);
            for (int moment = 1; moment < time + 3; moment++) {
                int now = moment;
                List<Review> known =
                        reviews.stream().filter(review -> review.time() < now).toList();
                List<Integer> joined = new ArrayList<>();
                for (Review review : known) {
                    if (!joined.isEmpty() && review.tokens().length > 0) {
                        joined.add(TokenStream.SEPARATOR);
                    }
                    for (int token : review.tokens()) {
                        joined.add(token);
                    }
                }
                int longest = 1 + random.nextInt(12);
                List<Integer> last = joined.subList(Math.max(0, joined.size() - longest), joined.size());
                assertThat(stream.document(stream.earlier(now), longest))
                        .containsExactly(last.stream().mapToInt(token -> token).toArray());
                assertThat(stream.reviews(stream.earlier(now), 99, 99))
                        .containsExactly(known.stream().map(Review::tokens).toArray(int[][]::new));
            }
        }
    }
}
