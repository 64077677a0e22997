package io.recthink.spark.predict;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.config.RecordedConfiguration;
import io.recthink.generate.RolloutSettings;
import io.recthink.model.ModelSettings;
import io.recthink.prompt.PromptSettings;
import io.recthink.spark.baseline.bias.FittedBiasModel;
import io.recthink.spark.completion.PredictionStage;
import io.recthink.spark.completion.Reading;
import io.recthink.spark.files.ListedTable;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.PolicyOfRun;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.table.PredictSettings;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.StratifiedSample;
import io.recthink.spark.table.Tables;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.storage.StorageLevel;

/**
 * The predictions for a sample of the validation rows, on which {@code compare} fits its isotonic maps. If the training
 * run of a policy predicted these rows with the same settings, its predictions are copied from the run folder.
 */
final class ValidationPredictions {
    private final SparkSession spark;
    private final String system;
    private final PolicyReference policy;
    private final Configuration asked;
    private final PreparedData data;
    private final Reading reading;

    /**
     * The validation predictions of a policy.
     *
     * @param asked settings with which the policy is asked
     * @param reading further read-outs beside the greedy rating
     */
    ValidationPredictions(
            SparkSession spark,
            String system,
            PolicyReference policy,
            Configuration asked,
            PreparedData data,
            Reading reading) {
        this.spark = spark;
        this.system = system;
        this.policy = policy;
        this.asked = asked;
        this.data = data;
        this.reading = reading;
    }

    /** Whether the predictions are needed: {@code compare} fits maps only for the test split. */
    static boolean wanted(PredictSettings settings) {
        return settings.validationRows() > 0 && settings.split().equals("test");
    }

    /** The folder of a system. */
    static String folder(Configuration configuration, String system) {
        Paths paths = configuration.paths();
        return paths.resolve(paths.validationPredictions()) + "/" + system;
    }

    /**
     * Writes the folder of the system.
     *
     * @param examples as {@code Tables.EXAMPLES}, all splits
     * @param bias predicts the rows for which the policy gives no rating
     */
    void write(Dataset<Row> examples, FittedBiasModel bias) {
        Dataset<Row> rows = StratifiedSample.of(
                        examples.where(col("split").equalTo("validation")),
                        asked.get(PredictSettings.class).validationRows())
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            if (rows.isEmpty()) {
                System.out.println("The data set has no validation rows: the table will have no +iso rows.");
                return;
            }
            Optional<Dataset<Row>> saved = saved(rows);
            if (saved.isPresent()) {
                write(saved.get().withColumn("system", lit(system)));
            } else {
                predict(rows, bias);
            }
        } finally {
            rows.unpersist();
        }
    }

    private void predict(Dataset<Row> rows, FittedBiasModel bias) {
        try (PredictionStage stage = PredictionStage.of(bias.predict(rows, PredictionStage.FALLBACK), asked, data)) {
            stage.showing("predict validation rows", 1, () -> write(stage.predict(system, policy, reading)));
        }
    }

    private void write(Dataset<Row> predictions) {
        ListedTable.write(predictions, "paths.validationPredictions", folder(asked, system));
    }

    /** The predictions in the run folder of the policy, if they cover all rows and read-outs. */
    private Optional<Dataset<Row>> saved(Dataset<Row> rows) {
        if (reading.more()) {
            return Optional.empty(); // a training reads only the greedy completion
        }
        return PolicyOfRun.at(policy.path()).flatMap(place -> {
            RunFolder run = RunFolder.at(place.run(), spark.sparkContext().hadoopConfiguration());
            if (!sameSettings(run, place.step())) {
                return Optional.empty();
            }
            String saved = run.predictions(place.step());
            ListedTable.requireWhole(
                    "predict.policies", saved, spark.sparkContext().hadoopConfiguration());
            return complete(spark.read().parquet(LiteralPath.of(saved)), rows);
        });
    }

    private boolean sameSettings(RunFolder run, int step) {
        Optional<Manifest> manifest = run.manifest(step);
        if (manifest.isEmpty()
                || !run.reference(manifest.get()).digest().equals(policy.digest())
                || !run.evaluated().contains(step)
                || !run.description().dataSha256().equals(data.sha256())) {
            return false;
        }
        RecordedConfiguration trained = RecordedConfiguration.read(run.path(), run.configuration());
        return trained.seed() == asked.seed()
                && trained.get(PromptSettings.class).equals(asked.get(PromptSettings.class))
                && trained.get(ModelSettings.class).equals(asked.get(ModelSettings.class))
                && trained.get(RolloutSettings.class).maxTokens()
                        == asked.get(RolloutSettings.class).maxTokens()
                && trained.get(PredictSettings.class).maxBatch()
                        == asked.get(PredictSettings.class).maxBatch();
    }

    /** The column of saved predictions; null when a run of an earlier version lacks it. */
    private static Column column(StructField field, Dataset<Row> saved) {
        return List.of(saved.columns()).contains(field.name())
                ? col(field.name())
                : lit(null).cast(field.dataType()).as(field.name());
    }

    private static Optional<Dataset<Row>> complete(Dataset<Row> saved, Dataset<Row> rows) {
        Dataset<Row> found = saved.join(rows.select("rowId"), new String[] {"rowId"}, "left_semi")
                .select(Arrays.stream(Tables.PREDICTIONS.fields())
                        .map(field -> column(field, saved))
                        .toArray(Column[]::new));
        return found.count() == rows.count() ? Optional.of(found) : Optional.empty();
    }
}
