package io.recthink.spark.completion;

import static org.apache.spark.sql.functions.col;

import io.recthink.config.Configuration;
import io.recthink.generate.RolloutSettings;
import io.recthink.model.ModelSettings;
import io.recthink.prompt.PromptSettings;
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
 * Predicts the same examples with one policy after the other, on the executors. Batches are cut by row id and
 * configuration alone, and samples draw from the stream of their own address: predictions do not depend on where the rows
 * lay before, nor on where, how often or beside what a task runs.
 */
public final class PredictionStage implements AutoCloseable {
    /** The column of the ratings that stand in where a policy fails to give one. */
    public static final String FALLBACK = "fallback";

    /** A task is some batches long: long enough to fill them, short enough to show progress and to be repeated. */
    private static final int BATCHES_PER_TASK = 4;

    private static final StructType RATINGS = new StructType()
            .add("rowId", DataTypes.StringType, false)
            .add("ratings", DataTypes.createArrayType(DataTypes.DoubleType, true), false);

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
     * Prepares examples; the executors keep them until the stage is closed.
     *
     * @param examples as {@link Tables#EXAMPLES}, with a column {@link #FALLBACK} of the ratings that stand in where a policy
     *     fails to give one
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

    /** The same examples, asked otherwise; closed with this stage. */
    public PredictionStage asking(Configuration other) {
        return new PredictionStage(other, data, examples, rows, done);
    }

    /** The number of examples. */
    public long rows() {
        return rows;
    }

    /**
     * Shows progress while predictions are written.
     *
     * @param name what is being done
     * @param policies how often the examples are predicted
     */
    public void showing(String name, int policies, Runnable work) {
        SparkContext context = examples.sparkSession().sparkContext();
        SparkListener progress = new PredictionProgress(name, done, rows * policies);
        context.addSparkListener(progress);
        try {
            work.run();
        } finally {
            context.removeSparkListener(progress);
        }
    }

    /**
     * The predictions of a policy, computed when the result is read or written: the greedy completion of each example,
     * and what else is read. Where no rating can be read, the row is marked as failed and holds the fallback.
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
     * The ratings of samples of a policy, computed when the result is read or written: for each example its {@code rowId}
     * and the array {@code ratings}, null where none can be read. They are the samples that the mean and the median of
     * {@link #predict} are read from.
     *
     * @param samples at least 1
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
