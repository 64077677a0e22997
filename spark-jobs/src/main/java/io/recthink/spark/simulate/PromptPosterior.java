package io.recthink.spark.simulate;

import io.recthink.spark.simulate.TastePosterior.Evidence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The best possible prediction of a reader who sees only the stars and reviews of a user's past items. This reader does
 * not know which other aspects a past item has. The posterior enumerates all tastes for all aspects, and for each past
 * item all sets of aspects that it may have. Every set of the right size has the same probability. The target's aspects
 * are known.
 */
final class PromptPosterior {
    private final SimulateSettings settings;
    private final RatingModel ratings;

    PromptPosterior(SimulateSettings settings) {
        this.settings = settings;
        this.ratings = new RatingModel(settings);
    }

    /**
     * The probabilities of 1 to 5 stars for an item with the given aspects.
     *
     * @param history the past items; only their stars and mentions are read
     */
    double[] predict(List<Evidence> history, List<Integer> target) {
        Taste[] tastes = new Taste[settings.aspects()];
        for (Evidence evidence : history) {
            for (Mention mention : evidence.mentions()) {
                if (tastes[mention.aspect()] != null && tastes[mention.aspect()] != mention.taste()) {
                    throw new IllegalArgumentException("no tastes explain the history " + history);
                }
                tastes[mention.aspect()] = mention.taste();
            }
        }
        double[] sums = new double[RatingModel.STARS];
        enumerate(0, tastes, 1, history, target, sums);
        double total = Arrays.stream(sums).sum();
        if (!(total > 0)) {
            throw new IllegalArgumentException("no tastes explain the history " + history);
        }
        return Arrays.stream(sums).map(sum -> sum / total).toArray();
    }

    private void enumerate(
            int next, Taste[] tastes, double weight, List<Evidence> history, List<Integer> target, double[] sums) {
        if (next == tastes.length) {
            double likelihood = weight;
            for (Evidence evidence : history) {
                likelihood *= likelihood(evidence, tastes);
            }
            int match =
                    target.stream().mapToInt(aspect -> tastes[aspect].points()).sum();
            double[] distribution = ratings.distribution(match);
            for (int stars = 0; stars < sums.length; stars++) {
                sums[stars] += likelihood * distribution[stars];
            }
            return;
        }
        Taste told = tastes[next];
        for (Taste taste : told == null ? Taste.values() : new Taste[] {told}) {
            tastes[next] = taste;
            enumerate(next + 1, tastes, weight * prior(taste), history, target, sums);
        }
        tastes[next] = told;
    }

    private double prior(Taste taste) {
        return switch (taste) {
            case LIKED -> settings.likeShare();
            case DISLIKED -> settings.dislikeShare();
            case INDIFFERENT -> 1 - settings.likeShare() - settings.dislikeShare();
        };
    }

    /**
     * The probability of the stars and the review of a past item. An aspect that is not mentioned counts only by its
     * taste: only the numbers of liked and disliked aspects matter.
     */
    private double likelihood(Evidence evidence, Taste[] tastes) {
        List<Integer> silent = new ArrayList<>();
        int match = 0;
        for (int aspect = 0; aspect < tastes.length; aspect++) {
            int at = aspect;
            if (evidence.mentions().stream().anyMatch(mention -> mention.aspect() == at)) {
                match += tastes[aspect].points();
            } else {
                silent.add(aspect);
            }
        }
        int mentioned = tastes.length - silent.size();
        int liked = count(silent, tastes, Taste.LIKED);
        int disliked = count(silent, tastes, Taste.DISLIKED);
        int indifferent = silent.size() - liked - disliked;
        int more = settings.aspectsPerItem() - mentioned;
        double sum = 0;
        for (int l = 0; l <= Math.min(liked, more); l++) {
            for (int d = 0; d <= Math.min(disliked, more - l); d++) {
                double ways = ways(liked, l) * ways(disliked, d) * ways(indifferent, more - l - d);
                double unsaid = Math.pow(1 - settings.mention(), l + d);
                int points = match + l * Taste.LIKED.points() + d * Taste.DISLIKED.points();
                sum += ways * unsaid * ratings.distribution(points)[evidence.stars() - 1];
            }
        }
        return sum * Math.pow(settings.mention(), mentioned);
    }

    private static int count(List<Integer> aspects, Taste[] tastes, Taste taste) {
        return (int) aspects.stream().filter(aspect -> tastes[aspect] == taste).count();
    }

    /** The number of subsets of a given size. */
    private static double ways(int of, int size) {
        if (size < 0 || size > of) {
            return 0;
        }
        double ways = 1;
        for (int i = 0; i < size; i++) {
            ways = ways * (of - i) / (i + 1);
        }
        return ways;
    }
}
