package io.recthink.spark.predict;

import static org.apache.spark.sql.functions.col;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.JobSession;
import io.recthink.spark.run.CommonComputeType;
import io.recthink.spark.run.IdleGpus;
import io.recthink.spark.run.OutputFolders;
import io.recthink.spark.run.PolicyReference;
import io.recthink.spark.table.ListedTable;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.TrainingCost;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Predicts rows of one split with each configured policy, one folder a system, and some of the validation rows for the rows
 * +iso of the table.
 */
public final class PredictJob implements Job {
    private static final String NAME = "predict";

    @Override
    public void execute(SparkSession spark, Configuration given) {
        Activity.begin(spark, NAME, "predict: rows");
        IdleGpus.warn(spark);
        Configuration configuration = CommonComputeType.settle(spark, given);
        Map<String, PolicyReference> policies = policies(spark, configuration);
        try (OutputFolders output = output(spark, configuration)) {
            predict(spark, configuration, policies);
            output.complete();
        }
        policies.keySet().forEach(system -> System.out.println(system + ": " + folder(configuration, system)));
        FailedAnswers failed =
                new FailedAnswers(spark, configuration.validation().maxFailed());
        policies.keySet().forEach(system -> failed.look(system, folder(configuration, system)));
        failed.refuseSilent();
    }

    private static void predict(
            SparkSession spark, Configuration configuration, Map<String, PolicyReference> policies) {
        Configuration.Paths paths = configuration.paths();
        Configuration.Predict settings = configuration.predict();
        PreparedData data = PreparedData.read(spark, paths.resolve(paths.data()));
        Map<String, Configuration> asked = asked(spark, configuration, policies, data);
        JobSession.fitPartitions(spark, paths.resolve(paths.data()));
        Dataset<Row> examples = PreparedData.examples(spark, paths.resolve(paths.data()));
        Dataset<Row> rows =
                StratifiedSample.of(examples.where(col("split").equalTo(settings.split())), settings.rows());
        requireRoom(policies, rows, examples, asked, data);
        RowList.write(spark, rows, paths.resolve(paths.predictions()));
        Activity.begin(spark, NAME, "predict: bias model");
        try (FittedBiasModel bias = FittedBiasModel.fit(
                examples.where(col("split").equalTo("train")), data.minRating(), data.maxRating())) {
            Activity.begin(spark, NAME, "predict: rows by length");
            try (Scoring scoring = Scoring.of(rows, bias, configuration, data)) {
                if (scoring.rows() == 0) {
                    throw new InvalidInputException("predict.split: the split %s of %s has no rows"
                            .formatted(settings.split(), paths.resolve(paths.data())));
                }
                scoring.showing(
                        "predict",
                        policies.size(),
                        () -> policies.forEach((system, policy) -> {
                            Activity.begin(spark, NAME, "predict: " + system);
                            ListedTable.write(
                                    scoring.asking(asked.get(system)).predict(system, policy, settings.samples()),
                                    "paths.predictions",
                                    folder(configuration, system));
                        }));
            }
            Activity.begin(spark, NAME, "predict: validation rows");
            if (ValidationPredictions.wanted(settings)) {
                new ValidationPredictions(spark, asked, data).write(examples, bias, policies);
            }
        }
        policies.forEach((system, policy) -> OriginOfPolicy.of(
                        system, policy, spark.sparkContext().hadoopConfiguration())
                .write(folder(configuration, system), spark.sparkContext().hadoopConfiguration()));
        policies.forEach((system, policy) -> PolicyTraining.of(
                        system, policy.path(), spark.sparkContext().hadoopConfiguration())
                .ifPresent(cost -> TrainingCost.write(
                        folder(configuration, system),
                        List.of(cost),
                        spark.sparkContext().hadoopConfiguration())));
    }

    /** How each policy is asked. */
    private static Map<String, Configuration> asked(
            SparkSession spark, Configuration configuration, Map<String, PolicyReference> policies, PreparedData data) {
        Map<String, Configuration> asked = new LinkedHashMap<>();
        policies.forEach((system, policy) -> asked.put(
                system,
                AskedPolicy.configuration(
                        policy,
                        "predict.policies." + system,
                        configuration,
                        data.minRating(),
                        data.maxRating(),
                        spark)));
        return asked;
    }

    /** The folders, which are free, with the settings that name them. */
    private static OutputFolders output(SparkSession spark, Configuration configuration) {
        Map<String, String> keys = new LinkedHashMap<>();
        for (String system : configuration.predict().policies().keySet()) {
            keys.put(folder(configuration, system), "paths.predictions");
            if (ValidationPredictions.wanted(configuration.predict())) {
                keys.put(ValidationPredictions.folder(configuration, system), "paths.validationPredictions");
            }
        }
        return OutputFolders.take(spark.sparkContext().hadoopConfiguration(), keys);
    }

    /** All policies are looked up before anything is computed. */
    private static Map<String, PolicyReference> policies(SparkSession spark, Configuration configuration) {
        Map<String, PolicyReference> policies = new LinkedHashMap<>();
        configuration.predict().policies().forEach((system, path) -> {
            if (!system.matches("[^/\\\\:._][^/\\\\:]*")) {
                throw new InvalidInputException(
                        "predict.policies: '%s' cannot name a folder; use letters, digits, blanks, - and _"
                                .formatted(system));
            }
            policies.put(
                    system,
                    PolicyArgument.resolve(
                            "predict.policies." + system, configuration.paths().resolve(path), spark));
        });
        if (policies.isEmpty()) {
            throw new InvalidInputException(
                    "predict.policies is empty; name the policies, for example --set predict.policies.grpo=run");
        }
        return policies;
    }

    private static void requireRoom(
            Map<String, PolicyReference> policies,
            Dataset<Row> rows,
            Dataset<Row> examples,
            Map<String, Configuration> asked,
            PreparedData data) {
        Configuration.Predict settings = asked.values().iterator().next().predict();
        Dataset<Row> validation =
                StratifiedSample.of(examples.where(col("split").equalTo("validation")), settings.validationRows());
        Dataset<Row> all = ValidationPredictions.wanted(settings) ? rows.unionByName(validation) : rows;
        policies.forEach((system, policy) ->
                PromptRoom.require("predict.policies." + system, policy, all, asked.get(system), data));
    }

    private static String folder(Configuration configuration, String system) {
        return configuration.paths().resolve(configuration.paths().predictions()) + "/" + system;
    }
}
