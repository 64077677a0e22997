package io.recthink.spark.baseline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.recthink.spark.table.RatingErrors;
import io.recthink.spark.table.Readout;
import io.recthink.spark.table.Tables;
import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Predictions of one system and read-out, computed and kept by the executors until closed.
 *
 * @param kept what the executors keep
 * @param table as {@link #SCHEMA}; {@code ms} is the time of all predictions, look-ups among it, divided by their number
 * @param rows how many there are
 * @param seconds what they took
 */
public record PredictionTable(Dataset<Row> kept, Dataset<Row> table, long rows, double seconds)
        implements AutoCloseable {
    /**
     * The predictions as every system writes them, and one column more: {@code cold} is user, item or both where these
     * have no train rating, and null elsewhere.
     */
    static final StructType SCHEMA = Tables.PREDICTIONS.add("cold", DataTypes.StringType, true);

    /**
     * Computes predictions.
     *
     * @param predictions rowId, yhat, cold
     */
    public static PredictionTable of(String system, Readout readout, Dataset<Row> predictions) {
        long start = System.nanoTime();
        Dataset<Row> computed = predictions.persist(StorageLevel.MEMORY_AND_DISK());
        long rows = computed.count();
        double seconds = (System.nanoTime() - start) / 1e9;
        Column[] columns = Arrays.stream(SCHEMA.fields())
                .map(field -> value(field, system, readout, rows == 0 ? 0 : 1000 * seconds / rows)
                        .cast(field.dataType())
                        .as(field.name()))
                .toArray(Column[]::new);
        return new PredictionTable(computed, computed.select(columns), rows, seconds);
    }

    private static Column value(StructField field, String system, Readout readout, double milliseconds) {
        return switch (field.name()) {
            case "rowId", "yhat", "cold" -> col(field.name());
            case "system" -> lit(system);
            case "readout" -> lit(readout.name());
            case "seed", "tokensIn", "tokensOut" -> lit(0);
            case "failed" -> lit(false);
            case "ms" -> lit(milliseconds);
            default -> lit(null);
        };
    }

    /** The column {@code cold}, where a null marks the unknown. */
    public static Column cold(Column user, Column item) {
        return when(user.isNull().and(item.isNull()), "both")
                .when(user.isNull(), "user")
                .when(item.isNull(), "item")
                .as("cold");
    }

    /** The share of the rows whose {@code cold} is one of the given. */
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
