package io.recthink.spark.table;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The errors of predicted ratings; every row has the same weight. Sums are decimal, so that the result does not depend
 * on the partitioning.
 *
 * @param mae mean absolute error, in stars; NaN without rows
 * @param rmse root mean squared error, in stars; NaN without rows
 */
public record RatingErrors(double mae, double rmse) {
    /** Number of columns of {@link #aggregated} before the caller's columns. */
    public static final int COLUMNS = 3;

    /** The errors of rows with yhat and truth. */
    public static RatingErrors of(Dataset<Row> rated) {
        return in(aggregated(rated));
    }

    /** One row with the sums of the errors and the caller's aggregates, computed in the same pass. */
    public static Row aggregated(Dataset<Row> rated, Column... more) {
        Column error = col("yhat").minus(col("truth"));
        Column[] others = Stream.concat(Stream.of(exact(abs(error)), exact(error.multiply(error))), Stream.of(more))
                .toArray(Column[]::new);
        return rated.agg(count(lit(1)), others).head();
    }

    /** The errors in a row of {@link #aggregated}. */
    public static RatingErrors in(Row sums) {
        long rows = sums.getLong(0);
        return rows == 0
                ? new RatingErrors(Double.NaN, Double.NaN)
                : new RatingErrors(sums.getDouble(1) / rows, Math.sqrt(sums.getDouble(2) / rows));
    }

    private static Column exact(Column value) {
        return sum(value.cast("decimal(28,15)")).cast("double");
    }
}
