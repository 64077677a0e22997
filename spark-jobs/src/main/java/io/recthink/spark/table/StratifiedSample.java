package io.recthink.spark.table;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sha2;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A fixed sample of rows for scoring when a budget does not allow all rows. A stratum is the true rating, cut to an
 * integer, times the user's number of earlier ratings (0, 1-4, 5-19, 20 and more). Each stratum has its share of the
 * sample. Within a stratum a hash of the row ids selects the rows, so that every run draws the same rows, however the
 * table is partitioned.
 */
public final class StratifiedSample {
    private static final StructType QUOTAS = new StructType()
            .add("rating", DataTypes.LongType, false)
            .add("bucket", DataTypes.IntegerType, false)
            .add("quota", DataTypes.IntegerType, false);

    private StratifiedSample() {}

    /**
     * Draws a sample.
     *
     * @param examples with the columns rowId, truth and nUser; all columns are kept
     * @param rows size of the sample; 0, or at least the number of rows: all rows
     */
    public static Dataset<Row> of(Dataset<Row> examples, int rows) {
        if (rows == 0) {
            return examples;
        }
        Dataset<Row> strata = examples.select(
                col("rowId"),
                floor(col("truth")).as("rating"),
                HistoryBuckets.index(col("nUser")).as("bucket"));
        // One row a stratum: a few dozen, whatever the size of the table.
        List<Row> sizes = strata.groupBy("rating", "bucket")
                .count()
                .orderBy("rating", "bucket")
                .collectAsList();
        int[] quotas = quotas(sizes.stream().mapToLong(row -> row.getLong(2)).toArray(), rows);
        List<Row> quotaRows = IntStream.range(0, quotas.length)
                .mapToObj(i ->
                        RowFactory.create(sizes.get(i).getLong(0), sizes.get(i).getInt(1), quotas[i]))
                .toList();
        Dataset<Row> chosen = strata.withColumn(
                        "position",
                        row_number()
                                .over(Window.partitionBy("rating", "bucket")
                                        .orderBy(sha2(col("rowId"), 256), col("rowId"))))
                .join(
                        broadcast(examples.sparkSession().createDataFrame(quotaRows, QUOTAS)),
                        new String[] {"rating", "bucket"})
                .where(col("position").leq(col("quota")))
                .select("rowId");
        return examples.join(chosen, new String[] {"rowId"}, "left_semi");
    }

    /** Proportional shares by largest remainder; equal remainders go to the earlier stratum. */
    static int[] quotas(long[] sizes, int rows) {
        long total = Arrays.stream(sizes).sum();
        if (rows >= total) {
            return Arrays.stream(sizes).mapToInt(Math::toIntExact).toArray();
        }
        int[] quotas = new int[sizes.length];
        long[] remainders = new long[sizes.length];
        int left = rows;
        for (int i = 0; i < sizes.length; i++) {
            long share = Math.multiplyExact(sizes[i], rows);
            quotas[i] = Math.toIntExact(share / total);
            remainders[i] = share % total;
            left -= quotas[i];
        }
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, sizes.length).boxed().toList());
        order.sort(Comparator.comparing((Integer i) -> -remainders[i]).thenComparing(i -> i));
        for (int i = 0; i < left; i++) {
            quotas[order.get(i)]++;
        }
        return quotas;
    }
}
