package io.recthink.spark.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.recthink.spark.JobSettings;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SkewTest {
    private static SimulateSettings settings(String... settings) {
        return JobSettings.SECTIONS.read("test", "", List.of(settings)).get(SimulateSettings.class);
    }

    @Test
    void theFirstUsersHaveMostOfTheReviews() {
        Skew skew = new Skew(settings("simulate.users=50", "simulate.items=1000", "simulate.heaviestUser=900"));
        assertThat(IntStream.of(0, 1, 2, 7, 8, 49).map(skew::reviews)).containsExactly(900, 225, 100, 14, 12, 12);
        assertThat(skew.reviews())
                .isEqualTo(IntStream.range(0, 50).mapToLong(skew::reviews).sum());
    }

    @Test
    void withoutAHeaviestUserAllAreAlike() {
        Skew skew = new Skew(settings("simulate.users=70000", "simulate.items=20", "simulate.popularity=1"));
        assertThat(IntStream.of(0, 1, 69_999).map(skew::reviews)).containsOnly(12);
    }

    @Test
    void aUserReviewsNoItemTwice() {
        Skew skew = new Skew(settings("simulate.items=500", "simulate.heaviestUser=500", "simulate.popularity=0.8"));
        SplittableRandom random = new SplittableRandom(3);
        for (int user = 0; user < 20; user++) {
            assertThat(Arrays.stream(skew.items(user, random)).boxed())
                    .hasSize(skew.reviews(user))
                    .doesNotHaveDuplicates()
                    .allMatch(item -> item >= 0 && item < 500);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.8, 1, 1.5})
    void itemsAreDrawnByThePowerLaw(double popularity) {
        int items = 40;
        Skew skew = new Skew(
                settings("simulate.items=" + items, "simulate.reviewsPerUser=1", "simulate.popularity=" + popularity));
        double[] drawn = new double[items];
        int draws = 60_000;
        SplittableRandom random = new SplittableRandom(8);
        for (int i = 0; i < draws; i++) {
            drawn[skew.items(1, random)[0]]++;
        }
        double all = integral(1, items + 1, popularity);
        for (int item = 0; item < items; item++) {
            assertThat(drawn[item] / draws)
                    .as("item %d", item)
                    .isCloseTo(integral(item + 1, item + 2, popularity) / all, within(0.006));
        }
    }

    /** Of x^-exponent, by its middle in many small steps. */
    private static double integral(double from, double to, double exponent) {
        int steps = 10_000;
        double width = (to - from) / steps;
        return IntStream.range(0, steps)
                .mapToDouble(i -> width * Math.pow(from + (i + 0.5) * width, -exponent))
                .sum();
    }
}
