package io.recthink.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.SparkTest;
import io.recthink.spark.run.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the same run on one thread and on two executor processes, some of which the test kills. */
class ClusterTest {
    private static final int STEPS = 3;
    private static final String[] SETTINGS = {
        "train.steps=" + STEPS,
        "train.keep.last=9",
        "rollout.maxTokens=40",
        "rollout.microBatch=1",
        "train.partitions=3"
    };
    private static final String CLUSTER = "local-cluster[2,1,1536]";
    private static final SparkSession SPARK = SparkTest.spark();

    @TempDir
    private static Path root;

    private static TinyWorld world;

    @BeforeAll
    static void trainOnOneThread() throws Exception {
        world = TinyWorld.create(SPARK, root);
        assertThat(train("local[1]", "reference", "none")).isZero();
    }

    @Test
    void twoExecutorProcessesSampleTheSameTokensAndPublishTheSameWeights() throws Exception {
        assertThat(train(CLUSTER, "cluster", "none")).as(log()).isZero();
        assertSameRun("cluster");
    }

    @Test
    void executorsKilledDuringRolloutAndGradientChangeNothing() throws Exception {
        String plan = "executor-start:rollout:1,executor-end:gradient:2";
        assertThat(train(CLUSTER, "killed", plan)).as(log()).isZero();
        assertThat(root.resolve("killed-rollout-1")).as(log()).exists();
        assertThat(root.resolve("killed-gradient-2")).exists();
        assertSameRun("killed");
    }

    @Test
    void adaptersLearntByExecutorsThatAreKilledAreTheSame() throws Exception {
        String[] adapter = {"lora.rank=2", "train.klCoefficient=0.1", "train.steps=2"};
        new TrainJob(false).run(SPARK, world.configuration(settings("adapter-reference", adapter)));
        String plan = "executor-end:gradient:1";
        assertThat(train(CLUSTER, "adapter", plan, adapter)).as(log()).isZero();
        assertThat(root.resolve("killed-gradient-1")).as(log()).exists();
        for (int step = 1; step <= 2; step++) {
            String weights = "step-00000%d/policy/adapter_model.safetensors".formatted(step);
            assertThat(root.resolve("adapter").resolve(weights))
                    .hasSameBinaryContentAs(root.resolve("adapter-reference").resolve(weights));
        }
    }

    private static int train(String master, String run, String sabotage, String... more) throws Exception {
        return TrainApplication.run(world, master, false, sabotage, settings(run, more));
    }

    private static String[] settings(String run, String... more) {
        return Stream.of(SETTINGS, new String[] {"paths.run=" + run}, more)
                .flatMap(Stream::of)
                .toArray(String[]::new);
    }

    private static String log() throws Exception {
        return Files.readString(root.resolve("application.log"));
    }

    private static void assertSameRun(String run) {
        for (int step = 1; step <= STEPS; step++) {
            assertThat(rollouts(run, step)).isNotEmpty().isEqualTo(rollouts("reference", step));
            String weights = "step-00000%d/policy/model.safetensors".formatted(step);
            assertThat(root.resolve(run).resolve(weights))
                    .hasSameBinaryContentAs(root.resolve("reference").resolve(weights));
        }
    }

    private static List<String> rollouts(String run, int step) {
        RunFolder folder =
                RunFolder.at(root.resolve(run).toString(), SPARK.sparkContext().hadoopConfiguration());
        return SPARK.read()
                .parquet(folder.table(step, "rollouts"))
                .orderBy("rowId", "sample")
                .toJSON()
                .collectAsList();
    }
}
