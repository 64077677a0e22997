package io.recthink.spark.rollout;

import static org.apache.spark.sql.functions.col;

import io.recthink.config.Configuration;
import io.recthink.generate.Completion;
import io.recthink.generate.RolloutSettings;
import io.recthink.model.ModelSettings;
import io.recthink.spark.completion.Completed;
import io.recthink.spark.completion.CompletionTask;
import io.recthink.spark.completion.Prompt;
import io.recthink.spark.completion.Sampling;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.files.TableFailure;
import io.recthink.spark.policy.EngineTime;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.table.Tables;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * Samples the completions of a step and writes them. The prompts are split into a fixed number of partitions in their
 * order. The completions of a partition are generated in one batch, and every completion has its own random stream.
 * Therefore the rollouts do not depend on the executor, on retries, or on other tasks.
 */
public final class RolloutStage {
    private final SparkSession spark;
    private final Sampler sampler;
    private final int partitions;
    private final EngineTime engine;

    /** @param groupSize completions of a prompt */
    public RolloutStage(SparkSession spark, Configuration configuration, int groupSize) {
        RolloutSettings rollout = configuration.get(RolloutSettings.class);
        this.spark = spark;
        this.partitions = rollout.partitions();
        this.engine = EngineTime.of(spark.sparkContext());
        this.sampler =
                new Sampler(configuration.seed(), groupSize, rollout, configuration.get(ModelSettings.class), engine);
    }

    /**
     * Writes the rollouts of a step as {@link Tables#ROLLOUTS}.
     *
     * @param path the folder of the table, which must not exist
     * @return the seconds in which at least one task computed
     */
    public double write(int step, List<Prompt> prompts, PolicyReference policy, String path) {
        JavaRDD<Row> rollouts = JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(prompts, Math.min(partitions, prompts.size()))
                .mapPartitions(sampler.of(step, policy));
        try {
            spark.createDataFrame(rollouts, Tables.ROLLOUTS).write().parquet(path);
            return engine.lap();
        } catch (Exception e) { // Spark throws checked exceptions that it does not declare
            throw TableFailure.explain(path, e);
        }
    }

    /** Writes rollouts that were read from a table, without additional columns, to another table. */
    public void write(Dataset<Row> rollouts, String path) {
        Column[] columns =
                Stream.of(Tables.ROLLOUTS.fieldNames()).map(name -> col(name)).toArray(Column[]::new);
        try {
            rollouts.select(columns).write().parquet(path);
        } catch (Exception e) { // Spark throws checked exceptions that it does not declare
            throw TableFailure.explain(path, e);
        }
    }

    /** Reads the rollouts of a step. */
    public Dataset<Row> read(String path) {
        return spark.read().schema(Tables.ROLLOUTS).parquet(LiteralPath.of(path));
    }

    private record Sampler(long seed, int groupSize, RolloutSettings rollout, ModelSettings model, EngineTime engine)
            implements Serializable {
        FlatMapFunction<Iterator<Prompt>, Row> of(int step, PolicyReference policy) {
            return partition -> sample(step, partition, policy);
        }

        private Iterator<Row> sample(int step, Iterator<Prompt> partition, PolicyReference policy) {
            Sampling sampling = Sampling.of(rollout, groupSize, seed, step).atMost(rollout.microBatch() * groupSize);
            return CompletionTask.ofOneBatch(policy, model)
                    .allRows(
                            partition,
                            leased -> prompts ->
                                    rows(step, policy, engine.during(() -> leased.complete(prompts, sampling))))
                    .iterator();
        }

        private static List<Row> rows(int step, PolicyReference policy, List<Completed<Prompt>> groups) {
            List<Row> rows = new ArrayList<>();
            for (Completed<Prompt> group : groups) {
                for (int sample = 0; sample < group.completions().size(); sample++) {
                    rows.add(row(
                            step,
                            group.prompt(),
                            sample,
                            policy,
                            group.completions().get(sample)));
                }
            }
            return rows;
        }

        private static Row row(int step, Prompt prompt, int sample, PolicyReference policy, Completion completion) {
            return RowFactory.create(
                    step,
                    prompt.rowId(),
                    sample,
                    policy.number(),
                    policy.sha256(),
                    completion.seed(),
                    prompt.tokens(),
                    completion.tokens(),
                    completion.logprobs(),
                    completion.text(),
                    completion.finish().label(),
                    prompt.truth());
        }
    }
}
