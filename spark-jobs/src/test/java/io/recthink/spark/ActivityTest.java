package io.recthink.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.prepare.PrepareJob;
import io.recthink.spark.simulate.SimulateJob;
import io.recthink.spark.train.TinyWorld;
import io.recthink.spark.train.TrainJob;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Spark's web interface shows of its jobs. */
class ActivityTest {
    private static final SparkSession SPARK = SparkTest.spark();

    @TempDir
    private Path folder;

    private final Seen seen = new Seen();

    private static final class Seen extends SparkListener {
        private final List<String> descriptions = Collections.synchronizedList(new ArrayList<>());
        private final List<String> groups = Collections.synchronizedList(new ArrayList<>());
        private final List<String> stages = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void onJobStart(SparkListenerJobStart start) {
            descriptions.add(String.valueOf(start.properties().getProperty("spark.job.description")));
            groups.add(String.valueOf(start.properties().getProperty("spark.jobGroup.id")));
        }

        @Override
        public void onStageSubmitted(SparkListenerStageSubmitted stage) {
            stages.add(stage.stageInfo().name());
        }
    }

    private void listen() throws TimeoutException {
        await();
        SPARK.sparkContext().addSparkListener(seen);
    }

    @AfterEach
    void stop() {
        SPARK.sparkContext().removeSparkListener(seen);
        SPARK.sparkContext().clearJobGroup();
    }

    @Test
    void aTrainingSaysItsSteps() throws Exception {
        TinyWorld world = TinyWorld.create(SPARK, folder);
        listen();
        new TrainJob(false).run(SPARK, world.configuration("train.steps=2", "validation={every: 1, rows: 4}"));
        await();
        assertThat(seen.descriptions)
                .contains("step 1: rollout", "step 2: gradient", "step 2: score", "step 2: validation");
        assertThat(seen.groups).contains("recthink train", "recthink train step 2");
        noPositionsInCode();
        assertThat(SPARK.sparkContext().getLocalProperty("spark.job.description"))
                .as("of the session of the user, afterwards")
                .isNull();
    }

    @Test
    void prepareSaysItsPartsInTheGroupOfANotebook() throws Exception {
        var configuration = JobSettings.SECTIONS.read(
                "test",
                "paths: {root: %s}\nsimulate: {users: 30, items: 12}\nsource: {format: json}\nprepare: {kcore: 0}"
                        .formatted(folder),
                List.of());
        listen();
        new SimulateJob().run(SPARK, configuration);
        SPARK.sparkContext().setJobGroup("zeppelin-paragraph-1", "the user's", false);
        new PrepareJob().run(SPARK, configuration);
        await();
        assertThat(seen.descriptions).contains("simulate: reviews", "prepare: histories", "prepare: leak tests");
        assertThat(seen.groups)
                .contains("recthink simulate", "zeppelin-paragraph-1")
                .doesNotContain("recthink prepare");
        assertThat(SPARK.sparkContext().getLocalProperty("spark.job.description"))
                .isEqualTo("the user's");
        noPositionsInCode();
    }

    private void noPositionsInCode() {
        assertThat(seen.descriptions).isNotEmpty().doesNotContain("null");
        assertThat(seen.stages).isNotEmpty().noneMatch(name -> name.matches(".* at .*:\\d+"));
    }

    private static void await() throws TimeoutException {
        SPARK.sparkContext().listenerBus().waitUntilEmpty(TimeUnit.SECONDS.toMillis(10));
    }
}
