package io.recthink.spark.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.spark.SparkTest;
import io.recthink.spark.predict.PredictJob;
import io.recthink.spark.train.TinyWorld;
import io.recthink.spark.train.TrainJob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifyJobTest {
    private static final SparkSession SPARK = SparkTest.spark();
    private static final String[] SETTINGS = {
        "train.steps=3",
        "train.keep.last=1",
        "validation.every=2",
        "predict.split=validation",
        "predict.policies.grpo=run@3"
    };

    @TempDir
    static Path root;

    private static TinyWorld world;

    @BeforeAll
    static void trainAndPredict() {
        world = TinyWorld.create(SPARK, root.resolve("it's a [world]"));
        new TrainJob(false).run(SPARK, world.configuration(SETTINGS));
        new PredictJob().run(SPARK, world.configuration(SETTINGS));
    }

    @Test
    void whatWasWrittenIsAsItWasWritten() {
        assertThat(verify())
                .containsExactly(
                        "ROOT/data/examples: 30 rows in 2 files are unchanged",
                        "ROOT/traces: 24 rows in 2 files are unchanged",
                        "file:ROOT/predictions/grpo: 6 rows in 2 files are unchanged",
                        "file:ROOT/run/eval/step-000000/predictions: 6 rows in 2 files are unchanged",
                        "file:ROOT/run/eval/step-000002/predictions: 6 rows in 2 files are unchanged",
                        "file:ROOT/run/eval/step-000003/predictions: 6 rows in 2 files are unchanged",
                        "ROOT/run: 4 steps match their manifests");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data/examples",
                "traces",
                "predictions/grpo",
                "run/eval/step-000002/predictions",
                "run/step-000000/policy",
                "run/step-000001/rollouts",
                "run/step-000002/scored",
                "run/step-000003/optimizer",
            })
    void oneBitOfAnyFileMakesADifference(String folder) throws IOException {
        Path file;
        try (Stream<Path> files = Files.list(world.root().resolve(folder))) {
            file = files.filter(path -> path.toString().matches(".*(parquet|safetensors)"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
        byte[] content = Files.readAllBytes(file);
        content[content.length / 2] ^= 1;
        Files.write(file, content);
        try {
            assertThatThrownBy(VerifyJobTest::verify)
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining(folder.substring(folder.lastIndexOf('/') + 1))
                    .hasMessageContaining(file.getFileName().toString())
                    .hasMessageContaining("sha256 ");
        } finally {
            content[content.length / 2] ^= 1;
            Files.write(file, content);
        }
    }

    @Test
    void aPlaceWithoutAnythingIsNamed(@TempDir Path empty) {
        assertThatThrownBy(() -> new VerifyJob().run(SPARK, world.configuration("paths.root=" + empty)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("paths.root: " + empty + " contains nothing to verify");
    }

    private static List<String> verify() {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        new VerifyJob(new PrintStream(said, true, StandardCharsets.UTF_8)).run(SPARK, world.configuration(SETTINGS));
        return said.toString(StandardCharsets.UTF_8)
                .replace(world.root().toString(), "ROOT")
                .lines()
                .toList();
    }
}
