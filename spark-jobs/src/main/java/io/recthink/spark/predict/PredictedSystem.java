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
 * One system of {@code predict}: its predictions, its validation predictions, and the files beside them. A system is
 * complete as soon as it is written, even when a later system fails; the next attempt keeps it.
 *
 * @param name name of the system and its folder
 * @param asked settings with which the policy is asked
 * @param reading further read-outs beside the greedy rating
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

    /** The folder of the predictions. */
    String folder() {
        Paths paths = asked.paths();
        return paths.resolve(paths.predictions()) + "/" + name;
    }

    /** Whether an earlier attempt completed the predictions with the same policy, data and settings. */
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

    /** Takes the output folders, which must be free. */
    OutputFolders take() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put(folder(), "paths.predictions");
        if (ValidationPredictions.wanted(asked.get(PredictSettings.class))) {
            keys.put(ValidationPredictions.folder(asked, name), "paths.validationPredictions");
        }
        return OutputFolders.take(spark.sparkContext().hadoopConfiguration(), keys);
    }

    /**
     * Writes the predictions, the validation predictions and the files beside them.
     *
     * @param step name of the work, for the progress display
     * @param stage stage of the rows
     * @param examples as {@code Tables.EXAMPLES}, all splits
     * @param bias predicts the rows for which the policy gives no rating
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

    /** Digest of data, policy and settings: predictions with the same digest are equal. */
    private String request() {
        Configuration alone = asked.change(List.of("predict.policies={}"));
        return Digest.of(data.sha256(), List.of(policy.digest(), alone.toYaml(SECTIONS)));
    }
}
