package io.recthink.spark.baseline.bias;

import io.recthink.spark.baseline.bias.ItemLinks.Message;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * The alternations of a bias model over ratings that the executors keep. Partition p of the users, and of the items,
 * contains one element: part p.
 */
final class BiasAlternations implements AutoCloseable {
    private final double mean;
    private final Partitioner partitioner;
    private final JavaRDD<UserOpinions> users;
    private final JavaRDD<ItemLinks> items;
    private JavaRDD<Message<long[]>> residuals;
    private JavaRDD<Message<double[]>> biases;
    private JavaRDD<Biases> fitted;

    /** The biases of all users and items, where both are one part. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Biases(String[] users, double[] ofUsers, String[] items, double[] ofItems) implements Serializable {
        private static final long serialVersionUID = 1;
    }

    private BiasAlternations(
            double mean, Partitioner partitioner, JavaRDD<UserOpinions> users, JavaRDD<ItemLinks> items) {
        this.mean = mean;
        this.partitioner = partitioner;
        this.users = users;
        this.items = items;
    }

    /**
     * Arranges ratings by users and items.
     *
     * @param ratings columns userId, itemId, truth
     * @param mean the mean of the ratings
     * @param parts the number of parts of the users, and of the items
     */
    static BiasAlternations of(Dataset<Row> ratings, double mean, int parts) {
        Partitioner partitioner = new HashPartitioner(parts); // the hash of a number is the number
        JavaRDD<UserOpinions> users = ratings.select("userId", "itemId", "truth")
                .repartition(parts, functions.col("userId"))
                .sortWithinPartitions("userId")
                .javaRDD()
                .mapPartitionsWithIndex((part, rows) -> opinions(part, parts, rows), true)
                .persist(StorageLevel.MEMORY_AND_DISK());
        if (parts > 1) {
            users.foreachPartition(all -> {}); // two stages read them at the same time: both would compute them
        }
        JavaRDD<ItemLinks> items = users.flatMapToPair(BiasAlternations::introductions)
                .partitionBy(partitioner)
                .values()
                .mapPartitionsWithIndex(
                        (part, all) -> List.of(ItemLinks.of(part, list(all))).iterator(), true)
                .persist(StorageLevel.MEMORY_AND_DISK());
        return new BiasAlternations(mean, partitioner, users, items);
    }

    private static Iterator<UserOpinions> opinions(int part, int parts, Iterator<Row> rows) {
        UserOpinionsBuilder opinions = new UserOpinionsBuilder();
        rows.forEachRemaining(row -> opinions.add(row.getString(0), row.getString(1), row.getDouble(2)));
        return List.of(opinions.build(part, parts)).iterator();
    }

    private static Iterator<Tuple2<Integer, ItemLinks.Introduction>> introductions(UserOpinions users) {
        long[][] counts = users.counts();
        return IntStream.range(0, counts.length)
                .mapToObj(part -> new Tuple2<>(part, introduction(users, part, counts)))
                .iterator();
    }

    private static ItemLinks.Introduction introduction(UserOpinions users, int part, long[][] counts) {
        return new ItemLinks.Introduction(users.part(), users.itemIds()[part], counts[part]);
    }

    /**
     * Defines the alternations. Each alternation updates the items first. Spark computes them when the biases are read.
     */
    void run(int alternations) {
        double mu = mean;
        if (partitioner.numPartitions() == 1) {
            fitted = users.map(all -> fitted(all, mu, alternations)).persist(StorageLevel.MEMORY_AND_DISK());
            return;
        }
        JavaPairRDD<Integer, Message<long[]>> sums =
                users.flatMapToPair(part -> residuals(part, mu, new double[part.users().length]));
        for (int alternation = 1; alternation <= alternations; alternation++) {
            if (alternation > 1) {
                sums = users.zipPartitions(biases, (part, messages) -> {
                            UserOpinions opinions = part.next();
                            return residuals(opinions, mu, userBiases(opinions, mu, messages));
                        })
                        .mapToPair(pair -> pair);
            }
            residuals = sums.partitionBy(partitioner).values();
            biases = items.zipPartitions(residuals, (part, messages) -> biases(part.next(), list(messages)))
                    .mapToPair(pair -> pair)
                    .partitionBy(partitioner)
                    .values();
        }
    }

    /** All alternations in one task: a single part sends nothing. */
    private static Biases fitted(UserOpinions users, double mean, int alternations) {
        ItemLinks items = ItemLinks.of(0, List.of(introduction(users, 0, users.counts())));
        double[] ofUsers = new double[users.users().length];
        double[] ofItems = new double[items.items().length];
        for (int alternation = 0; alternation < alternations; alternation++) {
            long[] residuals = users.residuals(mean, ofUsers)[0];
            ofItems = items.biases(List.of(new Message<>(0, residuals)));
            ofUsers = users.userBiases(mean, new double[][] {items.biasesFor(0, ofItems)});
        }
        return new Biases(users.users(), ofUsers, items.items(), ofItems);
    }

    /** The biases of the users after all alternations; columns id, bias. */
    JavaRDD<Row> userBiases() {
        if (fitted != null) {
            return fitted.flatMap(all -> rows(all.users(), all.ofUsers()));
        }
        double mu = mean;
        return users.zipPartitions(biases, (part, messages) -> {
            UserOpinions opinions = part.next();
            return rows(opinions.users(), userBiases(opinions, mu, messages));
        });
    }

    /** The biases of the items after all alternations; columns id, bias. */
    JavaRDD<Row> itemBiases() {
        if (fitted != null) {
            return fitted.flatMap(all -> rows(all.items(), all.ofItems()));
        }
        return items.zipPartitions(residuals, (part, messages) -> {
            ItemLinks links = part.next();
            return rows(links.items(), links.biases(list(messages)));
        });
    }

    private static Iterator<Row> rows(String[] ids, double[] biases) {
        return IntStream.range(0, ids.length)
                .mapToObj(i -> RowFactory.create(ids[i], biases[i]))
                .iterator();
    }

    private static double[] userBiases(UserOpinions users, double mean, Iterator<Message<double[]>> messages) {
        double[][] itemBiases = new double[users.itemIds().length][];
        messages.forEachRemaining(message -> itemBiases[message.from()] = message.numbers());
        return users.userBiases(mean, itemBiases);
    }

    private static Iterator<Tuple2<Integer, Message<long[]>>> residuals(
            UserOpinions users, double mean, double[] userBiases) {
        long[][] residuals = users.residuals(mean, userBiases);
        return IntStream.range(0, residuals.length)
                .mapToObj(part -> new Tuple2<>(part, new Message<>(users.part(), residuals[part])))
                .iterator();
    }

    private static Iterator<Tuple2<Integer, Message<double[]>>> biases(
            ItemLinks items, List<Message<long[]>> residuals) {
        double[] biases = items.biases(residuals);
        return IntStream.range(0, items.links().length)
                .mapToObj(part -> new Tuple2<>(part, new Message<>(items.part(), items.biasesFor(part, biases))))
                .iterator();
    }

    private static <T> List<T> list(Iterator<T> all) {
        List<T> list = new ArrayList<>();
        all.forEachRemaining(list::add);
        return list;
    }

    /** Frees the ratings. Biases that are computed and kept stay. */
    @Override
    public void close() {
        if (fitted != null) {
            fitted.unpersist();
        }
        items.unpersist();
        users.unpersist();
    }
}
