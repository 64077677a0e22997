package io.recthink.spark.simulate;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The best possible prediction from a history. The posterior enumerates all tastes that the user may have. It averages
 * the distribution of the target's rating, weighted by the likelihood of the history's ratings and reviews. It is
 * exact, because the tastes for different aspects are independent in the prior.
 */
final class TastePosterior {
    private final SimulateSettings settings;
    private final RatingModel ratings;
    private final Map<Taste, Double> prior = new EnumMap<>(Taste.class);

    /** A past purchase: the item's aspects, the stars, and the mentions of the review. */
    record Evidence(List<Integer> aspects, int stars, List<Mention> mentions) {}

    TastePosterior(SimulateSettings settings) {
        this.settings = settings;
        this.ratings = new RatingModel(settings);
        prior.put(Taste.LIKED, settings.likeShare());
        prior.put(Taste.DISLIKED, settings.dislikeShare());
        prior.put(Taste.INDIFFERENT, 1 - settings.likeShare() - settings.dislikeShare());
    }

    /** The probabilities of 1 to 5 stars for an item with the given aspects. */
    double[] predict(List<Evidence> history, List<Integer> target) {
        TreeSet<Integer> aspects = new TreeSet<>(target);
        history.forEach(evidence -> aspects.addAll(evidence.aspects()));
        double[] sums = new double[RatingModel.STARS];
        enumerate(List.copyOf(aspects), 0, new TreeMap<>(), 1, history, target, sums);
        double total = 0;
        for (double sum : sums) {
            total += sum;
        }
        if (!(total > 0)) {
            throw new IllegalArgumentException("no tastes explain the history " + history);
        }
        for (int stars = 0; stars < sums.length; stars++) {
            sums[stars] /= total;
        }
        return sums;
    }

    /**
     * The median: the smallest number of stars with at least half of the probability at or below it. It minimises the
     * MAE.
     */
    static int median(double[] probabilities) {
        double below = 0;
        for (int stars = 1; stars < probabilities.length; stars++) {
            below += probabilities[stars - 1];
            if (below >= 0.5) {
                return stars;
            }
        }
        return probabilities.length;
    }

    private void enumerate(
            List<Integer> aspects,
            int next,
            Map<Integer, Taste> tastes,
            double weight,
            List<Evidence> history,
            List<Integer> target,
            double[] sums) {
        if (weight == 0) {
            return;
        }
        if (next == aspects.size()) {
            double likelihood = weight;
            for (Evidence evidence : history) {
                likelihood *= ratings.distribution(match(evidence.aspects(), tastes))[evidence.stars() - 1];
            }
            double[] distribution = ratings.distribution(match(target, tastes));
            for (int stars = 0; stars < sums.length; stars++) {
                sums[stars] += likelihood * distribution[stars];
            }
            return;
        }
        int aspect = aspects.get(next);
        for (Taste taste : Taste.values()) {
            tastes.put(aspect, taste);
            double reviews = prior.get(taste) * likelihoodOfReviews(aspect, taste, history);
            enumerate(aspects, next + 1, tastes, weight * reviews, history, target, sums);
        }
    }

    /** The probability of what the reviews say about an aspect, silence included. */
    private double likelihoodOfReviews(int aspect, Taste taste, List<Evidence> history) {
        double likelihood = 1;
        for (Evidence evidence : history) {
            if (!evidence.aspects().contains(aspect)) {
                continue;
            }
            boolean agrees = evidence.mentions().contains(new Mention(aspect, taste));
            boolean silent = evidence.mentions().stream().noneMatch(mention -> mention.aspect() == aspect);
            double mention = taste == Taste.INDIFFERENT ? 0 : settings.mention();
            likelihood *= agrees ? mention : silent ? 1 - mention : 0;
        }
        return likelihood;
    }

    private static int match(List<Integer> aspects, Map<Integer, Taste> tastes) {
        return aspects.stream().mapToInt(aspect -> tastes.get(aspect).points()).sum();
    }
}
