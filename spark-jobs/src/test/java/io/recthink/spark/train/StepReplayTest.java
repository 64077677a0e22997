package io.recthink.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.config.Configuration;
import io.recthink.model.ModelConfig;
import io.recthink.model.ModelFolder;
import io.recthink.model.ParameterLayout.Parameter;
import io.recthink.spark.SparkTest;
import io.recthink.spark.run.RunFolder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Recomputes published steps from their folders alone. The plain model computes in FP32, one sequence at a time, and
 * the engine's autograd differentiates the model. AdamW follows its paper in double precision.
 */
class StepReplayTest {
    private final SparkSession spark = SparkTest.spark();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    1000 | train.reduction=sequence-mean
                    0.2  | train.reduction=token-mean
                    1000 | train.reduction=max-length;train.scaleAdvantage=none
                    1000 | train.entropyBonus=0.3
                    1000 | train.dynamicSampling=2;train.promptsPerStep=6;train.groupSize=2
                    1000 | train.prompts=balanced
                    """)
    void theFoldersOfTwoStepsGiveTheirWeights(String maxGradNorm, String settings, @TempDir Path root) {
        TinyWorld world = TinyWorld.create(spark, root);
        // With this epsilon an update is nearly proportional to the gradient: a wrong factor anywhere would show.
        List<String> all = new ArrayList<>(List.of(
                "train.steps=2",
                "train.keep.every=1",
                "train.optimizer.learningRate=0.5",
                "train.optimizer.epsilon=1",
                "train.optimizer.weightDecay=0.01",
                "train.optimizer.maxGradNorm=" + maxGradNorm));
        all.addAll(List.of(settings.split(";", -1)));
        Configuration configuration = world.configuration(all.toArray(new String[0]));
        new TrainJob(false).run(spark, configuration);
        PlainAdamW optimizer =
                new PlainAdamW(configuration.get(TrainSettings.class).optimizer());
        for (int step = 1; step <= 2; step++) {
            Map<String, float[]> weights = weights(world, step - 1);
            List<PlainSample> samples = samples(world, step);
            assertThat(samples.stream().filter(sample -> sample.advantage() != 0))
                    .isNotEmpty();
            Map<String, double[]> gradient = new PlainGrpo(config(world), configuration).gradient(weights, samples);
            assertThat(weights(world, step).get("model.norm.weight")).isNotEqualTo(weights.get("model.norm.weight"));
            assertClose(weights(world, step), optimizer.step(weights, gradient));
        }
    }

    private static void assertClose(Map<String, float[]> published, Map<String, double[]> replayed) {
        for (String name : published.keySet()) {
            for (int i = 0; i < published.get(name).length; i++) {
                double difference = Math.abs(published.get(name)[i] - replayed.get(name)[i]);
                assertThat(difference).as("%s[%d]", name, i).isLessThan(1e-5);
            }
        }
    }

    private List<PlainSample> samples(TinyWorld world, int step) {
        RunFolder run =
                RunFolder.at(world.run().toString(), spark.sparkContext().hadoopConfiguration());
        Dataset<Row> scored = spark.read().parquet(run.table(step, "scored")).select("rowId", "sample", "advantage");
        return spark
                .read()
                .parquet(run.table(step, "rollouts"))
                .join(scored, new String[] {"rowId", "sample"})
                .collectAsList()
                .stream()
                .map(row -> new PlainSample(
                        ints(row, "promptTokens"),
                        ints(row, "completionTokens"),
                        floats(row, "logprobs"),
                        row.<Double>getAs("advantage")))
                .toList();
    }

    private static int[] ints(Row row, String column) {
        return row.<Integer>getList(row.fieldIndex(column)).stream()
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static double[] floats(Row row, String column) {
        return row.<Float>getList(row.fieldIndex(column)).stream()
                .mapToDouble(Float::doubleValue)
                .toArray();
    }

    private static ModelConfig config(TinyWorld world) {
        try (ModelFolder folder = ModelFolder.open(world.run().resolve("step-000000/policy"))) {
            return folder.config();
        }
    }

    private static Map<String, float[]> weights(TinyWorld world, int step) {
        try (ModelFolder folder = ModelFolder.open(world.run().resolve("step-00000%d/policy".formatted(step)))) {
            Map<String, float[]> weights = new TreeMap<>();
            for (Parameter parameter : folder.layout().parameters()) {
                float[] values = new float[(int) parameter.size()];
                folder.read(parameter, FloatBuffer.wrap(values));
                weights.put(parameter.name(), values);
            }
            return weights;
        }
    }
}
