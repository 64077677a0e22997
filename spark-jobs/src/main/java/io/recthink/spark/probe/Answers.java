package io.recthink.spark.probe;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Compares the answers of a policy with and without a change of the prompts; does not use the truths. Rows with an
 * unreadable answer, with or without the change, are left out.
 *
 * @param probe name of the probe
 * @param rows number of rows with both answers
 * @param changed share of rows with different answers; null without rows
 * @param shift mean of the answer with the change minus the answer without it, in stars; null without rows
 * @param distance mean absolute difference of the two answers, in stars; null without rows
 */
record Answers(String probe, long rows, Double changed, Double shift, Double distance) {
    private static final double SAME = 1e-9;

    /**
     * Compares two tables of predictions.
     *
     * @param before predictions from the unchanged prompts
     * @param after predictions from the changed prompts of the same rows
     */
    static Answers of(String probe, Dataset<Row> before, Dataset<Row> after) {
        Column difference = col("after").minus(col("before"));
        Row totals = read(before, "before")
                .join(read(after, "after"), "rowId")
                .agg(
                        count(lit(1)),
                        avg(when(abs(difference).gt(SAME), 1.0).otherwise(0.0)),
                        avg(difference),
                        avg(abs(difference)))
                .head();
        return new Answers(probe, totals.getLong(0), totals.getAs(1), totals.getAs(2), totals.getAs(3));
    }

    private static Dataset<Row> read(Dataset<Row> predictions, String name) {
        return predictions
                .where(not(col("failed")))
                .select(col("rowId"), col("yhat").as(name));
    }
}
