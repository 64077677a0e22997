package io.recthink.spark.completion;

import static org.apache.spark.sql.functions.col;

import io.recthink.config.Configuration;
import io.recthink.generate.RolloutSettings;
import io.recthink.model.ModelSettings;
import io.recthink.prompt.PromptSettings;
import io.recthink.reward.RewardSettings;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.table.PredictSettings;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.Tables;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;

/**
 * Predicts the same examples with several policies, one after the other, on the executors. Only the row ids and the
 * configuration decide the batches, and each sample has its own random stream. So predictions do not depend on the
 * place of the rows, or on where, how often and beside which other work a task runs.
 */
public final class PredictionStage implements AutoCloseable {
    /** The column of fallback ratings, which replace the rating when a policy gives none. */
    public static final String FALLBACK = "fallback";

    /** The number of batches of a task: enough to fill the batches, few enough to show progress and to be repeated. */
    private static final int BATCHES_PER_TASK = 4;

    /** The column that says of each sample whether it passes the format tests of the reward. */
    public static final String WELL_FORMED = "wellFormed";

    private static final StructType RATINGS = new StructType()
            .add("rowId", DataTypes.StringType, false)
            .add("ratings", DataTypes.createArrayType(DataTypes.DoubleType, true), false)
            .add(WELL_FORMED, DataTypes.createArrayType(DataTypes.BooleanType, false), false);

    private final Configuration configuration;
    private final PreparedData data;
    private final Dataset<Row> examples;
    private final long rows;
    private final LongAccumulator done;

    private PredictionStage(
            Configuration configuration, PreparedData data, Dataset<Row> examples, long rows, LongAccumulator done) {
        this.configuration = configuration;
        this.data = data;
        this.examples = examples;
        this.rows = rows;
        this.done = done;
    }

    /**
     * Prepares examples. The executors keep them until the stage is closed.
     *
     * @param examples as {@link Tables#EXAMPLES}, with the column {@link #FALLBACK}
     */
    public static PredictionStage of(Dataset<Row> examples, Configuration configuration, PreparedData data) {
        Dataset<Row> needed = examples.select(
                        "rowId", "target", "userHistory", "itemHistory", "userMean", "itemMean", FALLBACK)
                .persist(StorageLevel.MEMORY_AND_DISK());
        return new PredictionStage(
                configuration,
                data,
                needed,
                needed.count(),
                examples.sparkSession().sparkContext().longAccumulator("predicted rows"));
    }

    /** A stage with the same examples and another configuration; it is closed with this stage. */
    public PredictionStage asking(Configuration other) {
        return new PredictionStage(other, data, examples, rows, done);
    }

    /** The number of examples. */
    public long rows() {
        return rows;
    }

    /**
     * Shows progress while the work writes predictions.
     *
     * @param name the name of the work
     * @param policies the number of times that the examples are predicted
     */
    public void showing(String name, int policies, Runnable work) {
        SparkContext context = examples.sparkSession().sparkContext();
        SparkListener progress = new TaskProgress(name, done, rows * policies);
        context.addSparkListener(progress);
        try {
            work.run();
        } finally {
            context.removeSparkListener(progress);
        }
    }

    /**
     * The predictions of a policy, computed when the result is read or written. They are the greedy completion of each
     * example, and the other read-outs of {@code reading}. A row without a readable rating is marked as failed and has
     * the fallback rating.
     *
     * @param system the name of the system in the table
     * @return as {@link Tables#PREDICTIONS}; {@code ms} is the time of a batch divided by its rows
     */
    public Dataset<Row> predict(String system, PolicyReference policy, Reading reading) {
        PredictionTask task = task(system, policy, reading);
        return inTasks()
                .mapPartitions((MapPartitionsFunction<Row, Row>) task::predict, Encoders.row(Tables.PREDICTIONS));
    }

    /**
     * The ratings of a policy's samples, computed when the result is read or written. The columns are {@code rowId},
     * the array {@code ratings}, with null for a rating that cannot be read, and the array {@value #WELL_FORMED}. The
     * mean and the median of
     * {@link #predict} use the same samples.
     *
     * @param samples the number of samples per example, at least 1
     */
    public Dataset<Row> ratings(PolicyReference policy, int samples) {
        PredictionTask task = task("", policy, new Reading(samples, null));
        return inTasks().mapPartitions((MapPartitionsFunction<Row, Row>) task::ratings, Encoders.row(RATINGS));
    }

    private PredictionTask task(String system, PolicyReference policy, Reading reading) {
        return new PredictionTask(
                PromptEncoding.of(policy, configuration.get(PromptSettings.class), data),
                system,
                configuration.seed(),
                reading,
                configuration.get(PredictSettings.class).maxBatch(),
                configuration.get(RolloutSettings.class),
                configuration.get(ModelSettings.class),
                configuration.get(RewardSettings.class),
                done);
    }

    private Dataset<Row> inTasks() {
        PredictSettings settings = configuration.get(PredictSettings.class);
        int tasks = Math.toIntExact(Math.max(
                Math.min(settings.partitions(), rows),
                (rows - 1) / ((long) BATCHES_PER_TASK * settings.maxBatch()) + 1));
        return examples.repartition(Math.max(1, tasks), col("rowId")).sortWithinPartitions("rowId");
    }

    @Override
    public void close() {
        examples.unpersist();
    }
}
