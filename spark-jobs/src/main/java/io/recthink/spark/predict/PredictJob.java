package io.recthink.spark.predict;

import static org.apache.spark.sql.functions.col;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.JobSession;
import io.recthink.spark.baseline.bias.FittedBiasModel;
import io.recthink.spark.completion.PredictionStage;
import io.recthink.spark.completion.PromptRoom;
import io.recthink.spark.completion.Reading;
import io.recthink.spark.policy.CommonComputeType;
import io.recthink.spark.policy.IdleGpus;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.run.AskedPolicy;
import io.recthink.spark.run.PolicyArgument;
import io.recthink.spark.table.PredictSettings;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.RatingGrid;
import io.recthink.spark.table.StratifiedSample;
import io.recthink.spark.table.ValidationSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * {@code predict}: predicts rows of one split with each policy of {@code predict.policies}. With the test split it also
 * predicts {@code predict.validationRows} validation rows, for the {@code +iso} rows of {@code compare}.
 *
 * <p>Reads the sections {@code predict}, {@code prompt}, {@code rollout} and {@code model}, and the keys {@code seed},
 * {@code paths.data} and {@code validation.maxFailed}. Writes {@code paths.predictions/SYSTEM} (predictions, policy and
 * training cost), {@code paths.validationPredictions/SYSTEM}, and the row ids to {@code _rows.txt} and
 * {@code _rows.sha256} in {@code paths.predictions}.
 */
public final class PredictJob implements Job {
    private static final String NAME = "predict";

    @Override
    public void execute(SparkSession spark, Configuration given) {
        Activity.begin(spark, NAME, "predict: rows");
        IdleGpus.warn(spark);
        Configuration configuration = CommonComputeType.settle(spark, given);
        Map<String, PolicyReference> policies = policies(spark, configuration);
        Paths paths = configuration.paths();
        PreparedData data = PreparedData.read(spark, paths.resolve(paths.data()));
        Map<String, Configuration> asked = asked(spark, configuration, policies, data);
        Reading reading = Reading.of(
                configuration.get(PredictSettings.class), () -> RatingGrid.read(spark, paths.resolve(paths.data())));
        List<PredictedSystem> systems = policies.keySet().stream()
                .map(system ->
                        new PredictedSystem(spark, system, policies.get(system), asked.get(system), data, reading))
                .toList();
        List<PredictedSystem> left =
                systems.stream().filter(Predicate.not(PredictedSystem::isThere)).toList();
        // Checks that all folders are free before the first prediction is computed.
        left.forEach(system -> system.take().close());
        if (!left.isEmpty()) {
            predict(spark, configuration, data, left);
        }
        FailedAnswers failed = new FailedAnswers(
                spark, configuration.get(ValidationSettings.class).maxFailed());
        systems.forEach(system -> failed.look(system.name(), system.folder()));
        failed.refuseSilent();
    }

    private static void predict(
            SparkSession spark, Configuration configuration, PreparedData data, List<PredictedSystem> systems) {
        Paths paths = configuration.paths();
        PredictSettings settings = configuration.get(PredictSettings.class);
        JobSession.fitPartitions(spark, paths.resolve(paths.data()));
        Dataset<Row> examples = PreparedData.examples(spark, paths.resolve(paths.data()));
        Dataset<Row> rows =
                StratifiedSample.of(examples.where(col("split").equalTo(settings.split())), settings.rows());
        requireRoom(systems, rows, examples, data);
        RowList.write(spark, rows, paths.resolve(paths.predictions()));
        Activity.begin(spark, NAME, "predict: bias model");
        try (FittedBiasModel bias = FittedBiasModel.of(spark, paths.resolve(paths.data()))) {
            Activity.begin(spark, NAME, "predict: rows by length");
            try (PredictionStage stage =
                    PredictionStage.of(bias.predict(rows, PredictionStage.FALLBACK), configuration, data)) {
                if (stage.rows() == 0) {
                    throw new InvalidInputException("predict.split: the split %s of %s has no rows"
                            .formatted(settings.split(), paths.resolve(paths.data())));
                }
                for (int i = 0; i < systems.size(); i++) {
                    PredictedSystem system = systems.get(i);
                    Activity.begin(spark, NAME, "predict: " + system.name());
                    String step = systems.size() == 1 ? "predict" : "predict %d/%d,".formatted(i + 1, systems.size());
                    system.write(step, stage, examples, bias);
                    System.out.println(system.name() + ": " + system.folder());
                }
            }
        }
    }

    /** The settings with which each policy is asked. */
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

    /** Resolves all policies, so that a wrong name is refused before the first prediction is computed. */
    private static Map<String, PolicyReference> policies(SparkSession spark, Configuration configuration) {
        Map<String, PolicyReference> policies = new LinkedHashMap<>();
        configuration.get(PredictSettings.class).policies().forEach((system, path) -> {
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
            List<PredictedSystem> systems, Dataset<Row> rows, Dataset<Row> examples, PreparedData data) {
        for (PredictedSystem system : systems) {
            PredictSettings settings = system.asked().get(PredictSettings.class);
            Dataset<Row> validation =
                    StratifiedSample.of(examples.where(col("split").equalTo("validation")), settings.validationRows());
            Dataset<Row> all = ValidationPredictions.wanted(settings) ? rows.unionByName(validation) : rows;
            PromptRoom.require("predict.policies." + system.name(), system.policy(), all, system.asked(), data);
        }
    }
}
