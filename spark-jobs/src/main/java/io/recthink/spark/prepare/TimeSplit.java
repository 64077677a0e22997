package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.recthink.InvalidInputException;
import io.recthink.spark.table.SplitLabel;
import io.recthink.spark.table.Splits;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Splits all rows at the same two cuts in time: train is before {@code validationFrom}, validation starts there, test
 * starts at {@code testFrom}. A cut is the time of the row at rank floor(quantile x rows), counted from 0 in ascending
 * time. The cut is exact. Rows of one time stay together on the later side.
 */
record TimeSplit(Instant validationFrom, Instant testFrom) implements SplitRule {
    TimeSplit {
        if (!validationFrom.isBefore(testFrom)) {
            throw new IllegalArgumentException("validation from " + validationFrom + ", test from " + testFrom);
        }
    }

    /**
     * Cuts rows at two quantiles of time.
     *
     * @param times the counts of the rows by time
     * @throws InvalidInputException when a split would be empty
     */
    static TimeSplit of(TimeCounts times, double validationFrom, double testFrom) {
        long count = times.rows();
        List<Instant> cuts = times.at(List.of(rank(validationFrom, count), rank(testFrom, count)));
        Instant first = times.first();
        Instant validation = cuts.get(0);
        Instant test = cuts.get(1);
        if (first.equals(validation) || validation.equals(test)) {
            throw new InvalidInputException(
                    ("prepare.validationFrom %s and prepare.testFrom %s: %s of the %d rows would be empty, because too many"
                                    + " rows share the time %s; choose other quantiles or a longer log")
                            .formatted(
                                    validationFrom,
                                    testFrom,
                                    first.equals(validation) ? Splits.TRAIN : Splits.VALIDATION,
                                    count,
                                    validation));
        }
        return new TimeSplit(validation, test);
    }

    private static long rank(double quantile, long count) {
        return BigDecimal.valueOf(quantile).multiply(BigDecimal.valueOf(count)).longValue();
    }

    @Override
    public Dataset<Row> assign(Dataset<Row> rows) {
        return rows.withColumn("split", ofRow().orElseThrow());
    }

    @Override
    public Optional<Column> ofRow() {
        return Optional.of(when(col("time").lt(lit(validationFrom)), Splits.TRAIN)
                .when(col("time").lt(lit(testFrom)), Splits.VALIDATION)
                .otherwise(Splits.TEST));
    }

    /** Returns the time of the row for a train row, otherwise the end of the data on which the model was fitted. */
    @Override
    public Column horizon(boolean refit) {
        return when(col("time").lt(lit(validationFrom)), col("time"))
                .when(col("time").lt(lit(testFrom)), lit(validationFrom))
                .otherwise(lit(refit ? testFrom : validationFrom));
    }

    @Override
    public boolean timeDecides() {
        return true;
    }

    @Override
    public SplitLabel label() {
        return SplitLabel.globalTime(validationFrom, testFrom);
    }
}
