package io.recthink.spark.training;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.TraceMeasure;
import io.recthink.spark.baseline.bias.FittedBiasModel;
import io.recthink.spark.completion.PredictionStage;
import io.recthink.spark.completion.Reading;
import io.recthink.spark.evaluate.MeasuredTraces;
import io.recthink.spark.files.ListedTable;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.RatingErrors;
import io.recthink.spark.table.StratifiedSample;
import io.recthink.spark.table.ValidationSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * The validation of a run: greedy predictions of the same stratified sample of validation rows each time. The errors
 * are computed from the written predictions in exact sums, so that the same predictions choose the same policy.
 */
public final class PolicyValidation implements Validation, AutoCloseable {
    private static final String SYSTEM = "policy";

    private final SparkSession spark;
    private final String key;
    private final PredictionStage stage;
    private final Optional<TraceMeasure> measure;
    private final Dataset<Row> truths;

    private PolicyValidation(
            SparkSession spark,
            String key,
            PredictionStage stage,
            Optional<TraceMeasure> measure,
            Dataset<Row> truths) {
        this.spark = spark;
        this.key = key;
        this.stage = stage;
        this.measure = measure;
        this.truths = truths;
    }

    /**
     * Prepares the validation rows of a data set.
     *
     * @param key the setting that names the run folder, for messages
     * @param folder folder of the data set
     * @throws InvalidInputException when there are no validation rows
     */
    public static PolicyValidation of(
            SparkSession spark, String key, Configuration configuration, PreparedData data, String folder) {
        try (FittedBiasModel bias = FittedBiasModel.of(spark, folder)) {
            return of(spark, key, configuration, data, PreparedData.examples(spark, folder), bias);
        }
    }

    /**
     * Prepares the validation rows of given examples.
     *
     * @param examples as {@code Tables.EXAMPLES}
     * @param bias predicts the rows for which the policy gives no rating
     */
    public static PolicyValidation of(
            SparkSession spark,
            String key,
            Configuration configuration,
            PreparedData data,
            Dataset<Row> examples,
            FittedBiasModel bias) {
        Dataset<Row> rows = StratifiedSample.of(
                examples.where(col("split").equalTo("validation")),
                configuration.get(ValidationSettings.class).rows());
        PredictionStage stage = PredictionStage.of(bias.predict(rows, PredictionStage.FALLBACK), configuration, data);
        if (stage.rows() == 0) {
            stage.close();
            throw new InvalidInputException(
                    "the data set has no validation rows; move prepare.validationFrom or switch validation off");
        }
        return new PolicyValidation(
                spark,
                key,
                stage,
                TraceMeasure.of(configuration.get(PromptSettings.class), data.minRating(), data.maxRating()),
                rows.select(col("rowId"), col("truth"), MeasuredTraces.ownWords())
                        .persist(StorageLevel.MEMORY_AND_DISK()));
    }

    @Override
    public Errors of(PolicyReference policy, String path) {
        ListedTable.write(stage.predict(SYSTEM, policy, Reading.GREEDY), key, path);
        Dataset<Row> predictions = spark.read()
                .parquet(LiteralPath.of(path))
                .join(truths, "rowId")
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Row sums = RatingErrors.aggregated(
                    predictions, avg(when(col("failed"), 1.0).otherwise(0.0)));
            RatingErrors errors = RatingErrors.in(sums);
            return new Errors(errors.mae(), errors.rmse(), sums.getDouble(RatingErrors.COLUMNS), variety(predictions));
        } finally {
            predictions.unpersist();
        }
    }

    /** Diversity of the answers and of the traces, under the names of the steps' metrics. */
    private Map<String, Double> variety(Dataset<Row> predictions) {
        Map<String, Double> variety = new HashMap<>();
        Row answers = predictions
                .where(not(col("failed")))
                .groupBy("yhat")
                .count()
                .agg(max("count"), sum("count"))
                .head();
        if (!answers.isNullAt(0)) {
            variety.put("modal_share", (double) answers.getLong(0) / answers.getLong(1));
        }
        measure.flatMap(by -> MeasuredTraces.summary(predictions, by)).ifPresent(traces -> {
            variety.put("traces/distinct", traces.distinct());
            traces.copied().ifPresent(copied -> variety.put("traces/copied", copied));
            variety.put("traces/about", traces.about());
        });
        return variety;
    }

    @Override
    public void close() {
        stage.close();
        truths.unpersist();
    }
}
