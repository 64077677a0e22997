package io.recthink.spark.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.recthink.spark.simulate.TastePosterior.Evidence;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;

class TastePosteriorTest {
    private static final SimulateSettings SETTINGS = new SimulateSettings(
            LogFormat.JSON, 4000, 60, 6, 0, 0, 5, 2, 0.4, 0.3, 0.7, 3.2, 1.1, 0.6, DriftSettings.NONE);

    /** All tastes written out as numbers in base three, every probability from its definition. */
    @Test
    void equalsTheBayesRuleWrittenOut() {
        SplittableRandom random = new SplittableRandom(3);
        World world = new World(2, SETTINGS);
        TastePosterior posterior = new TastePosterior(SETTINGS);
        for (int user = 0; user < 40; user++) {
            List<Evidence> history = evidence(world, user).subList(0, random.nextInt(1, 5));
            List<Integer> target = world.item(random.nextInt(60)).aspects();
            double[] expected = writtenOut(history, target);
            double[] actual = posterior.predict(history, target);
            assertThat(actual).containsExactly(expected, within(1e-12));
        }
    }

    @Test
    void withoutHistoryThePriorSpeaks() {
        assertThat(new TastePosterior(SETTINGS).predict(List.of(), List.of(1, 3)))
                .containsExactly(writtenOut(List.of(), List.of(1, 3)), within(1e-12));
    }

    @Test
    void predictedProbabilitiesAreTheFrequenciesOfTheTruth() {
        World world = new World(11, SETTINGS);
        TastePosterior posterior = new TastePosterior(SETTINGS);
        double[] predicted = new double[10];
        double[] happened = new double[10];
        double[] count = new double[10];
        for (int user = 0; user < SETTINGS.users(); user++) {
            List<Evidence> reviews = evidence(world, user);
            Evidence last = reviews.get(reviews.size() - 1);
            double[] probabilities = posterior.predict(reviews.subList(0, reviews.size() - 1), last.aspects());
            for (int stars = 1; stars <= 5; stars++) {
                double probability = probabilities[stars - 1];
                int bin = (int) Math.min(9, probability * 10);
                predicted[bin] += probability;
                happened[bin] += last.stars() == stars ? 1 : 0;
                count[bin]++;
            }
        }
        for (int bin = 0; bin < 10; bin++) {
            double p = predicted[bin] / count[bin];
            double standardError = Math.sqrt(p * (1 - p) / count[bin]);
            assertThat(count[bin]).isPositive();
            assertThat(happened[bin] / count[bin]).isCloseTo(p, within(4 * standardError));
        }
    }

    @Test
    void theMedianIsTheBestWholeAnswer() {
        double[] probabilities = {0.1, 0.35, 0.1, 0.15, 0.3};
        int best = 0;
        double least = Double.MAX_VALUE;
        for (int answer = 1; answer <= 5; answer++) {
            double error = 0;
            for (int stars = 1; stars <= 5; stars++) {
                error += probabilities[stars - 1] * Math.abs(stars - answer);
            }
            if (error < least) {
                least = error;
                best = answer;
            }
        }
        assertThat(TastePosterior.median(probabilities)).isEqualTo(best).isEqualTo(3);
    }

    @Test
    void aHistoryThatNobodyCanHaveIsRefused() {
        List<Evidence> history = List.of(
                new Evidence(List.of(0, 1), 4, List.of(new Mention(0, Taste.LIKED))),
                new Evidence(List.of(0, 1), 4, List.of(new Mention(0, Taste.DISLIKED))));
        assertThatThrownBy(() -> new TastePosterior(SETTINGS).predict(history, List.of(0, 1)))
                .hasMessageContaining("no tastes explain");
    }

    private static List<Evidence> evidence(World world, int user) {
        ReviewLanguage language = new ReviewLanguage();
        return world.reviews(user).stream()
                .map(review -> new Evidence(
                        world.item(world.itemNumber(review.item()).orElseThrow())
                                .aspects(),
                        review.stars(),
                        language.read(review.text())))
                .toList();
    }

    private static double[] writtenOut(List<Evidence> history, List<Integer> target) {
        double[] sums = new double[5];
        for (int code = 0; code < 243; code++) {
            List<Integer> points = new ArrayList<>(); // -1, 0, 1 an aspect
            double probability = 1;
            for (int aspect = 0, rest = code; aspect < 5; aspect++, rest /= 3) {
                points.add(rest % 3 - 1);
                probability *= new double[] {0.3, 0.3, 0.4}[rest % 3];
            }
            for (Evidence evidence : history) {
                probability *= stars(evidence.aspects(), points, evidence.stars());
                for (int aspect : evidence.aspects()) {
                    int said = evidence.mentions().stream()
                            .filter(mention -> mention.aspect() == aspect)
                            .mapToInt(mention -> mention.taste() == Taste.LIKED ? 1 : -1)
                            .sum();
                    int truth = points.get(aspect);
                    probability *= truth == 0 ? (said == 0 ? 1 : 0) : said == truth ? 0.7 : said == 0 ? 1 - 0.7 : 0;
                }
            }
            for (int stars = 1; stars <= 5; stars++) {
                sums[stars - 1] += probability * stars(target, points, stars);
            }
        }
        double total = sums[0] + sums[1] + sums[2] + sums[3] + sums[4];
        for (int stars = 0; stars < 5; stars++) {
            sums[stars] /= total;
        }
        return sums;
    }

    private static double stars(List<Integer> aspects, List<Integer> points, int stars) {
        double mean = 3.2 + 1.1 * aspects.stream().mapToInt(points::get).sum();
        double upTo = stars == 5 ? 1 : 0.5 * (1 + Erf.erf((stars + 0.5 - mean) / (0.6 * Math.sqrt(2))));
        double below = stars == 1 ? 0 : 0.5 * (1 + Erf.erf((stars - 0.5 - mean) / (0.6 * Math.sqrt(2))));
        return upTo - below;
    }
}
