package io.recthink.spark.report;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;

import io.recthink.spark.files.ListedTable;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.table.Tables;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The traces of the policies of a few steps for the same validation rows. */
final class ValidationTraces {
    private final SparkSession spark;
    private final RunFolder run;

    ValidationTraces(SparkSession spark, RunFolder run) {
        this.spark = spark;
        this.run = run;
    }

    /** The trace of one row by the policy of one step. */
    record Written(int step, String rowId, ShownTrace trace) {}

    /**
     * The traces of a few rows. The row ids choose the rows, not the outcome.
     *
     * @param steps steps with validation predictions, at least one
     * @param rows number of rows
     * @return empty when the predictions have no traces
     */
    List<Written> of(List<Integer> steps, int rows) {
        Dataset<Row> predictions = steps.stream()
                .map(this::predictions)
                .reduce(Dataset::unionByName)
                .orElseThrow();
        Dataset<Row> chosen = predictions
                .groupBy("rowId")
                .agg(count(lit(1)).as("steps"))
                .orderBy(col("steps").desc(), col("rowId"))
                .limit(rows)
                .select("rowId");
        return predictions.join(broadcast(chosen), "rowId").orderBy("rowId", "step").collectAsList().stream()
                .map(ValidationTraces::written)
                .toList();
    }

    private Dataset<Row> predictions(int step) {
        ListedTable.requireWhole(
                "inspect", run.predictions(step), spark.sparkContext().hadoopConfiguration());
        return spark.read()
                .schema(Tables.PREDICTIONS)
                .parquet(LiteralPath.of(run.predictions(step)))
                .where(col("trace").isNotNull())
                .groupBy("rowId")
                .agg(min(struct("readout", "trace", "yhat", "failed", "tokensOut"))
                        .as("prediction"))
                .select("rowId", "prediction.*")
                .withColumn("step", lit(step));
    }

    private static Written written(Row row) {
        boolean failed = row.getAs("failed");
        Optional<Double> rating = failed ? Optional.empty() : Optional.of(row.getAs("yhat"));
        return new Written(
                row.getAs("step"),
                row.getAs("rowId"),
                new ShownTrace(row.getAs("trace"), rating, row.getAs("tokensOut"), Optional.empty(), Optional.empty()));
    }
}
