package io.recthink.spark.sft;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.stddev_samp;
import static org.apache.spark.sql.functions.when;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.completion.PredictionStage;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.StratifiedSample;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/** Samples completions of the same validation prompts from each policy of a run, at {@code rollout.temperature}. */
final class ValidationSamples implements AutoCloseable {
    private final PredictionStage stage;
    private final int samples;

    private ValidationSamples(PredictionStage stage, int samples) {
        this.stage = stage;
        this.samples = samples;
    }

    /**
     * Prepares the prompts of a data set.
     *
     * @param folder folder of the data set
     * @throws InvalidInputException when there are no validation rows
     */
    static ValidationSamples of(
            SparkSession spark, Configuration configuration, PreparedData data, String folder, FormSettings settings) {
        Dataset<Row> rows = StratifiedSample.of(
                PreparedData.examples(spark, folder).where(col("split").equalTo("validation")), settings.prompts());
        PredictionStage stage =
                PredictionStage.of(rows.withColumn(PredictionStage.FALLBACK, lit(0.0)), configuration, data);
        if (stage.rows() == 0) {
            stage.close();
            throw new InvalidInputException(
                    "sft.form.stopAt: the data set has no validation rows to sample; move prepare.validationFrom, or set sft.form.stopAt=0");
        }
        return new ValidationSamples(stage, settings.samples());
    }

    /** The form of a policy's samples. */
    SampledForm of(PolicyReference policy) {
        Dataset<Row> drawn = stage.ratings(policy, samples).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            double formatRate = drawn.select(
                            explode(col(PredictionStage.WELL_FORMED)).as("wellFormed"))
                    .agg(avg(when(col("wellFormed"), 1.0).otherwise(0.0)))
                    .head()
                    .getDouble(0);
            double spread = drawn.select(col("rowId"), explode(col("ratings")).as("rating"))
                    .groupBy("rowId")
                    .agg(coalesce(stddev_samp("rating"), lit(0.0)).as("spread"))
                    .agg(avg("spread"))
                    .head()
                    .getDouble(0);
            return new SampledForm(formatRate, spread);
        } finally {
            drawn.unpersist();
        }
    }

    @Override
    public void close() {
        stage.close();
    }
}
