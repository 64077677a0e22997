package io.recthink.spark.probe;

import static org.apache.spark.sql.functions.col;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.prompt.PromptSettings;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.JobSession;
import io.recthink.spark.baseline.bias.FittedBiasModel;
import io.recthink.spark.compare.ComparisonFiles;
import io.recthink.spark.completion.PredictionStage;
import io.recthink.spark.completion.PromptEncoding;
import io.recthink.spark.completion.PromptRoom;
import io.recthink.spark.completion.Reading;
import io.recthink.spark.evaluate.Evaluation;
import io.recthink.spark.evaluate.EvaluationRequest;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.files.OutputFolders;
import io.recthink.spark.files.TextFile;
import io.recthink.spark.policy.CommonComputeType;
import io.recthink.spark.policy.IdleGpus;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.run.AskedPolicy;
import io.recthink.spark.run.PolicyArgument;
import io.recthink.spark.table.PredictSettings;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.StratifiedSample;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * {@code probe}: asks a policy with changed prompts of the same rows and measures how its answers and errors change.
 * The changes concern the order, length and texts of histories, the means, and the user.
 *
 * <p>Reads the sections {@code prompt}, {@code rollout}, {@code model} and {@code compare}, and the keys {@code seed},
 * {@code paths.data}, {@code predict.split}, {@code predict.rows}, {@code predict.partitions}, {@code predict.maxBatch}
 * and {@code validation.maxFailed}. Writes to {@code paths.probes}: {@code predictions/PROBE} and {@code samples}
 * (Parquet), {@code probes.json}, {@code probes.md}, and {@code table} (the files of {@code compare}).
 */
public final class ProbeJob implements Job {
    private static final int SAMPLES = 5;

    private final String policy;

    /** @param policy the folder of a model or an adapter, a run folder or {@code run@step} */
    public ProbeJob(String policy) {
        this.policy = policy;
    }

    @Override
    public void execute(SparkSession spark, Configuration given) {
        Activity.begin(spark, "probe", "probe: rows");
        IdleGpus.warn(spark);
        Configuration settled = CommonComputeType.settle(spark, given);
        Paths paths = settled.paths();
        String folder = paths.resolve(paths.probes());
        PolicyReference probed = PolicyArgument.resolve("--policy", paths.resolve(policy), spark);
        try (OutputFolders output =
                OutputFolders.take(spark.sparkContext().hadoopConfiguration(), "paths.probes", folder)) {
            ProbeReport report = probe(spark, settled, probed, folder);
            output.complete();
            System.out.print("\n" + report.console());
        }
    }

    private ProbeReport probe(SparkSession spark, Configuration settled, PolicyReference probed, String folder) {
        Paths paths = settled.paths();
        PredictSettings settings = settled.get(PredictSettings.class);
        PreparedData data = PreparedData.read(spark, paths.resolve(paths.data()));
        Configuration configuration =
                AskedPolicy.configuration(probed, "--policy", settled, data.minRating(), data.maxRating(), spark);
        JobSession.fitPartitions(spark, paths.resolve(paths.data()));
        Dataset<Row> examples = PreparedData.examples(spark, paths.resolve(paths.data()));
        Dataset<Row> rows =
                StratifiedSample.of(examples.where(col("split").equalTo(settings.split())), settings.rows());
        if (rows.isEmpty()) {
            throw new InvalidInputException("predict.split: the split %s of %s has no rows"
                    .formatted(settings.split(), paths.resolve(paths.data())));
        }
        List<Probe> probes = Probe.of(PromptEncoding.of(probed, configuration.get(PromptSettings.class), data));
        probes.forEach(
                probe -> PromptRoom.require("--policy", probed, probe.change().apply(rows), configuration, data));
        try (FittedBiasModel bias = FittedBiasModel.of(spark, paths.resolve(paths.data()))) {
            for (int i = 0; i < probes.size(); i++) {
                Probe probe = probes.get(i);
                Activity.begin(spark, "probe", "probe: " + probe.name());
                String step = "probe %d/%d, %s,".formatted(i + 1, probes.size() + 1, probe.name());
                try (PredictionStage stage = PredictionStage.of(
                        bias.predict(probe.change().apply(rows), PredictionStage.FALLBACK), configuration, data)) {
                    stage.showing(step, 1, () -> stage.predict(probe.name(), probed, Reading.GREEDY)
                            .write()
                            .parquet(predictions(folder, probe)));
                }
            }
            Activity.begin(spark, "probe", "probe: samples");
            String step = "probe %d/%d, %d samples,".formatted(probes.size() + 1, probes.size() + 1, SAMPLES);
            try (PredictionStage stage =
                    PredictionStage.of(bias.predict(rows, PredictionStage.FALLBACK), configuration, data)) {
                stage.showing(
                        step, 1, () -> stage.ratings(probed, SAMPLES).write().parquet(folder + "/samples"));
            }
        }
        Activity.begin(spark, "probe", "probe: report");
        ProbeReport report = report(spark, folder, probes);
        compare(spark, configuration, folder, report);
        return report;
    }

    private ProbeReport report(SparkSession spark, String folder, List<Probe> probes) {
        Dataset<Row> before = spark.read().parquet(LiteralPath.of(predictions(folder, probes.get(0))));
        List<Answers> answers = probes.stream()
                .skip(1)
                .map(probe -> Answers.of(
                        probe.name(), before, spark.read().parquet(LiteralPath.of(predictions(folder, probe)))))
                .toList();
        ProbeReport report = new ProbeReport(
                policy, answers, Spread.of(spark.read().parquet(LiteralPath.of(folder + "/samples")), SAMPLES));
        TextFile.write(
                "paths.probes",
                folder + "/probes.json",
                report.json(),
                spark.sparkContext().hadoopConfiguration());
        TextFile.write(
                "paths.probes",
                folder + "/probes.md",
                report.markdown(),
                spark.sparkContext().hadoopConfiguration());
        return report;
    }

    private static String predictions(String folder, Probe probe) {
        return folder + "/predictions/" + probe.name().replaceAll("[^a-z0-9]+", "-");
    }

    /** Compares the probes as the systems of a table. */
    private static void compare(SparkSession spark, Configuration configuration, String folder, ProbeReport report) {
        Activity.begin(spark, "probe", "probe: scores of all probes on the same rows");
        EvaluationRequest request =
                EvaluationRequest.of(configuration).ofOnly(folder + "/predictions", Probe.UNCHANGED);
        new ComparisonFiles(spark, configuration, request, folder + "/table", Optional.of(report.lead()))
                .write(Evaluation.of(spark, request));
    }
}
