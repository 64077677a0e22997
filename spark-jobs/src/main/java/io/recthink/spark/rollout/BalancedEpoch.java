package io.recthink.spark.rollout;

import io.recthink.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An epoch that draws every true rating equally often. It has as many prompts as the pool has rows: rows of a rare
 * rating are drawn several times, and of a frequent rating each epoch draws another part. The rows of one rating take
 * turns, and no row is drawn twice within the prompts of one step. When a rating has no row that this rule allows, the
 * other ratings are drawn more often.
 */
final class BalancedEpoch {
    private static final int TIE = -2;

    private final long seed;
    private final int epoch;
    private final int perStep;
    private final List<String> order = new ArrayList<>();
    private final List<Rated> ratings = new ArrayList<>();

    private BalancedEpoch(long seed, int epoch, int perStep) {
        this.seed = seed;
        this.epoch = epoch;
        this.perStep = perStep;
    }

    /**
     * The row ids of an epoch.
     *
     * @param shuffled the pool, at least {@code perStep} rows, in the random order of the epoch
     * @param truths true rating by row id
     * @param perStep number of consecutive prompts without a repeated row
     */
    static List<String> of(long seed, int epoch, List<String> shuffled, Map<String, Double> truths, int perStep) {
        BalancedEpoch balanced = new BalancedEpoch(seed, epoch, perStep);
        Map<Double, List<String>> rows = new TreeMap<>();
        shuffled.forEach(row -> rows.computeIfAbsent(truths.get(row), rating -> new ArrayList<>())
                .add(row));
        rows.forEach((rating, ofRating) -> balanced.ratings.add(balanced.new Rated(rating, ofRating)));
        for (int i = 0; i < shuffled.size(); i++) {
            balanced.draw();
        }
        return balanced.order;
    }

    private void draw() {
        Rated next = ratings.stream()
                .filter(Rated::isReady)
                .min(Comparator.comparingInt(Rated::draws)
                        .thenComparingLong(Rated::tie)
                        .thenComparingDouble(Rated::rating))
                .orElseThrow();
        order.add(next.draw());
    }

    /** The rows of one rating, which take turns. */
    private final class Rated {
        private final double rating;
        private final List<String> rows;
        private final List<Integer> places = new ArrayList<>(); // position in the epoch of each draw
        private long tie;

        Rated(double rating, List<String> rows) {
            this.rating = rating;
            this.rows = rows;
            this.tie = tieOfNext();
        }

        /** Whether the last draw of the next row is at least one step ago. */
        boolean isReady() {
            int before = places.size() - rows.size();
            return before < 0 || places.get(before) <= order.size() - perStep;
        }

        int draws() {
            return places.size();
        }

        long tie() {
            return tie;
        }

        double rating() {
            return rating;
        }

        String draw() {
            String row = rows.get(places.size() % rows.size());
            places.add(order.size());
            tie = tieOfNext();
            return row;
        }

        private long tieOfNext() {
            return Seeds.of(seed, epoch, "rating " + rating, TIE - places.size());
        }
    }
}
