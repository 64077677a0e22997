package io.recthink.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.config.Configuration;
import io.recthink.spark.SparkTest;
import io.recthink.spark.predict.PredictJob;
import io.recthink.spark.report.InspectJob;
import io.recthink.spark.sft.SftJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests that {@code paths.root} may have any name, although Spark reads some names as patterns and Hadoop escapes
 * characters of others.
 */
class FolderNamesTest {
    private static final SparkSession SPARK = SparkTest.spark();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"a[1]{b,c}", "what? * 50%20 off", "day=1 back\\slash@3"})
    void jobsReadWhatTheyWroteWhateverTheRootIsCalled(String name) throws IOException {
        Path root = Files.createDirectories(folder.resolve(name).resolve("x"));
        // A folder that the name would match as a pattern.
        Files.createDirectories(folder.resolve("a1/x/data/examples"));
        TinyWorld world = TinyWorld.create(SPARK, root);
        new SftJob(false).run(SPARK, world.configuration("sft.steps=2"));
        Configuration configuration = world.configuration(
                "train.start=warm-start",
                "train.steps=1",
                "validation.every=1",
                "predict.split=validation",
                "predict.policies.trained=run",
                "predict.policies.first=run@0");
        new TrainJob(false).run(SPARK, configuration);
        new PredictJob().run(SPARK, configuration);
        InspectJob.once(page -> {}).run(SPARK, configuration);
        assertThat(root.resolve("run/step-000001/manifest.json")).isRegularFile();
        assertThat(root.resolve("predictions/trained/_SUCCESS")).isRegularFile();
        assertThat(root.resolve("predictions/first/_SUCCESS")).isRegularFile();
    }
}
