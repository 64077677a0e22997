package io.recthink.spark.evaluate;

import java.io.Serializable;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * Pairwise accuracy: among all pairs of rows of one user with different truths, the share that the predictions order
 * correctly. Equal predictions count one half. Pairs of all users have the same weight. Each user's rows are read as a
 * stream sorted by prediction, with one counter a rating: memory does not depend on the user's number of rows.
 */
final class PairwiseAccuracy {
    /** One prediction for a row of a user. */
    private record Entry(String userId, int system, double prediction) implements Comparable<Entry>, Serializable {
        @Override
        public int compareTo(Entry other) {
            return Comparator.comparing(Entry::userId)
                    .thenComparingInt(Entry::system)
                    .thenComparingDouble(Entry::prediction)
                    .compare(this, other);
        }

        boolean sameList(Entry other) {
            return system == other.system && userId.equals(other.userId);
        }
    }

    /** Puts all rows of one user and system into one partition. */
    private static final class ByList extends Partitioner {
        private static final long serialVersionUID = 1;
        private final int partitions;

        ByList(int partitions) {
            this.partitions = partitions;
        }

        @Override
        public int numPartitions() {
            return partitions;
        }

        @Override
        public int getPartition(Object key) {
            Entry entry = (Entry) key;
            return Math.floorMod(Objects.hash(entry.userId(), entry.system()), partitions);
        }
    }

    /**
     * @param halves twice the concordant pairs plus the tied pairs
     * @param pairs number of pairs
     */
    private record Pairs(long halves, long pairs) implements Serializable {
        Pairs plus(Pairs more) {
            return new Pairs(Math.addExact(halves, more.halves), Math.addExact(pairs, more.pairs));
        }
    }

    /** Counts the pairs of one user and system; reads the rows in ascending order of the predictions. */
    private static final class Counter {
        private final long[] below;
        private final long[] tied;
        private double prediction = Double.NaN;
        private long halves;
        private long pairs;

        Counter(int ratings) {
            this.below = new long[ratings];
            this.tied = new long[ratings];
        }

        void add(double next, int rating) {
            if (next != prediction) {
                closeTies();
                prediction = next;
            }
            for (int other = 0; other < below.length; other++) {
                if (other != rating) {
                    pairs += below[other] + tied[other];
                    halves += tied[other] + (other < rating ? 2 * below[other] : 0);
                }
            }
            tied[rating]++;
        }

        private void closeTies() {
            for (int rating = 0; rating < tied.length; rating++) {
                below[rating] += tied[rating];
                tied[rating] = 0;
            }
        }
    }

    private PairwiseAccuracy() {}

    /** The accuracy of each system; NaN when no user has rows with different truths. */
    static double[] of(JavaRDD<PredictedRow> rows, RatingScale scale, int systems) {
        int ratings = scale.ratings().length;
        JavaPairRDD<Entry, Integer> entries = rows.flatMapToPair(row -> IntStream.range(0, systems)
                .mapToObj(system -> new Tuple2<>(
                        new Entry(row.userId(), system, row.yhat()[system] + 0.0), scale.rating(row.truth())))
                .iterator());
        double[] accuracies = new double[systems];
        java.util.Arrays.fill(accuracies, Double.NaN);
        entries.repartitionAndSortWithinPartitions(new ByList(Math.max(1, rows.getNumPartitions())))
                .mapPartitionsToPair(some -> count(some, systems, ratings))
                .reduceByKey(Pairs::plus)
                .collectAsMap()
                .forEach((system, pairs) ->
                        accuracies[system] = pairs.pairs() == 0 ? Double.NaN : pairs.halves() / (2.0 * pairs.pairs()));
        return accuracies;
    }

    private static Iterator<Tuple2<Integer, Pairs>> count(
            Iterator<Tuple2<Entry, Integer>> entries, int systems, int ratings) {
        Pairs[] totals = new Pairs[systems];
        java.util.Arrays.fill(totals, new Pairs(0, 0));
        Entry list = null;
        Counter counter = new Counter(ratings);
        while (entries.hasNext()) {
            Tuple2<Entry, Integer> entry = entries.next();
            if (list == null || !entry._1().sameList(list)) {
                if (list != null) {
                    totals[list.system()] = totals[list.system()].plus(new Pairs(counter.halves, counter.pairs));
                }
                list = entry._1();
                counter = new Counter(ratings);
            }
            counter.add(entry._1().prediction(), entry._2());
        }
        if (list != null) {
            totals[list.system()] = totals[list.system()].plus(new Pairs(counter.halves, counter.pairs));
        }
        return IntStream.range(0, systems)
                .mapToObj(system -> new Tuple2<>(system, totals[system]))
                .iterator();
    }
}
