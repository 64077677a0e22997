package io.recthink.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.spark.SparkTest;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that a run whose application is killed in all phases of steps ends with the same result as an undisturbed run.
 */
class KillTest {
    private static final SparkSession SPARK = SparkTest.spark();
    private static final int KILLED = 137;

    /**
     * One line for each start of the application: where a kill ends it, by step, with a random delay in milliseconds.
     */
    private static final List<String> DEATHS = List.of(
            "application-file:step-000000/policy/model.safetensors:%2$d",
            "application-stage:rollout:%1$d:%2$d",
            "application-stage:score:%1$d:%2$d",
            "application-stage:gradient:%1$d:%2$d",
            "application-file:step-%1$06d/policy:%2$d",
            "application-file:step-%1$06d/optimizer:%2$d",
            "application-file:step-%1$06d/metrics.json:%2$d",
            "application-file:step-%1$06d/policy/model.safetensors:%2$d",
            "application-file:step-%1$06d/optimizer/optimizer.safetensors:%2$d",
            "application-file:step-%1$06d/rollouts:%2$d");

    @TempDir
    private Path root;

    @Test
    void aRunKilledInEveryPhaseEndsWithTheSameWeightsAndRollouts() throws Exception {
        TinyWorld world = TinyWorld.create(SPARK, root);
        // The last resumed run continues after the deletion of the policy that it resumed from.
        int steps = DEATHS.size() + 4;
        String[] settings = {"train.steps=" + steps, "train.keep.last=2", "train.keep.every=0"};
        new TrainJob(false).run(SPARK, world.configuration(with(settings, "paths.run=reference")));

        Random random = new Random(3);
        for (String death : DEATHS) {
            int before = newest().map(Manifest::step).orElse(0);
            int step = before + 1 + random.nextInt(2); // every other life gets one step further
            String plan = death.formatted(step, random.nextInt(30));
            assertThat(TrainApplication.run(world, "local[2]", true, plan, settings))
                    .as(() -> plan + System.lineSeparator() + log())
                    .isEqualTo(KILLED);
            // A step is complete, or the run ignores it.
            assertThat(newest().map(Manifest::step).orElse(0)).isBetween(before, step);
        }
        int status = TrainApplication.run(world, "local[2]", true, "none", settings);
        assertThat(status).as(() -> log()).isZero();

        for (int step = 1; step <= steps; step++) {
            int number = step;
            assertThat(rollouts("run", step))
                    .as(() -> "step " + number + ": " + metrics("run", number) + metrics("reference", number))
                    .isNotEmpty()
                    .isEqualTo(rollouts("reference", step));
        }
        for (String file : List.of("policy/model.safetensors", "optimizer/optimizer.safetensors")) {
            String name = "step-%06d/%s".formatted(steps, file);
            assertThat(root.resolve("run").resolve(name))
                    .hasSameBinaryContentAs(root.resolve("reference").resolve(name));
        }
    }

    private String log() {
        try {
            return Files.readString(root.resolve("application.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the metrics, which show whether sampling differs (by the learner's log-probabilities) or the weights. */
    private String metrics(String run, int step) {
        return run + " " + folder(run).metrics(step).map(JsonNode::toString).orElse("without metrics")
                + System.lineSeparator();
    }

    private Optional<Manifest> newest() {
        return folder("run").newest();
    }

    private List<String> rollouts(String run, int step) {
        return SPARK.read()
                .parquet(folder(run).table(step, "rollouts"))
                .orderBy("rowId", "sample")
                .toJSON()
                .collectAsList();
    }

    private RunFolder folder(String run) {
        return RunFolder.at(root.resolve(run).toString(), SPARK.sparkContext().hadoopConfiguration());
    }

    private static String[] with(String[] settings, String more) {
        String[] all = Arrays.copyOf(settings, settings.length + 1);
        all[settings.length] = more;
        return all;
    }
}
