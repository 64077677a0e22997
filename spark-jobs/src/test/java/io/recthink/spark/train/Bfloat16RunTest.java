package io.recthink.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import io.recthink.config.Configuration;
import io.recthink.model.ComputeType;
import io.recthink.model.Decoder;
import io.recthink.model.ElementType;
import io.recthink.model.ModelFolder;
import io.recthink.model.ParameterLayout.Kind;
import io.recthink.model.ParameterLayout.Parameter;
import io.recthink.model.SafetensorsReader;
import io.recthink.spark.SparkTest;
import io.recthink.torch.Bfloat16Support;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests a run in BF16: its policies contain the weights of the tasks, its optimizer keeps exact master weights. */
class Bfloat16RunTest {
    private static final SparkSession SPARK = SparkTest.spark();

    @TempDir
    private static Path root;

    private static TinyWorld world;

    @BeforeAll
    static void train() {
        world = TinyWorld.create(SPARK, root);
        new TrainJob(false).run(SPARK, configuration("train.steps=4"));
    }

    @Test
    void thePolicyIsTheMastersRounded() {
        assumeTrue(Bfloat16Support.of(Device.cpu()), "skipped: this processor has no instructions for BF16");
        Path step = world.run().resolve("step-000004");
        boolean anyRounded = false;
        try (ModelFolder policy = ModelFolder.open(step.resolve("policy"));
                SafetensorsReader stored = SafetensorsReader.open(step.resolve("policy/model.safetensors"));
                SafetensorsReader state = SafetensorsReader.open(step.resolve("optimizer/optimizer.safetensors"));
                Decoder held = Decoder.of(
                        policy.config(),
                        (parameter, out) -> state.read("master." + parameter.name(), out),
                        ComputeType.BFLOAT16,
                        Device.cpu())) {
            for (Parameter parameter : policy.layout().parameters()) {
                assertThat(stored.find(parameter.name()).orElseThrow().type())
                        .isEqualTo(parameter.kind() == Kind.NORM ? ElementType.F32 : ElementType.BF16);
                FloatBuffer published = FloatBuffer.allocate((int) parameter.size());
                FloatBuffer expected = FloatBuffer.allocate((int) parameter.size());
                FloatBuffer master = FloatBuffer.allocate((int) parameter.size());
                policy.read(parameter, published);
                held.read(parameter, expected);
                state.read("master." + parameter.name(), master);
                assertThat(published.flip()).isEqualTo(expected.flip());
                anyRounded |= !master.flip().equals(published);
            }
        }
        assertThat(anyRounded).isTrue();
    }

    @Test
    void aResumedRunLosesNothingThatWasRounded() {
        new TrainJob(false).run(SPARK, configuration("paths.run=resumed", "train.steps=2"));
        new TrainJob(true).run(SPARK, configuration("paths.run=resumed", "train.steps=4"));
        for (String file : List.of("policy/model.safetensors", "optimizer/optimizer.safetensors")) {
            String name = "step-000004/" + file;
            assertThat(root.resolve("resumed").resolve(name))
                    .hasSameBinaryContentAs(world.run().resolve(name));
        }
    }

    @Test
    void whereThereAreNoInstructionsItIsARunInFp32() throws IOException {
        assumeFalse(Bfloat16Support.of(Device.cpu()), "skipped: this processor has instructions for BF16");
        new TrainJob(false).run(SPARK, configuration("paths.run=float32", "train.steps=4", "model.dtype=float32"));
        for (String file : List.of("policy/model.safetensors", "optimizer/optimizer.safetensors")) {
            String name = "step-000004/" + file;
            assertThat(world.run().resolve(name))
                    .hasSameBinaryContentAs(root.resolve("float32").resolve(name));
        }
        assertThat(Files.readString(world.run().resolve("config.yaml"))).contains("dtype: \"float32\"");
    }

    private static Configuration configuration(String... settings) {
        // a constant rate does not depend on the number of steps
        Stream<String> all = Stream.of("model.dtype=bfloat16", "train.optimizer.schedule=constant");
        return world.configuration(Stream.concat(all, Stream.of(settings)).toArray(String[]::new));
    }
}
