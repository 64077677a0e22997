package io.recthink.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.SparkTest;
import io.recthink.spark.run.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same run on one thread and on two executor processes, of which some are killed. */
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
        String plan = "executor-start:RolloutStage:1,executor-end:GradientStage:2";
        assertThat(train(CLUSTER, "killed", plan)).as(log()).isZero();
        assertThat(root.resolve("killed-RolloutStage-1")).as(log()).exists();
        assertThat(root.resolve("killed-GradientStage-2")).exists();
        assertSameRun("killed");
    }

    private static int train(String master, String run, String sabotage) throws Exception {
        String[] settings = Arrays.copyOf(SETTINGS, SETTINGS.length + 1);
        settings[SETTINGS.length] = "paths.run=" + run;
        return TrainApplication.run(world, master, false, sabotage, settings);
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
