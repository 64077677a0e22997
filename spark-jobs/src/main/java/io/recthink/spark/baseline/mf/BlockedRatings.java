package io.recthink.spark.baseline.mf;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.recthink.InvalidInputException;
import io.recthink.spark.baseline.Dictionary;
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
 * Ratings in the form that a factorisation reads. Users and items are divided into the same number of blocks. Partition
 * {@code p} contains the ratings of user block {@code p}, separately for each item block, as primitive arrays. A rating
 * takes 12 bytes. All ratings of a user are in one partition, so only the size of a partition depends on the ratings of
 * a user.
 *
 * @param users the users of the train ratings
 * @param items the items of the train ratings
 * @param blocks partition p contains one element, the ratings of user block p; kept by the executors
 * @param trainRows the number of train ratings
 * @param validationRows the number of validation ratings
 * @param mean the mean of the train ratings
 * @param median the median of the train ratings
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

    /** The ratings of a set in this form. */
    static BlockedRatings of(RatingSet set, MfSettings settings) {
        return set.as(BlockedRatings.class, () -> of(set.train(), set.validation(), settings.blocks()));
    }

    /**
     * Arranges ratings by blocks.
     *
     * @param train columns userId, itemId and truth
     * @param validation the same columns, may have no rows
     * @param blocks the number of user blocks, and of item blocks; 0: the smallest number for which the mean size of a
     *     block of ratings is at most a million
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

    /** The number of user blocks, which is also the number of item blocks. */
    int sides() {
        return users.sizes().length;
    }

    private static Dataset<Row> table(Dataset<Row> rows, boolean validation) {
        return rows.select(
                col("userId"), col("itemId"), col("truth"), lit(validation).as("validation"));
    }

    /** @param rows ordered by user; the train ratings of a user are first */
    private static Iterator<UserRatings> ratings(int userBlock, Iterator<Row> rows, int blocks) {
        List<RatingBlockBuilder> train = builders(blocks);
        List<RatingBlockBuilder> validation = builders(blocks);
        String lastUser = null;
        int known = 0; // users with train ratings so far, numbered as in the dictionary
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
