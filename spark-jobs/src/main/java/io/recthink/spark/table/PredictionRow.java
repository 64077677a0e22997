package io.recthink.spark.table;

import java.util.Objects;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * One row of {@link Tables#PREDICTIONS}: what a system says of a row of the examples by one read-out.
 *
 * @param rowId of the example
 * @param system its name in tables
 * @param seed of its random streams
 * @param readout how the rating was read
 * @param yhat the rating; where none could be read that of the bias model
 * @param failed whether none could be read
 * @param probs of the ratings of the scale, lowest first; null where there are none
 * @param probsMass what they summed to before they were made to sum to 1; null where there are none
 * @param cost of the row
 * @param trace what was thought before the answer; null where it stands in another read-out, or nothing was
 */
@SuppressWarnings("ArrayRecordComponent") // as Spark takes it; never compared
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
     * What a prediction took.
     *
     * @param tokensIn tokens that a language model read
     * @param tokensOut tokens that it wrote
     * @param milliseconds its share of the wall-clock time
     */
    public record Cost(int tokensIn, int tokensOut, double milliseconds) {
        /** Of a system that counts nothing. */
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
