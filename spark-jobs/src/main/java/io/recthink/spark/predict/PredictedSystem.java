package io.recthink.spark.predict;

import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.spark.baseline.bias.FittedBiasModel;
import io.recthink.spark.completion.PredictionStage;
import io.recthink.spark.completion.Reading;
import io.recthink.spark.files.Digest;
import io.recthink.spark.files.ListedTable;
import io.recthink.spark.files.OutputFolders;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.run.OriginOfPolicy;
import io.recthink.spark.run.PolicyTraining;
import io.recthink.spark.table.PolicyOrigin;
import io.recthink.spark.table.PredictSettings;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.TrainingCost;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * One system of {@code predict}: its predictions, those of validation rows, and what stands beside them. They are complete
 * as soon as they are written, whatever becomes of the next system; the next attempt keeps them.
 *
 * @param name of the system and its folder
 * @param asked how the policy is asked
 * @param reading what is read beside the greedy rating
 */
record PredictedSystem(
        SparkSession spark,
        String name,
        PolicyReference policy,
        Configuration asked,
        PreparedData data,
        Reading reading) {
    /** The sections on which predictions depend. */
    private static final List<String> SECTIONS = List.of("seed", "prompt", "model", "rollout", "predict");

    /** Where the predictions are. */
    String folder() {
        Paths paths = asked.paths();
        return paths.resolve(paths.predictions()) + "/" + name;
    }

    /** Whether an earlier attempt has completed them, with the same policy, data and settings. */
    boolean isThere() {
        org.apache.hadoop.conf.Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        boolean same = PolicyOrigin.read(folder(), hadoop)
                .filter(origin -> request().equals(origin.request()))
                .isPresent();
        if (same && !OutputFolders.isBeingWritten(hadoop, folder())) {
            ListedTable.requireWhole("paths.predictions", folder(), hadoop);
            System.out.printf("%s: kept, as policy, data and settings are the same: %s%n", name, folder());
            return true;
        }
        return false;
    }

    /** Takes the folders, which must be free. */
    OutputFolders take() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put(folder(), "paths.predictions");
        if (ValidationPredictions.wanted(asked.get(PredictSettings.class))) {
            keys.put(ValidationPredictions.folder(asked, name), "paths.validationPredictions");
        }
        return OutputFolders.take(spark.sparkContext().hadoopConfiguration(), keys);
    }

    /**
     * Writes all of it.
     *
     * @param step what is being done, for people
     * @param stage of the rows
     * @param examples as {@code Tables.EXAMPLES}, all splits
     * @param bias predicts the rows where the policy fails to
     */
    void write(String step, PredictionStage stage, Dataset<Row> examples, FittedBiasModel bias) {
        org.apache.hadoop.conf.Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        try (OutputFolders output = take()) {
            stage.showing(
                    step,
                    1,
                    () -> ListedTable.write(
                            stage.asking(asked).predict(name, policy, reading), "paths.predictions", folder()));
            if (ValidationPredictions.wanted(asked.get(PredictSettings.class))) {
                new ValidationPredictions(spark, name, policy, asked, data, reading).write(examples, bias);
            }
            PolicyTraining.of(name, policy.path(), hadoop)
                    .ifPresent(cost -> TrainingCost.write(folder(), List.of(cost), hadoop));
            OriginOfPolicy.of(name, policy, request(), hadoop).write(folder(), hadoop);
            output.complete();
        }
    }

    /** What was asked for: predictions of the same are the same. */
    private String request() {
        Configuration alone = asked.change(List.of("predict.policies={}"));
        return Digest.of(data.sha256(), List.of(policy.digest(), alone.toYaml(SECTIONS)));
    }
}
