package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;

import io.recthink.InvalidInputException;
import io.recthink.spark.table.SplitLabel;
import io.recthink.spark.table.Splits;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/**
 * One cut in time for everybody: train lies before {@code validationFrom}, validation from there, test from
 * {@code testFrom}. A cut is the time of the row at rank floor(quantile x rows), counted from 0 in ascending time: exact,
 * and rows of one time stay on one side, the later one.
 */
record TimeSplit(Instant validationFrom, Instant testFrom) implements SplitRule {
    TimeSplit {
        if (!validationFrom.isBefore(testFrom)) {
            throw new IllegalArgumentException("validation from " + validationFrom + ", test from " + testFrom);
        }
    }

    /**
     * Cuts {@code rows} at two quantiles of time. The times are sorted across the cluster and looked up by rank.
     *
     * @param rows with a timestamp column time
     * @param count how many rows
     * @throws InvalidInputException when a split would be empty
     */
    static TimeSplit of(Dataset<Row> rows, long count, double validationFrom, double testFrom) {
        long validationRank = rank(validationFrom, count);
        long testRank = rank(testFrom, count);
        Map<Long, Long> micros = rows
                .select(unix_micros(rows.col("time")).as("micros"))
                .sort("micros")
                .as(Encoders.LONG())
                .javaRDD()
                .zipWithIndex()
                .filter(ranked -> ranked._2() == 0 || ranked._2() == validationRank || ranked._2() == testRank)
                .collect()
                .stream()
                .collect(Collectors.toMap(Tuple2::_2, Tuple2::_1));
        long first = micros.get(0L);
        long validation = micros.get(validationRank);
        long test = micros.get(testRank);
        if (first == validation || validation == test) {
            throw new InvalidInputException(
                    ("prepare.validationFrom %s and prepare.testFrom %s: %s of the %d rows would be empty, because too many"
                                    + " rows share the time %s; choose other quantiles or a longer log")
                            .formatted(
                                    validationFrom,
                                    testFrom,
                                    first == validation ? Splits.TRAIN : Splits.VALIDATION,
                                    count,
                                    instant(validation)));
        }
        return new TimeSplit(instant(validation), instant(test));
    }

    private static long rank(double quantile, long count) {
        return BigDecimal.valueOf(quantile).multiply(BigDecimal.valueOf(count)).longValue();
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    @Override
    public Dataset<Row> assign(Dataset<Row> rows) {
        return rows.withColumn(
                "split",
                when(col("time").lt(lit(validationFrom)), Splits.TRAIN)
                        .when(col("time").lt(lit(testFrom)), Splits.VALIDATION)
                        .otherwise(Splits.TEST));
    }

    /** Its own time for a train row, else the end of the data that the model was fitted on. */
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
