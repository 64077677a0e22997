package io.recthink.spark.baseline.mf;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.recthink.InvalidInputException;
import io.recthink.spark.baseline.RatingSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;

/**
 * The ratings as a factorisation reads them: users and items fall into as many blocks each, and partition {@code p} holds
 * the ratings of user block {@code p}, apart for each item block, as primitive arrays. A rating takes 12 bytes. A user is
 * never spread over partitions, and nothing but the size of a partition depends on how many ratings a user has.
 *
 * @param users the users of the train ratings
 * @param items the items of the train ratings
 * @param blocks partition p holds one element, the ratings of user block p; kept by the executors
 * @param trainRows train ratings
 * @param validationRows validation ratings
 * @param mean of the train ratings
 * @param median of the train ratings
 */
record BlockedRatings(
        Dictionary users,
        Dictionary items,
        JavaRDD<UserRatings> blocks,
        long trainRows,
        long validationRows,
        double mean,
        double median)
        implements RatingSet.Form {
    private static final double RATINGS_A_BLOCK = 1e6;

    /** A set in this form. */
    static BlockedRatings of(RatingSet set, MfSettings settings) {
        return set.as(BlockedRatings.class, () -> of(set.train(), set.validation(), settings.blocks()));
    }

    /**
     * Arranges ratings.
     *
     * @param train rows with userId, itemId and truth
     * @param validation the same columns, may have no rows
     * @param blocks blocks a side; 0: as many as give a block of ratings a million of them
     * @throws InvalidInputException when there are no train rows
     */
    static BlockedRatings of(Dataset<Row> train, Dataset<Row> validation, int blocks) {
        Row statistics = train.agg(
                        functions.count(lit(1)),
                        functions.sum(col("truth").cast("decimal(28,12)")),
                        functions.expr("percentile(truth, 0.5)"))
                .head();
        long rows = statistics.getLong(0);
        if (rows == 0) {
            throw new InvalidInputException(
                    "there are no train rows to factorise; prepare more data or move prepare.validationFrom");
        }
        int number = blocks == 0 ? (int) Math.ceil(Math.sqrt(rows / RATINGS_A_BLOCK)) : blocks;
        Dictionary users = Dictionary.of(train, "userId", number);
        Dictionary items = Dictionary.of(train, "itemId", number);
        JavaRDD<UserRatings> ratings = table(train, false)
                .union(table(validation, true))
                .join(items.places().select(col("itemId"), col("index").as("item")), new String[] {"itemId"}, "left")
                .select(
                        col("userId"),
                        Dictionary.block(col("userId"), number).as("userBlock"),
                        Dictionary.block(col("itemId"), number).as("itemBlock"),
                        coalesce(col("item"), lit(-1)).as("item"),
                        col("truth"),
                        col("validation"))
                .repartition(number, col("userId"))
                .sortWithinPartitions("userId", "validation", "item", "truth")
                .javaRDD()
                .mapPartitionsWithIndex((partition, part) -> ratings(partition, part, number), true)
                .persist(StorageLevel.MEMORY_AND_DISK());
        return new BlockedRatings(
                users,
                items,
                ratings,
                rows,
                validation.count(),
                statistics.getDecimal(1).doubleValue() / rows,
                statistics.getDouble(2));
    }

    /** Blocks a side. */
    int sides() {
        return users.sizes().length;
    }

    private static Dataset<Row> table(Dataset<Row> rows, boolean validation) {
        return rows.select(
                col("userId"), col("itemId"), col("truth"), lit(validation).as("validation"));
    }

    /** @param rows ordered by user, of each user the train ratings first */
    private static Iterator<UserRatings> ratings(int userBlock, Iterator<Row> rows, int blocks) {
        List<RatingBlockBuilder> train = builders(blocks);
        List<RatingBlockBuilder> validation = builders(blocks);
        String lastUser = null;
        int known = 0; // users with train ratings so far: they are numbered as in the dictionary
        while (rows.hasNext()) {
            Row row = rows.next();
            if (row.getInt(1) != userBlock) {
                throw new IllegalStateException("user block %d in partition %d".formatted(row.getInt(1), userBlock));
            }
            boolean validates = row.getBoolean(5);
            if (!validates && !row.getString(0).equals(lastUser)) {
                lastUser = row.getString(0);
                known++;
            }
            int user = row.getString(0).equals(lastUser) ? known - 1 : -1;
            (validates ? validation : train).get(row.getInt(2)).add(user, row.getInt(3), (float) row.getDouble(4));
        }
        return List.of(new UserRatings(userBlock, build(train), build(validation)))
                .iterator();
    }

    private static List<RatingBlockBuilder> builders(int blocks) {
        return Stream.generate(RatingBlockBuilder::new).limit(blocks).toList();
    }

    private static List<RatingBlock> build(List<RatingBlockBuilder> builders) {
        return new ArrayList<>(IntStream.range(0, builders.size())
                .mapToObj(i -> builders.get(i).build())
                .toList());
    }

    @Override
    public void close() {
        blocks.unpersist();
        users.close();
        items.close();
    }
}
