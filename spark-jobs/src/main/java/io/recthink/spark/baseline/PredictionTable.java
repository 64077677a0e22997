package io.recthink.spark.baseline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.recthink.spark.table.RatingErrors;
import io.recthink.spark.table.Readout;
import io.recthink.spark.table.Tables;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Predictions of one system, read-out and seed. The executors compute and keep them until {@link #close}.
 *
 * @param kept the table that the executors keep
 * @param table the predictions as {@link #SCHEMA}; {@code ms} is the time of all predictions, with look-ups, divided by
 *     their number
 * @param rows the number of predictions
 * @param seconds the wall-clock time of all predictions
 */
public record PredictionTable(Dataset<Row> kept, Dataset<Row> table, long rows, double seconds)
        implements AutoCloseable {
    /**
     * The columns of {@link Tables#PREDICTIONS} and the column {@code cold}. It is user, item or both where these have
     * no train rating, and null elsewhere.
     */
    static final StructType SCHEMA = Tables.PREDICTIONS.add("cold", DataTypes.StringType, true);

    /**
     * Computes predictions.
     *
     * @param predictions columns rowId, yhat, cold; and trace, if the system has traces
     */
    public static PredictionTable of(String system, Readout readout, long seed, Dataset<Row> predictions) {
        long start = System.nanoTime();
        Dataset<Row> computed = predictions.persist(StorageLevel.MEMORY_AND_DISK());
        long rows = computed.count();
        double seconds = (System.nanoTime() - start) / 1e9;
        List<String> given = List.of(predictions.columns());
        Column[] columns = Arrays.stream(SCHEMA.fields())
                .map(field -> (given.contains(field.name())
                                ? col(field.name())
                                : value(field, system, readout, seed, rows == 0 ? 0 : 1000 * seconds / rows))
                        .cast(field.dataType())
                        .as(field.name()))
                .toArray(Column[]::new);
        return new PredictionTable(computed, computed.select(columns), rows, seconds);
    }

    private static Column value(StructField field, String system, Readout readout, long seed, double milliseconds) {
        return switch (field.name()) {
            case "system" -> lit(system);
            case "readout" -> lit(readout.name());
            case "seed" -> lit(seed);
            case "tokensIn", "tokensOut" -> lit(0);
            case "failed" -> lit(false);
            case "ms" -> lit(milliseconds);
            default -> lit(null);
        };
    }

    /** The column {@code cold}; null in {@code user} or {@code item} means unknown. */
    public static Column cold(Column user, Column item) {
        return when(user.isNull().and(item.isNull()), "both")
                .when(user.isNull(), "user")
                .when(item.isNull(), "item")
                .as("cold");
    }

    /** The share of the rows with one of these values of {@code cold}. */
    public double share(String... cold) {
        return rows == 0 ? 0 : table.where(col("cold").isin((Object[]) cold)).count() / (double) rows;
    }

    /** The errors of the predictions of some examples. */
    public RatingErrors errors(Dataset<Row> examples) {
        return RatingErrors.of(table.join(examples.select("rowId", "truth"), "rowId"));
    }

    @Override
    public void close() {
        kept.unpersist();
    }
}
