package io.recthink.spark.compare;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.recthink.spark.table.TrainingCost;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What the predictions of the saved systems cost, from their own tables. */
final class CostBlock {
    private static final String EXACT = "decimal(28,12)";

    private CostBlock() {}

    /**
     * One row a system that says what its predictions took.
     *
     * @param saved predictions of the evaluated rows
     * @param rows the evaluated rows, with truth
     * @param trainings what is known about the training of the systems
     */
    static List<Comparison.CostRow> of(
            Dataset<Row> saved, Dataset<Row> rows, List<SystemKey> keys, List<TrainingCost> trainings) {
        Column error = abs(col("yhat").minus(col("truth")));
        Column tokens = col("tokensOut").cast("double");
        List<Row> costs = saved.join(rows.select("rowId", "truth"), "rowId")
                .where(col("tokensIn")
                        .isNotNull()
                        .and(col("tokensOut").isNotNull())
                        .and(col("ms").isNotNull()))
                .withColumn("ms", round(col("ms"), 1)) // few distinct values: percentiles count them
                .groupBy("system", "readout", "seed")
                .agg(
                        count(lit(1)).as("n"),
                        sum(col("tokensIn")).as("in"),
                        expr("percentile(tokensIn, 0.95)").as("inP95"),
                        sum(col("tokensOut")).as("out"),
                        expr("percentile(tokensOut, 0.95)").as("outP95"),
                        expr("percentile(ms, array(0.5, 0.95))").as("ms"),
                        count(when(col("failed"), 1)).as("failed"),
                        total(tokens.multiply(tokens)).as("tt"),
                        total(error).as("e"),
                        total(error.multiply(error)).as("ee"),
                        total(tokens.multiply(error)).as("te"))
                .collectAsList();
        List<Comparison.CostRow> block = new ArrayList<>();
        for (SystemKey key : keys) {
            costs.stream()
                    .filter(row -> key.equals(new SystemKey(row.getString(0), row.getString(1), row.getLong(2))))
                    .forEach(row -> block.add(cost(key, row, training(key, trainings))));
        }
        return block;
    }

    private static Column total(Column number) {
        return sum(number.cast(EXACT)).cast("double");
    }

    private static Optional<TrainingCost> training(SystemKey key, List<TrainingCost> trainings) {
        return trainings.stream()
                .filter(training -> training.isOf(key.system(), key.readout()))
                .findFirst();
    }

    private static Comparison.CostRow cost(SystemKey key, Row row, Optional<TrainingCost> training) {
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
                correlation(row, n),
                training);
    }

    private static OptionalDouble correlation(Row row, long n) {
        double tokens = row.<Long>getAs("out");
        double errors = row.getAs("e");
        double tokenVariance = row.<Double>getAs("tt") - tokens * tokens / n;
        double errorVariance = row.<Double>getAs("ee") - errors * errors / n;
        if (tokenVariance < 1e-9 || errorVariance < 1e-9) {
            return OptionalDouble.empty();
        }
        double both = row.<Double>getAs("te") - tokens * errors / n;
        return OptionalDouble.of(both / Math.sqrt(tokenVariance * errorVariance));
    }
}
