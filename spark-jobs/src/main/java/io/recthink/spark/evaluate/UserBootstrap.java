package io.recthink.spark.evaluate;

import io.recthink.statistics.Cluster;
import io.recthink.statistics.ClusterDraws;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * The paired, user-clustered bootstrap as a Spark job. Each resample draws users with replacement, as many as there
 * are, and takes all rows of a drawn user. All systems share the same draws. The work is split by blocks of users and
 * ranges of resamples. The driver collects only resamples x columns numbers.
 */
final class UserBootstrap {
    /** Tasks a core; does not change the result. */
    private static final int TASKS = 2;

    private final SparkSession spark;
    private final JavaPairRDD<Long, UserErrors> users;
    private final int count;

    /** The work of one task: a block of users and a range of resamples. */
    private record Part(int block, int range) implements Serializable {}

    /** A user with its position in the order of all users. */
    private record Placed(long place, Cluster cluster) implements Serializable {}

    /**
     * A bootstrap over the given users.
     *
     * @param users by position in a fixed order; read twice, so persist it
     * @param count number of users
     */
    UserBootstrap(SparkSession spark, JavaPairRDD<Long, UserErrors> users, int count) {
        this.spark = spark;
        this.users = users;
        this.count = count;
    }

    /**
     * The totals of each resample.
     *
     * @param columns maps a user to the columns to sum
     * @param width number of columns
     * @return [resample, column]
     */
    long[][] totals(Function<UserErrors, Cluster> columns, int width, int resamples, long seed) {
        ClusterDraws draws = new ClusterDraws(count, resamples, seed);
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        int tasks = TASKS * context.defaultParallelism();
        int ranges = Math.min(resamples, Math.max(1, tasks / draws.blocks()));
        Broadcast<int[][]> perBlock = context.broadcast(perBlock(context, draws, tasks));
        try {
            List<Tuple2<Integer, long[][]>> parts = users.flatMapToPair(user -> copies(user, draws, columns, ranges))
                    .groupByKey(draws.blocks() * ranges)
                    .mapToPair(part -> new Tuple2<>(
                            part._1().range(), resample(part._1(), part._2(), draws, perBlock.value(), width, ranges)))
                    .reduceByKey(UserBootstrap::plus)
                    .collect();
            long[][] totals = new long[resamples][];
            parts.forEach(part ->
                    System.arraycopy(part._2(), 0, totals, begin(part._1(), ranges, resamples), part._2().length));
            return totals;
        } finally {
            perBlock.destroy();
        }
    }

    private static int[][] perBlock(JavaSparkContext context, ClusterDraws draws, int tasks) {
        if (draws.blocks() == 1) {
            return IntStream.range(0, draws.resamples())
                    .mapToObj(draws::perBlock)
                    .toArray(int[][]::new);
        }
        JavaRDD<Integer> resamples = context.parallelize(
                IntStream.range(0, draws.resamples()).boxed().toList(), tasks);
        return resamples.map(draws::perBlock).collect().toArray(int[][]::new);
    }

    private static Iterator<Tuple2<Part, Placed>> copies(
            Tuple2<Long, UserErrors> user, ClusterDraws draws, Function<UserErrors, Cluster> columns, int ranges)
            throws Exception {
        Placed placed = new Placed(user._1(), columns.call(user._2()));
        int block = draws.block(user._1());
        return IntStream.range(0, ranges)
                .mapToObj(range -> new Tuple2<>(new Part(block, range), placed))
                .iterator();
    }

    private static long[][] resample(
            Part part, Iterable<Placed> users, ClusterDraws draws, int[][] perBlock, int width, int ranges) {
        List<Placed> ordered = new ArrayList<>();
        users.forEach(ordered::add);
        ordered.sort(Comparator.comparingLong(Placed::place));
        List<Cluster> members = ordered.stream().map(Placed::cluster).toList();
        int begin = begin(part.range(), ranges, draws.resamples());
        long[][] totals = new long[begin(part.range() + 1, ranges, draws.resamples()) - begin][width];
        int[] ofBlock = IntStream.range(begin, begin + totals.length)
                .map(resample -> perBlock[resample][part.block()])
                .toArray();
        draws.add(begin, part.block(), members, ofBlock, totals);
        return totals;
    }

    private static int begin(int range, int ranges, int resamples) {
        return (int) ((long) range * resamples / ranges);
    }

    private static long[][] plus(long[][] into, long[][] more) {
        for (int resample = 0; resample < into.length; resample++) {
            for (int column = 0; column < into[resample].length; column++) {
                into[resample][column] += more[resample][column];
            }
        }
        return into;
    }
}
