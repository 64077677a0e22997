package io.recthink.spark.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.config.Configuration;
import io.recthink.model.ComputeType;
import io.recthink.prompt.PolicyTerms;
import io.recthink.spark.SparkTest;
import io.recthink.spark.train.TinyWorld;
import io.recthink.spark.train.TrainSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearningRunTest {
    private static final SparkSession SPARK = SparkTest.spark();

    @Test
    void aCheckedExceptionOfTheFirstValidationLeavesNoLock(@TempDir Path folder) {
        TinyWorld world = TinyWorld.create(SPARK, folder);
        RunSettings settings = settings(world);
        Validation broken = (policy, path) -> {
            throw LearningRunTest.<RuntimeException>undeclared(new IOException("the disk is gone"));
        };
        assertThatThrownBy(() -> LearningRun.open(SPARK, settings, Optional.of(broken), false))
                .isInstanceOf(IOException.class)
                .hasMessage("the disk is gone");
        assertThat(world.run().resolve("step-000000/policy")).exists();
        assertThat(world.run().resolve("lock.json")).doesNotExist();
    }

    @Test
    void theValidationOfTheStartingPolicyIsKept(@TempDir Path folder) {
        TinyWorld world = TinyWorld.create(SPARK, folder);
        Validation errors = (policy, path) -> new Validation.Errors(0.75, 1, 0.25, Map.of("modal_share", 0.5));
        try (LearningRun run = LearningRun.open(SPARK, settings(world), Optional.of(errors), false)) {
            assertThat(run.folder().metrics(0).orElseThrow().toString())
                    .isEqualTo(
                            "{\"step\":0,\"eval/mae\":0.75,\"eval/rmse\":1.0,\"eval/failures\":0.25,\"eval/modal_share\":0.5}");
            assertThat(run.folder().requireContents()).isEqualTo(1);
            assertThat(run.hasNext()).isTrue();
        }
    }

    private static RunSettings settings(TinyWorld world) {
        Configuration configuration = world.configuration();
        StartModel start = StartModel.at(
                world.root().resolve("model").toString(),
                Optional.empty(),
                configuration.seed(),
                ComputeType.FLOAT32,
                SPARK.sparkContext().hadoopConfiguration());
        return new RunSettings(
                "train",
                "paths.run",
                world.run().toString(),
                new ConfigurationRecord(configuration, List.of(), List.of()),
                start,
                Optional.of(PolicyTerms.of(configuration, 1, 5, null)),
                "data",
                1,
                configuration.get(TrainSettings.class).optimizer(),
                Retention.newest(1),
                new ValidationSchedule(1, 0, 0.2));
    }

    /** Throws as Scala does: without a declaration. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E undeclared(Throwable failure) throws E {
        throw (E) failure;
    }
}
