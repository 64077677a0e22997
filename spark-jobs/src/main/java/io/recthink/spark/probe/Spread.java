package io.recthink.spark.probe;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.stddev_samp;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The spread of several samples from one prompt.
 *
 * @param samples number of samples from each prompt
 * @param rows number of prompts with at least two readable samples
 * @param standardDeviation mean over these prompts of the sample standard deviation (n - 1) of their ratings, in stars;
 *     null when rows is 0
 * @param unanimous share of these prompts whose readable samples all give the same rating; null when rows is 0
 * @param unreadable share of all samples without a readable rating
 */
record Spread(int samples, long rows, Double standardDeviation, Double unanimous, double unreadable) {
    /** @param ratings {@code rowId} and {@code ratings}, as sampled */
    static Spread of(Dataset<Row> ratings, int samples) {
        Row totals = ratings.select(col("rowId"), explode(col("ratings")).as("rating"))
                .groupBy("rowId")
                .agg(
                        count("rating").as("read"),
                        stddev_samp("rating").as("deviation"),
                        max("rating").equalTo(min("rating")).as("same"))
                .agg(
                        count(when(col("read").gt(1), 1)),
                        avg(when(col("read").gt(1), col("deviation"))),
                        avg(when(col("read").gt(1), col("same").cast("double"))),
                        sum("read"),
                        count(lit(1)))
                .head();
        return new Spread(
                samples,
                totals.getLong(0),
                totals.getAs(1),
                totals.getAs(2),
                1 - (double) totals.getLong(3) / (totals.getLong(4) * samples));
    }
}
