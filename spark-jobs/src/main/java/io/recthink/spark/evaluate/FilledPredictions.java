package io.recthink.spark.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.when;

import io.recthink.spark.baseline.bias.FittedBiasModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Replaces the prediction of every failed row by the bias model's prediction, whatever value the table has. All systems
 * get the same replacement, so that no program gains by the value it writes for a failure.
 *
 * @param bias bias model, fitted on the train rows
 * @param scale rating scale; predictions of rows that did not fail are clipped to it
 */
record FilledPredictions(FittedBiasModel bias, PredictionScale scale) {
    private static final String FALLBACK = "fallback";

    /**
     * Predictions that can be scored.
     *
     * @param predictions as {@link PredictionColumns#SCHEMA}
     * @param rows the examples of these predictions
     * @return the predictions with a truth and a number in every row
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
