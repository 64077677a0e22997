package io.recthink.spark.evaluate;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.rint;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.recthink.spark.table.TrainingCost;
import io.recthink.statistics.FixedPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The cost of the predictions of the saved systems, computed from their tables of predictions. */
final class CostBlock {
    private CostBlock() {}

    /**
     * One cost row for each system whose predictions have tokensIn, tokensOut and ms.
     *
     * @param saved predictions of the evaluated rows, with truth
     * @param unit fixed-point unit for sums of errors and squared errors
     * @param trainings known training costs of the systems
     */
    static List<Comparison.CostRow> of(
            Dataset<Row> saved, FixedPoint unit, List<SystemKey> keys, List<TrainingCost> trainings) {
        Column error = abs(col("yhat").minus(col("truth")));
        Column tokens = col("tokensOut").cast("decimal(10,0)");
        List<Row> costs = saved.where(col("tokensIn")
                        .isNotNull()
                        .and(col("tokensOut").isNotNull())
                        .and(col("ms").isNotNull()))
                .withColumn("ms", round(col("ms"), 1)) // few distinct values: the percentiles keep one counter a value
                .groupBy("system", "readout", "seed")
                .agg(
                        count(lit(1)).as("n"),
                        sum(col("tokensIn")).as("in"),
                        expr("percentile(tokensIn, 0.95)").as("inP95"),
                        sum(col("tokensOut")).as("out"),
                        expr("percentile(tokensOut, 0.95)").as("outP95"),
                        expr("percentile(ms, array(0.5, 0.95))").as("ms"),
                        count(when(col("failed"), 1)).as("failed"),
                        sum(tokens.multiply(tokens)).cast("double").as("tt"),
                        sum(units(error, unit)).as("e"),
                        sum(units(error.multiply(error), unit)).as("ee"),
                        sum(tokens.multiply(units(error, unit).cast("decimal(20,0)")))
                                .cast("double")
                                .as("te"))
                .collectAsList();
        List<Comparison.CostRow> block = new ArrayList<>();
        for (SystemKey key : keys) {
            costs.stream()
                    .filter(row -> key.equals(SystemKey.of(row.getString(0), row.getString(1), row.getLong(2))))
                    .forEach(row -> block.add(cost(key, row, unit, training(key, trainings))));
        }
        return block;
    }

    /** A number as a whole multiple of the unit. */
    private static Column units(Column number, FixedPoint unit) {
        return rint(number.multiply(Math.scalb(1.0, unit.digits()))).cast("long");
    }

    private static Optional<TrainingCost> training(SystemKey key, List<TrainingCost> trainings) {
        return trainings.stream()
                .filter(training -> training.isOf(key.system(), key.readout().name()))
                .findFirst();
    }

    private static Comparison.CostRow cost(SystemKey key, Row row, FixedPoint unit, Optional<TrainingCost> training) {
        long n = row.getAs("n");
        List<Double> milliseconds = row.getList(row.fieldIndex("ms"));
        return new Comparison.CostRow(
                key,
                (double) row.<Long>getAs("in") / n,
                row.getAs("inP95"),
                (double) row.<Long>getAs("out") / n,
                row.getAs("outP95"),
                milliseconds.get(0),
                milliseconds.get(1),
                row.getAs("failed"),
                correlation(row, unit, n),
                training);
    }

    private static OptionalDouble correlation(Row row, FixedPoint unit, long n) {
        double tokens = row.<Long>getAs("out");
        double errors = unit.value(row.<Long>getAs("e"));
        double tokenVariance = row.<Double>getAs("tt") - tokens * tokens / n;
        double errorVariance = unit.value(row.<Long>getAs("ee")) - errors * errors / n;
        if (tokenVariance < 1e-9 || errorVariance < 1e-9) {
            return OptionalDouble.empty();
        }
        double both = Math.scalb(row.<Double>getAs("te"), -unit.digits()) - tokens * errors / n;
        return OptionalDouble.of(both / Math.sqrt(tokenVariance * errorVariance));
    }
}
