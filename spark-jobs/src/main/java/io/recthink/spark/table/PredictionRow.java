package io.recthink.spark.table;

import java.util.Objects;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * One row of {@link Tables#PREDICTIONS}: the prediction of a system for an example by one read-out.
 *
 * @param rowId row id of the example
 * @param system name of the system in tables
 * @param seed seed of its random streams
 * @param readout how the rating was read
 * @param yhat the rating; the bias model's prediction when no rating could be read
 * @param failed whether no rating could be read
 * @param probs probabilities of the ratings of the scale, lowest first; null when there are none
 * @param probsMass sum of the probabilities before normalisation to 1; null when there are none
 * @param cost cost of the row
 * @param trace text before the answer; null when there is none, or another read-out of the row has it
 */
@SuppressWarnings("ArrayRecordComponent") // Spark's type; never compared
public record PredictionRow(
        String rowId,
        String system,
        long seed,
        Readout readout,
        double yhat,
        boolean failed,
        double[] probs,
        Double probsMass,
        Cost cost,
        String trace) {
    public PredictionRow {
        Objects.requireNonNull(rowId, "rowId");
        Objects.requireNonNull(system, "system");
        Objects.requireNonNull(readout, "readout");
    }

    /**
     * The cost of a prediction.
     *
     * @param tokensIn tokens that a language model read
     * @param tokensOut tokens that it generated
     * @param milliseconds its share of the wall-clock time
     */
    public record Cost(int tokensIn, int tokensOut, double milliseconds) {
        /** The cost of a system that counts nothing. */
        public static final Cost NONE = new Cost(0, 0, 0);
    }

    /** The row, in the order of the table's columns. */
    public Row row() {
        return RowFactory.create(
                rowId,
                system,
                seed,
                readout.name(),
                yhat,
                failed,
                probs,
                probsMass,
                cost.tokensIn,
                cost.tokensOut,
                cost.milliseconds,
                trace);
    }
}
