package io.recthink.spark.train;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.TraceMeasure;
import io.recthink.spark.SparkTest;
import io.recthink.spark.StoppedException;
import io.recthink.spark.completion.Prompt;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.table.Tables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the metrics of a run about its traces, and the end of a run whose traces are hollow. */
class ThoughtTest {
    private static final SparkSession SPARK = SparkTest.spark();

    /** Settings with which all prompts are equal, all completions are equal, and no completion earns a reward. */
    private static final String[] STIFF = {
        "prompt.think=free",
        "prompt.historyItem=an item",
        "prompt.targetItem=an item",
        "rollout.temperature=0.001",
        "reward.format=0",
        "reward.answerNeedsFormat=true"
    };

    private static final String INSTRUCTION = "1 2 3 4 5 4 3 2 1 1 1 1 1 2 2 2 2 2 3 3 3 3 3 4 4 4 4 4 5 5 5 5 5";

    @TempDir
    private static Path root;

    private static TinyWorld world;

    @BeforeAll
    static void makeTheWorld() {
        world = TinyWorld.create(SPARK, root);
    }

    @Test
    void aStepSaysWhatItsTracesAreLike() {
        RunFolder run = train(
                "told", "prompt.think=free", "prompt.system=" + INSTRUCTION, "train.steps=2", "rollout.maxTokens=16");

        ObjectNode metrics = run.metrics(1).orElseThrow();
        List<String> texts = texts(SPARK.read().schema(Tables.ROLLOUTS).parquet(run.table(1, "rollouts")), "text");
        assertThat(texts).hasSize(16);
        assertThat(metrics.get("traces/distinct").asDouble()).isEqualTo(distinct(texts));
        assertThat(metrics.get("traces/copied").asDouble()).isCloseTo(copied(texts), within(1e-12));
        assertThat(metrics.get("traces/shared").asDouble()).isBetween(0.0, 0.5);
        assertThat(metrics.get("traces/about").asDouble()).isZero();
    }

    @Test
    void aSummaryDoesNotDependOnWhereTheRowsLie() {
        Random random = new Random(3);
        List<Row> rows = IntStream.range(0, 300)
                .mapToObj(i -> RowFactory.create(
                        "row-" + i / 3,
                        i % 3,
                        IntStream.range(0, 4 + random.nextInt(20))
                                        .mapToObj(word -> "" + (1 + random.nextInt(2)))
                                        .collect(Collectors.joining(" "))
                                + " liked"))
                .toList();
        StructType schema = new StructType()
                .add("rowId", DataTypes.StringType)
                .add("sample", DataTypes.IntegerType)
                .add("text", DataTypes.StringType);
        Dataset<Row> table = SPARK.createDataFrame(rows, schema);
        List<Prompt> prompts = IntStream.range(0, 100)
                .mapToObj(i -> new Prompt("row-" + i, new int[0], 3, new long[0]))
                .toList();
        TraceMeasure measure = TraceMeasure.of(
                        world.configuration("prompt.think=free", "prompt.system=" + INSTRUCTION)
                                .get(PromptSettings.class),
                        1,
                        5)
                .orElseThrow();

        StepTraces.Summary one =
                StepTraces.summary(table.coalesce(1), prompts, measure).orElseThrow();

        assertThat(one.traces().copied().orElseThrow()).isBetween(0.1, 0.9);
        for (int partitions : List.of(2, 7)) {
            assertThat(StepTraces.summary(table.repartition(partitions, col("text")), prompts, measure))
                    .hasValue(one);
        }
    }

    @Test
    void aTraceThatSeveralRowsHaveIsShared() {
        ObjectNode metrics =
                train("shared", with(STIFF, "train.steps=1")).metrics(1).orElseThrow();

        assertThat(metrics.get("traces/distinct").asDouble()).isEqualTo(1.0 / 16);
        assertThat(metrics.get("traces/shared").asDouble()).isEqualTo(1);
    }

    @Test
    void aValidationSaysItToo() {
        RunFolder run = train(
                "validated",
                "prompt.think=free",
                "prompt.system=" + INSTRUCTION,
                "train.steps=1",
                "validation.every=1");

        ObjectNode metrics = run.metrics(1).orElseThrow();
        Dataset<Row> predictions = SPARK.read().schema(Tables.PREDICTIONS).parquet(run.predictions(1));
        assertThat(metrics.get("eval/traces/distinct").asDouble()).isEqualTo(distinct(texts(predictions, "trace")));
        assertThat(metrics.get("eval/traces/about").asDouble()).isZero();
        long parsed = predictions.where("not failed").count();
        long most = predictions.where("not failed").groupBy("yhat").count().collectAsList().stream()
                .mapToLong(row -> row.getLong(1))
                .max()
                .orElse(0);
        assertThat(metrics.path("eval/modal_share").asDouble(0)).isEqualTo(parsed == 0 ? 0 : (double) most / parsed);
    }

    @Test
    void aPolicyThatIsNotAskedToThinkHasNoTraces() {
        ObjectNode metrics = train("silent", "train.steps=1", "validation.every=1")
                .metrics(1)
                .orElseThrow();

        assertThat(metrics.fieldNames()).toIterable().noneMatch(name -> name.contains("traces/"));
    }

    @Test
    void aStepWithoutALiveGroupHasAnEntropy() {
        RunFolder run = train("entropy", with(STIFF, "rollout.temperature=1", "train.steps=1"));

        ObjectNode metrics = run.metrics(1).orElseThrow();
        assertThat(metrics.get("frac_reward_zero_std").asDouble()).isEqualTo(1);
        assertThat(metrics.has("kl")).isFalse();
        assertThat(metrics.get("entropy").asDouble())
                .isCloseTo(surprise(run), within(1e-9))
                .isBetween(0.5, Math.log(11));
    }

    @Test
    void theEntropyOfTheSamplerIsNearThatOfTheLearner() {
        RunFolder run = train("both", "train.steps=1", "train.promptsPerStep=24", "train.groupSize=16");

        ObjectNode metrics = run.metrics(1).orElseThrow();
        assertThat(metrics.get("frac_reward_zero_std").asDouble()).isZero();
        assertThat(surprise(run)).isCloseTo(metrics.get("entropy").asDouble(), within(0.1));
    }

    @Test
    void aRunWhoseTracesAreAllTheSameIsStoppedAlsoAfterAResume() {
        String[] settings = with(STIFF, "train.guards.minDistinct=0.9", "train.guards.deadSteps=0");
        train("same", with(settings, "train.steps=3"));

        for (String attempt : List.of("the resumed run", "the next attempt of a scheduler")) {
            assertThatThrownBy(() -> resume("same", with(settings, "train.steps=7")))
                    .as(attempt)
                    .isInstanceOf(StoppedException.class)
                    .hasMessageContaining("train stopped after step 5: the policy writes nearly the same")
                    .hasMessageContaining("for 5 steps in a row less than train.guards.minDistinct 0.90")
                    .hasMessageMatching("(?s).* Two of the traces: \".*\" and \".*\"\\. .*")
                    .hasMessageContaining("--resume");
        }
        RunFolder run = folder("same");
        assertThat(run.stop().orElseThrow().reason()).contains("Two of the traces: \"");
        assertThat(run.newest()).map(Manifest::step).hasValue(5);

        resume("same", with(settings, "train.steps=6", "train.guards.minDistinct=0"));
        assertThat(folder("same").newest()).map(Manifest::step).hasValue(6);
        assertThat(folder("same").stop()).isEmpty();
    }

    @Test
    void aRunWithoutAGradientIsStopped() {
        String[] settings = with(STIFF, "train.guards.minDistinct=0", "train.guards.deadSteps=2", "train.steps=3");

        assertThatThrownBy(() -> train("dead", settings))
                .isInstanceOf(StoppedException.class)
                .hasMessageContaining("train stopped after step 2: the policy has learnt nothing for 2 steps in a row")
                .hasMessageContaining("Two of the traces: \"");
        assertThat(folder("dead").stop()).isPresent();
    }

    /** Returns the share of distinct texts, without the contents of their rating blocks. */
    private static double distinct(List<String> texts) {
        return texts.stream()
                        .map(text -> text.replaceAll("<rate>[^<]*", "<rate>"))
                        .distinct()
                        .count()
                / (double) texts.size();
    }

    /** Returns the mean share of a text's four-word sequences that are in the instruction; tags are not words. */
    private static double copied(List<String> texts) {
        List<Double> shares = new ArrayList<>();
        for (String text : texts) {
            int sequences = 0;
            int found = 0;
            for (String part : text.replaceAll("<rate>[^<]*", "<rate>").split("</?rate>", -1)) {
                List<String> words = Stream.of(part.split("[^0-9a-z]+", -1))
                        .filter(word -> !word.isEmpty())
                        .toList();
                for (int i = 0; i + 4 <= words.size(); i++) {
                    sequences++;
                    found += (" " + INSTRUCTION + " ").contains(" " + String.join(" ", words.subList(i, i + 4)) + " ")
                            ? 1
                            : 0;
                }
            }
            if (sequences > 0) {
                shares.add((double) found / sequences);
            }
        }
        return shares.stream().mapToDouble(share -> share).average().orElseThrow();
    }

    /** Returns minus the mean log-probability of the sampled tokens of the first step. */
    private static double surprise(RunFolder run) {
        return SPARK.read()
                .parquet(run.table(1, "rollouts"))
                .selectExpr("explode(logprobs) as logprob")
                .selectExpr("-avg(cast(logprob as double))")
                .head()
                .getDouble(0);
    }

    private static List<String> texts(Dataset<Row> table, String column) {
        return table.select(column).collectAsList().stream()
                .map(row -> row.getString(0))
                .toList();
    }

    private static RunFolder train(String name, String... settings) {
        new TrainJob(false).run(SPARK, world.configuration(with(settings, "paths.run=" + root.resolve(name))));
        return folder(name);
    }

    private static void resume(String name, String... settings) {
        new TrainJob(true).run(SPARK, world.configuration(with(settings, "paths.run=" + root.resolve(name))));
    }

    private static RunFolder folder(String name) {
        return RunFolder.at(root.resolve(name).toString(), SPARK.sparkContext().hadoopConfiguration());
    }

    private static String[] with(String[] settings, String... more) {
        return Stream.concat(Stream.of(settings), Stream.of(more)).toArray(String[]::new);
    }
}
