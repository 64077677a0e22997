package io.recthink.spark.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.when;

import io.recthink.spark.baseline.bias.FittedBiasModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Gives every failed row the bias model's prediction, whatever the table held there: of all systems alike, so that no
 * program gains by what it writes for a failure.
 *
 * @param bias fitted on the train rows
 * @param scale holds the other predictions
 */
record FilledPredictions(FittedBiasModel bias, PredictionScale scale) {
    private static final String FALLBACK = "fallback";

    /**
     * Predictions that can be scored.
     *
     * @param predictions as {@link PredictionColumns#SCHEMA}
     * @param rows the examples that they are of
     * @return with truth, and a number in each row
     */
    Dataset<Row> of(Dataset<Row> predictions, Dataset<Row> rows) {
        Dataset<Row> fallback = bias.predict(rows.select("rowId", "userId", "itemId", "truth"), FALLBACK)
                .select("rowId", "truth", FALLBACK);
        return predictions
                .join(fallback, "rowId")
                .withColumn("yhat", when(col("failed"), col(FALLBACK)).otherwise(scale.clipped(col("yhat"))))
                .drop(FALLBACK);
    }
}
