package io.recthink.spark.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.recthink.spark.simulate.TastePosterior.Evidence;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PromptPosteriorTest {
    private static final SimulateSettings SETTINGS = new SimulateSettings(
            LogFormat.JSON, 4000, 60, 6, 0, 0, 5, 2, 0.4, 0.3, 0.7, 3.2, 1.1, 0.6, DriftSettings.NONE);
    private static final int ASPECTS = 5;
    private static final List<Taste> TASTES = List.of(Taste.LIKED, Taste.DISLIKED, Taste.INDIFFERENT);

    private final ReviewLanguage language = new ReviewLanguage();

    /** Every set of aspects of every past item is tried as if it were known, and all are added up. */
    @Test
    void equalsTheMixtureOverAllItemsThatThePastOnesMayBe() {
        World world = new World(2, SETTINGS);
        PromptPosterior posterior = new PromptPosterior(SETTINGS);
        SplittableRandom random = new SplittableRandom(3);
        for (int user = 0; user < 20; user++) {
            List<Evidence> history = evidence(world, user).subList(0, random.nextInt(3));
            List<Integer> target = world.item(random.nextInt(60)).aspects();
            assertThat(posterior.predict(history, target)).containsExactly(mixture(history, target), within(1e-12));
        }
    }

    @Test
    void predictedProbabilitiesAreTheFrequenciesOfTheTruth() {
        World world = new World(11, SETTINGS);
        PromptPosterior posterior = new PromptPosterior(SETTINGS);
        double predicted = 0;
        double right = 0;
        double variance = 0;
        for (int user = 0; user < 2000; user++) {
            List<Evidence> reviews = evidence(world, user);
            Evidence last = reviews.get(reviews.size() - 1);
            double[] probabilities = posterior.predict(reviews.subList(0, reviews.size() - 1), last.aspects());
            double p = probabilities[last.aspects().get(0) % 5]; // any number of stars that the history does not choose
            predicted += p;
            right += last.stars() == last.aspects().get(0) % 5 + 1 ? 1 : 0;
            variance += p * (1 - p);
        }
        assertThat(right).isCloseTo(predicted, within(4 * Math.sqrt(variance)));
    }

    @Test
    void aHistoryThatNobodyCanHaveIsRefused() {
        List<Evidence> history = List.of(
                new Evidence(List.of(), 4, List.of(new Mention(0, Taste.LIKED))),
                new Evidence(List.of(), 4, List.of(new Mention(0, Taste.DISLIKED))));
        assertThatThrownBy(() -> new PromptPosterior(SETTINGS).predict(history, List.of(0, 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static double[] mixture(List<Evidence> history, List<Integer> target) {
        double[] sums = new double[5];
        int[] code = new int[ASPECTS];
        do {
            Taste[] tastes = new Taste[ASPECTS];
            double weight = 1;
            for (int a = 0; a < ASPECTS; a++) {
                tastes[a] = TASTES.get(code[a]);
                weight *= switch (tastes[a]) {
                    case LIKED -> 0.4;
                    case DISLIKED -> 0.3;
                    case INDIFFERENT -> 0.3;
                };
            }
            for (Evidence entry : history) {
                double sum = 0;
                for (int first = 0; first < ASPECTS; first++) {
                    for (int second = first + 1; second < ASPECTS; second++) {
                        sum += known(entry, List.of(first, second), tastes);
                    }
                }
                weight *= sum;
            }
            double[] stars = new RatingModel(SETTINGS)
                    .distribution(tastes[target.get(0)].points() + tastes[target.get(1)].points());
            for (int s = 0; s < 5; s++) {
                sums[s] += weight * stars[s];
            }
        } while (next(code));
        double total = sums[0] + sums[1] + sums[2] + sums[3] + sums[4];
        for (int s = 0; s < 5; s++) {
            sums[s] /= total;
        }
        return sums;
    }

    private static double known(Evidence entry, List<Integer> aspects, Taste[] tastes) {
        double likelihood = 1;
        int match = 0;
        for (Mention mention : entry.mentions()) {
            likelihood *= aspects.contains(mention.aspect()) && tastes[mention.aspect()] == mention.taste() ? 1 : 0;
        }
        for (int aspect : aspects) {
            match += tastes[aspect].points();
            boolean said = entry.mentions().stream().anyMatch(mention -> mention.aspect() == aspect);
            double mention = tastes[aspect] == Taste.INDIFFERENT ? 0 : 0.7;
            likelihood *= said ? mention : 1 - mention;
        }
        return likelihood * new RatingModel(SETTINGS).distribution(match)[entry.stars() - 1];
    }

    private static boolean next(int[] code) {
        for (int i = 0; i < code.length; i++) {
            if (++code[i] < 3) {
                return true;
            }
            code[i] = 0;
        }
        return false;
    }

    private List<Evidence> evidence(World world, int user) {
        List<Evidence> evidence = new ArrayList<>();
        for (World.Review review : world.reviews(user)) {
            int item = world.itemNumber(review.item()).orElseThrow();
            evidence.add(new Evidence(world.item(item).aspects(), review.stars(), language.read(review.text())));
        }
        return evidence;
    }
}
