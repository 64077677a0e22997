package io.recthink.spark.evaluate;

import java.io.Serializable;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Statistics of the order of a system's predictions. The distinct predictions are sorted across the cluster; the driver
 * collects none of them.
 *
 * @param spearman Spearman correlation with the truths over all rows, ties at their middle rank; NaN when all
 *     predictions or all truths are equal
 * @param modalShare share of the most frequent prediction, between 0 and 1
 * @param cuts the predictions at the ranks 1/10 to 9/10, ascending; a prediction equal to a cut belongs to the upper
 *     tenth
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ValueRanks(double spearman, double modalShare, double[] cuts) implements Serializable {
    static final int BINS = 10;

    /** One distinct prediction of one system. */
    private record Value(int system, double prediction) implements Comparable<Value>, Serializable {
        @Override
        public int compareTo(Value other) {
            return Comparator.comparingInt(Value::system)
                    .thenComparingDouble(Value::prediction)
                    .compare(this, other);
        }
    }

    /**
     * @param rows number of rows with this prediction
     * @param truthRanks sum of the doubled ranks of their truths
     */
    private record Occurrences(long rows, long truthRanks) implements Serializable {
        Occurrences plus(Occurrences more) {
            return new Occurrences(rows + more.rows, Math.addExact(truthRanks, more.truthRanks));
        }
    }

    /** Sums over some of the values of one system. Ranks are doubled, so that middle ranks are whole numbers. */
    private record Part(BigInteger squares, BigInteger products, long mode, TreeMap<Integer, Double> cuts)
            implements Serializable {
        static final Part EMPTY = new Part(BigInteger.ZERO, BigInteger.ZERO, 0, new TreeMap<>());

        Part plus(Part more) {
            TreeMap<Integer, Double> both = new TreeMap<>(cuts);
            both.putAll(more.cuts);
            return new Part(squares.add(more.squares), products.add(more.products), Math.max(mode, more.mode), both);
        }

        Part plus(Occurrences value, double prediction, long before, long all) {
            BigInteger rank = BigInteger.valueOf(2 * before + value.rows + 1);
            TreeMap<Integer, Double> more = new TreeMap<>();
            for (int cut = 1; cut < BINS; cut++) {
                long place = Math.multiplyExact(all, cut) / BINS;
                if (before <= place && place < before + value.rows) {
                    more.put(cut, prediction);
                }
            }
            return plus(new Part(
                    rank.multiply(rank).multiply(BigInteger.valueOf(value.rows)),
                    rank.multiply(BigInteger.valueOf(value.truthRanks)),
                    value.rows,
                    more));
        }
    }

    /**
     * Ranks the predictions of all systems.
     *
     * @param ratingRows number of rows of each rating of the scale
     */
    static List<ValueRanks> of(JavaRDD<PredictedRow> rows, RatingScale scale, long[] ratingRows, int systems) {
        long[] ranks = doubledRanks(ratingRows);
        long all = IntStream.range(0, ratingRows.length)
                .mapToLong(i -> ratingRows[i])
                .sum();
        JavaPairRDD<Value, Occurrences> values = rows.flatMapToPair(row -> IntStream.range(0, systems)
                        .mapToObj(system -> new Tuple2<>(
                                new Value(system, row.yhat()[system] + 0.0), // -0.0 equals 0.0
                                new Occurrences(1, ranks[scale.rating(row.truth())])))
                        .iterator())
                .reduceByKey(Occurrences::plus)
                .sortByKey()
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Map<Integer, Map<Integer, Long>> starts = starts(values);
            Map<Integer, Part> parts = values.mapPartitionsWithIndex(
                            (partition, some) -> parts(some, starts.getOrDefault(partition, Map.of()), all), true)
                    .mapToPair(part -> part)
                    .reduceByKey(Part::plus)
                    .collectAsMap();
            BigInteger truthSquares = IntStream.range(0, ranks.length)
                    .mapToObj(i -> BigInteger.valueOf(ranks[i]).pow(2).multiply(BigInteger.valueOf(ratingRows[i])))
                    .reduce(BigInteger.ZERO, BigInteger::add);
            return IntStream.range(0, systems)
                    .mapToObj(system -> of(parts.get(system), truthSquares, all))
                    .toList();
        } finally {
            values.unpersist();
        }
    }

    private static long[] doubledRanks(long[] ratingRows) {
        long[] ranks = new long[ratingRows.length];
        long before = 0;
        for (int i = 0; i < ranks.length; i++) {
            ranks[i] = 2 * before + ratingRows[i] + 1;
            before += ratingRows[i];
        }
        return ranks;
    }

    /** For each partition and system, the number of rows with smaller predictions in the partitions before it. */
    private static Map<Integer, Map<Integer, Long>> starts(JavaPairRDD<Value, Occurrences> values) {
        List<Tuple2<Integer, Map<Integer, Long>>> sizes = values.mapPartitionsWithIndex(
                        (partition, some) -> {
                            Map<Integer, Long> rows = new TreeMap<>();
                            some.forEachRemaining(value ->
                                    rows.merge(value._1().system(), value._2().rows(), Long::sum));
                            return List.of(new Tuple2<>(partition, rows)).iterator();
                        },
                        true)
                .collect();
        Map<Integer, Map<Integer, Long>> starts = new TreeMap<>();
        Map<Integer, Long> before = new TreeMap<>();
        sizes.stream().sorted(Comparator.comparing(Tuple2::_1)).forEach(size -> {
            starts.put(size._1(), new TreeMap<>(before));
            size._2().forEach((system, rows) -> before.merge(system, rows, Long::sum));
        });
        return starts;
    }

    private static Iterator<Tuple2<Integer, Part>> parts(
            Iterator<Tuple2<Value, Occurrences>> values, Map<Integer, Long> starts, long all) {
        Map<Integer, Long> before = new TreeMap<>(starts);
        Map<Integer, Part> parts = new TreeMap<>();
        values.forEachRemaining(value -> {
            int system = value._1().system();
            long start = before.getOrDefault(system, 0L);
            parts.merge(system, Part.EMPTY, (part, empty) -> part);
            parts.computeIfPresent(
                    system, (key, part) -> part.plus(value._2(), value._1().prediction(), start, all));
            before.put(system, start + value._2().rows());
        });
        return parts.entrySet().stream()
                .map(part -> new Tuple2<>(part.getKey(), part.getValue()))
                .iterator();
    }

    private static ValueRanks of(Part part, BigInteger truthSquares, long all) {
        // Sum of squared doubled ranks minus n times their squared mean, where the mean is n + 1: minus n (n + 1)^2.
        BigInteger mean =
                BigInteger.valueOf(all).multiply(BigInteger.valueOf(all + 1).pow(2));
        double predictions = part.squares().subtract(mean).doubleValue();
        double truths = truthSquares.subtract(mean).doubleValue();
        double both = part.products().subtract(mean).doubleValue();
        return new ValueRanks(
                predictions == 0 || truths == 0 ? Double.NaN : both / Math.sqrt(predictions) / Math.sqrt(truths),
                (double) part.mode() / all,
                part.cuts().values().stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** The tenth of a prediction, from 0. Equal predictions are in the same tenth, so that a tenth may be empty. */
    int bin(double prediction) {
        int bin = 0;
        while (bin < cuts.length && prediction >= cuts[bin]) {
            bin++;
        }
        return bin;
    }
}
