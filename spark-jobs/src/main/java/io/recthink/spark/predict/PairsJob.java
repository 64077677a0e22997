package io.recthink.spark.predict;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

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
import io.recthink.spark.files.Digest;
import io.recthink.spark.files.ListedTable;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.files.OutputFolders;
import io.recthink.spark.policy.CommonComputeType;
import io.recthink.spark.policy.IdleGpus;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.prepare.PairExamples;
import io.recthink.spark.run.AskedPolicy;
import io.recthink.spark.run.OriginOfPolicy;
import io.recthink.spark.run.PolicyArgument;
import io.recthink.spark.source.PairsReader;
import io.recthink.spark.table.PolicyOrigin;
import io.recthink.spark.table.PredictSettings;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.RatingGrid;
import io.recthink.spark.table.Readout;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * {@code predict --pairs}: predicts ratings that nobody has given yet. A pair sees all reviews of the data set that are
 * earlier than its time.
 *
 * <p>Reads the table of pairs, {@code paths.data}, and the sections {@code predict}, {@code prompt}, {@code rollout} and
 * {@code model}. Writes one row a pair to the output folder: {@code userId, itemId, time, rating, failed, probs?, trace?,
 * seenUser, seenItem, policy}. Rows that are no pairs go to a folder beside it, as {@code reason, record}.
 */
public final class PairsJob implements Job {
    /** The end of the name of the folder with unusable rows. */
    public static final String UNUSABLE = "-unusable";

    private static final String NAME = "predict";
    private static final String SYSTEM = "pairs";
    private static final String OUTPUT = "--output";
    private static final List<String> SECTIONS = List.of("seed", "source", "prompt", "model", "rollout", "predict");

    private final String pairs;
    private final String output;
    private final Optional<String> asked;
    private final boolean ifMissing;

    /**
     * Creates the job.
     *
     * @param pairs the table of pairs, see {@link PairsReader}
     * @param output the folder of the ratings
     * @param policy the policy; empty: the only one of {@code predict.policies}
     * @param ifMissing whether complete ratings of the same pairs by the same policy are kept; otherwise they are refused
     */
    public PairsJob(String pairs, String output, Optional<String> policy, boolean ifMissing) {
        this.pairs = pairs;
        this.output = output;
        this.asked = policy;
        this.ifMissing = ifMissing;
    }

    @Override
    public void execute(SparkSession spark, Configuration given) {
        Activity.begin(spark, NAME, "predict: pairs");
        IdleGpus.warn(spark);
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Configuration settled = CommonComputeType.settle(spark, given);
        Paths paths = settled.paths();
        String data = paths.resolve(paths.data());
        PreparedData prepared = PreparedData.read(spark, data);
        PolicyReference policy = policy(spark, settled);
        Configuration configuration = AskedPolicy.configuration(
                policy, "--policy", settled, prepared.minRating(), prepared.maxRating(), spark);
        String request = request(spark, configuration, prepared, policy);
        if (ifMissing && isThere(spark, request)) {
            return;
        }
        JobSession.fitPartitions(spark, data);
        PairsReader reader = new PairsReader(spark, configuration, pairs, now);
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put(output, OUTPUT);
        keys.put(output + UNUSABLE, OUTPUT);
        try (OutputFolders folders = OutputFolders.take(spark.sparkContext().hadoopConfiguration(), keys)) {
            Dataset<Row> read = reader.pairs().persist();
            try {
                long usable = writeUnusable(read);
                if (usable == 0) {
                    throw new InvalidInputException(
                            "--pairs %s: no row is a pair of a user and an item".formatted(pairs));
                }
                if (!reader.isTimed()) {
                    say("the table has no column time: all pairs are asked at %s", now);
                }
                Dataset<Row> examples = PairExamples.of(
                                spark, data, read.where(col("reason").isNull()))
                        .persist();
                try {
                    PromptRoom.require("--policy", policy, examples, configuration, prepared);
                    predict(spark, configuration, prepared, policy, request, examples);
                } finally {
                    examples.unpersist();
                }
                summary(spark, usable);
            } finally {
                read.unpersist();
            }
            folders.complete();
        }
    }

    /** Digest of the data, the policy, the settings, and the files of the table of pairs. */
    private String request(SparkSession spark, Configuration configuration, PreparedData data, PolicyReference policy) {
        String settings = configuration.change(List.of("predict.policies={}")).toYaml(SECTIONS);
        return Digest.of(data.sha256(), List.of(policy.digest(), settings, PairsReader.sha256(spark, pairs)));
    }

    /** Whether the output has complete ratings, which then must be those that are asked for. */
    private boolean isThere(SparkSession spark, String request) {
        org.apache.hadoop.conf.Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        Optional<PolicyOrigin> there = PolicyOrigin.read(output, hadoop);
        if (there.isEmpty() || OutputFolders.isBeingWritten(hadoop, output)) {
            return false;
        }
        ListedTable.requireWhole(OUTPUT, output, hadoop);
        if (!request.equals(there.get().request())) {
            throw new InvalidInputException(
                    "--if-missing: %s holds ratings of other pairs, or of another policy, data set or settings; name another folder, or remove it"
                            .formatted(output));
        }
        say("%s is complete, of the same pairs by the same policy: nothing to do", output);
        return true;
    }

    private PolicyReference policy(SparkSession spark, Configuration configuration) {
        Map<String, String> policies = configuration.get(PredictSettings.class).policies();
        if (asked.isEmpty() && policies.size() != 1) {
            throw new InvalidInputException(
                    "predict --pairs asks one policy: name it by --policy, for example registry:NAME or a run folder (predict.policies has %s)"
                            .formatted(policies.isEmpty() ? "none" : String.join(", ", policies.keySet())));
        }
        String name = asked.orElseGet(() -> policies.values().iterator().next());
        return PolicyArgument.resolve("--policy", configuration.paths().resolve(name), spark);
    }

    /** Writes the rows that are no pairs, and returns the number of the others. */
    private long writeUnusable(Dataset<Row> read) {
        Map<String, Long> reasons = new LinkedHashMap<>();
        long usable = 0;
        for (Row row :
                read.groupBy("reason").count().orderBy(col("count").desc()).collectAsList()) {
            if (row.isNullAt(0)) {
                usable = row.getLong(1);
            } else {
                reasons.put(row.getString(0), row.getLong(1));
            }
        }
        if (!reasons.isEmpty()) {
            read.where(col("reason").isNotNull())
                    .select("reason", "record")
                    .write()
                    .json(output + UNUSABLE);
            reasons.forEach((reason, rows) -> say("%,d rows are no pairs: %s", rows, reason));
            say("they are in %s", output + UNUSABLE);
        }
        return usable;
    }

    private void predict(
            SparkSession spark,
            Configuration configuration,
            PreparedData data,
            PolicyReference policy,
            String request,
            Dataset<Row> examples) {
        Paths paths = configuration.paths();
        Reading reading = Reading.of(
                configuration.get(PredictSettings.class), () -> RatingGrid.read(spark, paths.resolve(paths.data())));
        try (FittedBiasModel bias = FittedBiasModel.of(spark, paths.resolve(paths.data()));
                PredictionStage stage =
                        PredictionStage.of(bias.predict(examples, PredictionStage.FALLBACK), configuration, data)) {
            Activity.begin(spark, NAME, "predict: ratings of pairs");
            stage.showing(
                    NAME,
                    1,
                    () -> ListedTable.write(
                            table(stage.predict(SYSTEM, policy, reading), examples, policy), OUTPUT, output));
            OriginOfPolicy.of(SYSTEM, policy, request, spark.sparkContext().hadoopConfiguration())
                    .write(output, spark.sparkContext().hadoopConfiguration());
        }
    }

    private static Dataset<Row> table(Dataset<Row> predictions, Dataset<Row> examples, PolicyReference policy) {
        Column greedy = col("readout").equalTo(Readout.GREEDY.name());
        Dataset<Row> ratings = predictions
                .groupBy("rowId")
                .agg(
                        max(when(greedy, col("yhat"))).as("rating"),
                        max(when(greedy, col("failed"))).as("failed"),
                        max(when(col("readout").equalTo(Readout.EXPECTATION.name()), col("probs")))
                                .as("probs"),
                        max(when(greedy, col("trace"))).as("trace"));
        return examples.select("rowId", "userId", "itemId", "time", "seenUser", "seenItem")
                .join(ratings, "rowId")
                .select(
                        col("userId"),
                        col("itemId"),
                        col("time"),
                        col("rating"),
                        col("failed"),
                        col("probs"),
                        col("trace"),
                        col("seenUser"),
                        col("seenItem"),
                        lit(policy.path()).as("policy"));
    }

    private void summary(SparkSession spark, long usable) {
        Row counts = spark.read()
                .parquet(LiteralPath.of(output))
                .agg(
                        count(lit(1)),
                        sum(not(col("seenUser")).cast("long")),
                        sum(not(col("seenItem")).cast("long")),
                        sum(col("failed").cast("long")))
                .first();
        say(
                "%,d ratings (%,d of users and %,d of items without an earlier review): %s",
                counts.getLong(0), counts.getLong(1), counts.getLong(2), output);
        if (counts.getLong(0) < usable) {
            say("%,d rows repeat a user, an item and a second", usable - counts.getLong(0));
        }
        if (counts.getLong(3) > 0) {
            say("%,d answers could not be read: their ratings are those of the bias model (failed)", counts.getLong(3));
        }
    }

    private static void say(String format, Object... values) {
        System.out.println("predict: " + String.format(Locale.ROOT, format, values));
    }
}
