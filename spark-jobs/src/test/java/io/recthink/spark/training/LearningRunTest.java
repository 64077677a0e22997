package io.recthink.spark.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.config.Configuration;
import io.recthink.prompt.PolicyTerms;
import io.recthink.spark.SparkTest;
import io.recthink.spark.train.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearningRunTest {
    private static final SparkSession SPARK = SparkTest.spark();

    @Test
    void aCheckedExceptionOfTheFirstValidationLeavesNoLock(@TempDir Path folder) {
        TinyWorld world = TinyWorld.create(SPARK, folder);
        Configuration configuration = world.configuration();
        StartModel start = StartModel.at(
                folder.resolve("model").toString(),
                configuration,
                SPARK.sparkContext().hadoopConfiguration());
        RunSettings settings = new RunSettings(
                "train",
                world.run().toString(),
                start,
                PolicyTerms.of(configuration, 1, 5, null),
                "data",
                1,
                configuration.train().optimizer(),
                1,
                0,
                1,
                0.2,
                List.of(),
                List.of());
        Validation broken = (policy, path) -> {
            throw LearningRunTest.<RuntimeException>undeclared(new IOException("the disk is gone"));
        };
        assertThatThrownBy(() -> LearningRun.open(SPARK, configuration, settings, Optional.of(broken), false))
                .isInstanceOf(IOException.class)
                .hasMessage("the disk is gone");
        assertThat(world.run().resolve("step-000000/policy")).exists();
        assertThat(world.run().resolve("lock.json")).doesNotExist();
    }

    /** Throws as Scala does: without a declaration. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E undeclared(Throwable failure) throws E {
        throw (E) failure;
    }
}
