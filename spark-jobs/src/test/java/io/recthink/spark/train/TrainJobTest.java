package io.recthink.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.SparkTest;
import io.recthink.spark.StoppedException;
import io.recthink.spark.files.FileEntry;
import io.recthink.spark.rollout.PromptOrder;
import io.recthink.spark.run.Cursor;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.run.Stop;
import io.recthink.spark.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.MapOutputTrackerMaster;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainJobTest {
    private static final SparkSession SPARK = SparkTest.spark();
    /** The lines that the recorded configuration of a run from before the layouts lacks. */
    private static final List<String> KEYS_SINCE =
            List.of("  layout:", "  minWords:", "  match:", "  mismatch:", "  marks:");

    private static final String[] FOUR_STEPS = {
        "train.steps=4", "train.keep.last=2", "train.keep.every=2", "validation.every=2"
    };

    @TempDir
    private static Path root;

    private static TinyWorld world;

    @BeforeAll
    static void trainFourSteps() {
        world = TinyWorld.create(SPARK, root);
        new TrainJob(false).run(SPARK, world.configuration(FOUR_STEPS));
    }

    @Test
    void everyStepIsWrittenAsDocumented() {
        RunFolder run = folder(world.run());
        assertThat(run.manifests()).extracting(Manifest::step).containsExactly(0, 1, 2, 3, 4);
        assertThat(run.description().job()).isEqualTo("train");
        assertThat(Files.exists(world.run().resolve("step-000003/rollouts"))).isTrue();
        Manifest third = run.required(3);
        assertThat(third.parentSha256())
                .isEqualTo(run.required(2).policyVersion().sha256());
        assertThat(third.cursor()).isEqualTo(new Cursor(0, 12));
        assertThat(third.files())
                .extracting(FileEntry::path)
                .contains("metrics.json", "policy/model.safetensors", "optimizer/optimizer.safetensors")
                .anyMatch(path -> path.startsWith("rollouts/part-"))
                .anyMatch(path -> path.startsWith("scored/part-"));
        assertThat(SPARK.read().parquet(run.table(3, "rollouts")).schema().asNullable())
                .isEqualTo(Tables.ROLLOUTS.asNullable());
        assertThat(SPARK.read().parquet(run.table(3, "scored")).schema().asNullable())
                .isEqualTo(Tables.SCORED.asNullable());
    }

    @Test
    void theFilesOfAGradientsShuffleGoWithItsStep(@TempDir Path other) throws InterruptedException {
        Set<Integer> shuffles = ConcurrentHashMap.newKeySet();
        SparkListener listener = new SparkListener() {
            @Override
            public void onStageCompleted(SparkListenerStageCompleted event) {
                if (event.stageInfo().name().endsWith(": gradient")
                        && event.stageInfo().shuffleDepId().isDefined()) {
                    shuffles.add((Integer) event.stageInfo().shuffleDepId().get());
                }
            }
        };
        SPARK.sparkContext().addSparkListener(listener);
        try {
            new TrainJob(false).run(SPARK, world.configuration("train.steps=2", "paths.run=" + other.resolve("run")));
        } finally {
            SPARK.sparkContext().removeSparkListener(listener);
        }
        assertThat(shuffles).hasSize(2); // of the chunks, one a step
        MapOutputTrackerMaster tracker =
                (MapOutputTrackerMaster) SPARK.sparkContext().env().mapOutputTracker();
        for (int waited = 0; waited < 100 && shuffles.stream().anyMatch(tracker::containsShuffle); waited++) {
            Thread.sleep(100); // Spark removes them in the background
        }
        assertThat(shuffles).noneMatch(tracker::containsShuffle);
    }

    @Test
    void metricsHaveTheNamesThatPeopleChart() {
        ObjectNode metrics = folder(world.run()).metrics(2).orElseThrow();
        assertThat(metrics.fieldNames())
                .toIterable()
                .contains(
                        "step",
                        "reward",
                        "reward_std",
                        "rewards/format/mean",
                        "rewards/answer/mean",
                        "frac_reward_zero_std",
                        "format_rate",
                        "parse_failures",
                        "loss",
                        "grad_norm",
                        "lr",
                        "entropy",
                        "kl",
                        "clip_ratio",
                        "completions/mean_length",
                        "completions/min_length",
                        "completions/max_length",
                        "completions/clipped_ratio",
                        "sampling_logp_difference/mean",
                        "sampling_logp_difference/max",
                        "num_tokens",
                        "num_samples",
                        "tokens_per_second/rollout",
                        "tokens_per_second/gradient",
                        "step_time",
                        "time/rollout",
                        "time/score",
                        "time/gradient",
                        "time/learn",
                        "time/publish",
                        "engine_time/rollout",
                        "engine_time/gradient",
                        "engine_time/learn",
                        "outside_engine_time",
                        "peak_rss_bytes",
                        "eval/mae",
                        "eval/rmse",
                        "eval/failures");
        assertThat(metrics.get("sampling_logp_difference/max").asDouble()).isLessThan(1e-4);
    }

    @Test
    void theEngineTakesAPartOfEachStage() {
        ObjectNode metrics = folder(world.run()).metrics(2).orElseThrow();
        for (String stage : List.of("rollout", "gradient")) {
            assertThat(metrics.get("engine_time/" + stage).asDouble())
                    .as(stage)
                    .isPositive()
                    .isLessThan(metrics.get("time/" + stage).asDouble());
        }
        assertThat(metrics.get("outside_engine_time").asDouble())
                .isPositive()
                .isLessThan(metrics.get("step_time").asDouble());
    }

    @Test
    void advantagesAreThoseOfTheGroup() {
        RunFolder run = folder(world.run());
        List<Row> groups = SPARK.read()
                .parquet(run.table(1, "scored"))
                .orderBy("rowId", "sample")
                .collectAsList();
        assertThat(groups).hasSize(16);
        boolean anyLive = false;
        for (int g = 0; g < 4; g++) {
            double[] rewards = groups.subList(4 * g, 4 * g + 4).stream()
                    .mapToDouble(row -> row.<Double>getAs("reward"))
                    .toArray();
            double mean = (rewards[0] + rewards[1] + rewards[2] + rewards[3]) / 4;
            double variance = 0;
            for (double reward : rewards) {
                variance += (reward - mean) * (reward - mean) / 3;
            }
            boolean dead = variance < 1e-20;
            anyLive |= !dead;
            for (int sample = 0; sample < 4; sample++) {
                Row row = groups.get(4 * g + sample);
                assertThat(row.<Boolean>getAs("dead")).isEqualTo(dead);
                double expected = dead ? 0 : (rewards[sample] - mean) / (Math.sqrt(variance) + 1e-6);
                assertThat(row.<Double>getAs("advantage"))
                        .isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-9));
            }
        }
        assertThat(anyLive).isTrue();
    }

    @Test
    void policiesAreKeptAsConfigured() {
        Path run = world.run();
        int best = folder(run).best().step();
        for (int step = 0; step <= 4; step++) {
            boolean kept = step != 1 || step == best;
            assertThat(Files.exists(run.resolve("step-00000" + step + "/policy")))
                    .as("policy of step " + step)
                    .isEqualTo(kept);
            assertThat(run.resolve("step-00000" + step + "/manifest.json")).exists();
        }
        assertThat(run.resolve("eval/step-000002/predictions")).exists();
        assertThat(run.resolve("lock.json")).doesNotExist();
    }

    @Test
    void aStoppedRunEndsAsIfItHadNeverStopped(@TempDir Path other) throws IOException {
        Path copy = TinyWorld.copy(world.run(), other.resolve("run"));
        // A kill after step 3 leaves some files of step 4, but no manifest of step 4.
        Files.delete(copy.resolve("step-000004/manifest.json"));
        new TrainJob(true).run(SPARK, world.configuration(with(FOUR_STEPS, "paths.run=" + copy)));
        assertThat(copy.resolve("step-000004/policy/model.safetensors"))
                .hasSameBinaryContentAs(world.run().resolve("step-000004/policy/model.safetensors"));
        assertThat(copy.resolve("step-000004/optimizer/optimizer.safetensors"))
                .hasSameBinaryContentAs(world.run().resolve("step-000004/optimizer/optimizer.safetensors"));
        assertThat(rollouts(copy, 4)).isEqualTo(rollouts(world.run(), 4));
    }

    @Test
    void otherPartitionsOfTheSameRolloutsGiveTheSameStepUpToRounding(@TempDir Path other) {
        Path run = other.resolve("run");
        new TrainJob(false)
                .run(
                        SPARK,
                        world.configuration(
                                "train.steps=1", "train.partitions=3", "train.microBatch=2", "paths.run=" + run));
        assertThat(rollouts(run, 1)).isEqualTo(rollouts(world.run(), 1));
        double norm = folder(run).metrics(1).orElseThrow().get("grad_norm").asDouble();
        double expected =
                folder(world.run()).metrics(1).orElseThrow().get("grad_norm").asDouble();
        assertThat(norm).isCloseTo(expected, org.assertj.core.data.Percentage.withPercentage(1e-3));
    }

    @Test
    void balancedPromptsComeInTheirOrder(@TempDir Path other) {
        Path run = other.resolve("run");
        new TrainJob(false)
                .run(SPARK, world.configuration("train.steps=2", "train.prompts=balanced", "paths.run=" + run));
        Map<String, Double> truths =
                SPARK
                        .read()
                        .parquet(root.resolve("data/examples").toString())
                        .where("pool = 'rl'")
                        .collectAsList()
                        .stream()
                        .collect(Collectors.toMap(row -> row.getAs("rowId"), row -> row.getAs("truth")));
        PromptOrder.Step first = PromptOrder.balanced(17, truths, 4, "pool").at(Cursor.START);
        PromptOrder.Step second = PromptOrder.balanced(17, truths, 4, "pool").at(first.next());
        assertThat(rowIds(run, 1)).isEqualTo(Set.copyOf(first.rowIds()));
        assertThat(rowIds(run, 2)).isEqualTo(Set.copyOf(second.rowIds()));
        assertThat(folder(run).required(2).cursor()).isEqualTo(second.next());
    }

    private static Set<String> rowIds(Path run, int step) {
        return Set.copyOf(SPARK.read()
                .parquet(folder(run).table(step, "rollouts"))
                .select("rowId")
                .distinct()
                .as(Encoders.STRING())
                .collectAsList());
    }

    @Test
    void theKlTermHoldsThePolicyNearItsStart(@TempDir Path other) {
        String[] settings = {"train.steps=2", "train.optimizer.learningRate=0.01"};
        Path free = other.resolve("free");
        Path held = other.resolve("held");
        new TrainJob(false).run(SPARK, world.configuration(with(settings, "paths.run=" + free)));
        new TrainJob(false)
                .run(SPARK, world.configuration(with(settings, "paths.run=" + held, "train.klCoefficient=1")));
        // At step 1 policy and reference are equal; at step 2 the KL term has an effect.
        assertThat(folder(held).metrics(1).orElseThrow().get("kl").asDouble()).isLessThan(1e-9);
        assertThat(folder(held).metrics(2).orElseThrow().get("kl").asDouble()).isPositive();
        assertThat(folder(free).metrics(2).orElseThrow().get("kl").asDouble()).isZero();
        assertThat(folder(held).required(1).policyVersion())
                .isEqualTo(folder(free).required(1).policyVersion());
        assertThat(folder(held).required(2).policyVersion())
                .isNotEqualTo(folder(free).required(2).policyVersion());
    }

    @Test
    void aRunCanLiveOnStorageThatIsNotLocal(@TempDir Path other) {
        SPARK.sparkContext().hadoopConfiguration().set("fs.elsewhere.impl", ElsewhereFileSystem.class.getName());
        String run = "elsewhere:" + other.resolve("run");
        new TrainJob(false).run(SPARK, world.configuration("train.steps=1", "paths.run=" + run));
        new TrainJob(true).run(SPARK, world.configuration("train.steps=2", "paths.run=" + run));
        assertThat(other.resolve("run/step-000002/policy/model.safetensors"))
                .hasSameBinaryContentAs(world.run().resolve("step-000002/policy/model.safetensors"));
    }

    @Test
    void resumingWithAnotherConfigurationNamesTheKeys() {
        Configuration changed =
                world.configuration(with(FOUR_STEPS, "seed=18", "train.promptsPerStep=2", "train.keep.last=9"));
        assertThatThrownBy(() -> new TrainJob(true).run(SPARK, changed))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("seed: was 17, is 18")
                .hasMessageContaining("train.promptsPerStep: was 4, is 2")
                .hasMessageNotContaining("keep");
    }

    @Test
    void aRunFromBeforeTheLayoutsKeepsItsPromptOrIsNotGoneOnWith(@TempDir Path other) throws IOException {
        Path copy = TinyWorld.copy(world.run(), other.resolve("run"));
        Path config = copy.resolve("config.yaml");
        List<String> before = Files.readAllLines(config).stream()
                .filter(line -> KEYS_SINCE.stream().noneMatch(line::startsWith))
                .toList();
        assertThat(Files.readAllLines(config)).hasSize(before.size() + KEYS_SINCE.size());
        Files.write(config, before);
        assertThatThrownBy(
                        () -> new TrainJob(true).run(SPARK, world.configuration(with(FOUR_STEPS, "paths.run=" + copy))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("prompt.layout: was skeleton, is words")
                .hasMessageContaining("reward.minWords: was 0, is 10")
                .hasMessageNotContainingAny("reward.match", "reward.mismatch", "reward.marks");
        String[] asBefore = with(with(FOUR_STEPS, "prompt.layout=skeleton"), "reward.minWords=0");
        new TrainJob(true).run(SPARK, world.configuration(with(asBefore, "paths.run=" + copy)));
    }

    @Test
    void resumingWithAnotherModelIsRefused(@TempDir Path other) throws IOException {
        Path model = TinyWorld.copy(root.resolve("model"), other.resolve("model"));
        Files.writeString(model.resolve("chat_template.jinja"), "{{ messages[0]['content'] }}");
        assertThatThrownBy(() ->
                        new TrainJob(true).run(SPARK, world.configuration(with(FOUR_STEPS, "paths.model=" + model))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("start model: was ");
    }

    @Test
    void resumingWithOtherDataIsRefused(@TempDir Path other) throws IOException {
        Path data = TinyWorld.copy(root.resolve("data"), other.resolve("data"));
        String json = Files.readString(data.resolve("data.json"));
        Files.writeString(data.resolve("data.json"), json.replace("data-sha256", "other-sha256"));
        assertThatThrownBy(() ->
                        new TrainJob(true).run(SPARK, world.configuration(with(FOUR_STEPS, "paths.data=" + data))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("data: was data-sha256, is other-sha256");
    }

    @Test
    void aRunOfALaterVersionIsNeitherGoneOnWithNorBegunAnew(@TempDir Path other) throws IOException {
        Path run = TinyWorld.copy(world.run(), other.resolve("run"));
        for (int step = 0; step <= 4; step++) {
            Path manifest = run.resolve("step-00000" + step + "/manifest.json");
            Files.writeString(manifest, Files.readString(manifest).replace("\"format\" : 1", "\"format\" : 2"));
        }
        for (boolean resume : new boolean[] {true, false}) {
            assertThatThrownBy(() ->
                            new TrainJob(resume).run(SPARK, world.configuration(with(FOUR_STEPS, "paths.run=" + run))))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("/run/step-00000")
                    .hasMessageContaining("/manifest.json has the format 2, and this recthink knows 1");
            for (String file : List.of("step-000000/policy", "step-000004/optimizer", "eval/step-000004/predictions")) {
                assertThat(run.resolve(file)).isNotEmptyDirectory();
            }
        }
    }

    @Test
    void aRunWhoseStartingPolicyHasChangedIsNotGoneOnWith(@TempDir Path other) throws IOException {
        Path run = TinyWorld.copy(world.run(), other.resolve("run"));
        Path weights = run.resolve("step-000000/policy/model.safetensors");
        byte[] content = Files.readAllBytes(weights);
        content[content.length - 1] ^= 1;
        Files.write(weights, content);
        assertThatThrownBy(
                        () -> new TrainJob(true).run(SPARK, world.configuration(with(FOUR_STEPS, "paths.run=" + run))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("/run/step-000000/policy/model.safetensors does not match ");
    }

    @Test
    void aFinishedRunIsNotBegunAgain() {
        assertThatThrownBy(() -> new TrainJob(false).run(SPARK, world.configuration(FOUR_STEPS)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("already contains a run");
    }

    @Test
    void aStepWhoseTokensDoNotFitTheDriverIsRefused(@TempDir Path other) {
        Path run = other.resolve("run");
        // 4 prompts of 200 tokens and 100 million completions of 8: 24.4 GiB
        Configuration large = world.configuration("train.groupSize=100000000", "paths.run=" + run);
        assertThatThrownBy(() -> new TrainJob(false).run(SPARK, large))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(
                        "train.groupSize 100000000 completions of up to rollout.maxTokens 8 tokens takes 24414 MiB")
                .hasMessageContaining("--driver-memory 122071m");
        assertThat(run).doesNotExist();
    }

    @Test
    void aGroupOfOneIsRefused() {
        assertThatThrownBy(() -> world.configuration("train.groupSize=1"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("train.groupSize must be at least 2 (was 1)");
    }

    @Test
    void aPromptLongerThanTheContextIsRefused(@TempDir Path other) {
        assertThatThrownBy(() -> new TrainJob(false)
                        .run(SPARK, world.configuration("prompt.maxTokens=250", "paths.run=" + other.resolve("run"))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(
                        "prompt.maxTokens 250 + rollout.maxTokens 8 do not fit the model's context of 256 tokens. Set prompt.maxTokens=248 or less, or lower rollout.maxTokens, or take");
    }

    @Test
    void marksThatThePromptDoesNotAskForAreRefused(@TempDir Path other) {
        Path run = other.resolve("run");
        String[] marks = {"reward.marks=true", "train.steps=1", "paths.run=" + run};
        for (String prompt : List.of("prompt.think=none", "prompt.think=four-steps")) {
            assertThatThrownBy(() -> new TrainJob(false).run(SPARK, world.configuration(with(marks, prompt))))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith("reward.marks=true demands the marks [like], [dislike], [pos] and [neg]")
                    .hasMessageContaining("Set prompt.think=four-steps and prompt.layout=skeleton");
        }
        assertThat(run).doesNotExist();
        String[] asked = with(marks, "prompt.think=four-steps", "prompt.layout=skeleton", "prompt.system=");
        new TrainJob(false).run(SPARK, world.configuration(asked));
        assertThat(folder(run).manifests()).extracting(Manifest::step).containsExactly(0, 1);
    }

    @Test
    void startsFromAStepOfARunOrFromItsBestPolicy(@TempDir Path other) {
        assertThat(startOf("run@4", other.resolve("step"))).isEqualTo("file:" + world.run() + "/step-000004/policy");
        RunFolder run = folder(world.run());
        assertThat(startOf("run", other.resolve("best"))).isEqualTo(run.policy(run.best()));
        assertThatThrownBy(() -> startOf("run@9", other.resolve("none")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("has no complete step 9; its steps are [0, 1, 2, 3, 4]");
        assertThatThrownBy(() -> startOf("data", other.resolve("none")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("train.start: " + root + "/data is neither the folder of a model");
        assertThat(other.resolve("none")).doesNotExist();
    }

    private static String startOf(String start, Path run) {
        new TrainJob(false)
                .run(SPARK, world.configuration("train.steps=1", "train.start=" + start, "paths.run=" + run));
        return folder(run).description().start();
    }

    @Test
    void aPoolSmallerThanAStepIsRefused(@TempDir Path other) {
        assertThatThrownBy(() -> new TrainJob(false)
                        .run(
                                SPARK,
                                world.configuration("train.promptsPerStep=25", "paths.run=" + other.resolve("run"))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("pool rl of paths.data has 24 rows, but a step takes 25 rows");
    }

    @Test
    void aGuardStopsTheRunAndTheRunGoesOnWithAnother(@TempDir Path other) {
        String run = "paths.run=" + other.resolve("run");
        assertThatThrownBy(() -> new TrainJob(false)
                        .run(SPARK, world.configuration("train.steps=2", "train.guards.maxEntropy=0.01", run)))
                .isInstanceOf(StoppedException.class)
                .hasMessageContaining("train stopped after step 1: the entropy rose to ")
                .hasMessageContaining("above train.guards.maxEntropy 0.0100")
                .hasMessageContaining("--resume");
        Stop stop = folder(other.resolve("run")).stop().orElseThrow();
        assertThat(stop.step()).isEqualTo(1);
        assertThat(stop.reason()).startsWith("the entropy rose to ");
        assertThatThrownBy(() -> new TrainJob(true)
                        .run(SPARK, world.configuration("train.steps=2", "train.guards.maxEntropy=0.01", run)))
                .as("the next attempt of a scheduler")
                .isInstanceOf(StoppedException.class)
                .hasMessageContaining("train stopped after step 1: the entropy rose to ");
        assertThat(folder(other.resolve("run")).newest()).map(Manifest::step).hasValue(1);
        assertThat(other.resolve("run/lock.json")).doesNotExist();

        new TrainJob(true).run(SPARK, world.configuration("train.steps=2", run));
        assertThat(folder(other.resolve("run")).stop()).isEmpty();
        assertThat(folder(other.resolve("run")).newest()).map(Manifest::step).hasValue(2);
    }

    private static List<String> rollouts(Path run, int step) {
        return SPARK.read()
                .parquet(folder(run).table(step, "rollouts"))
                .orderBy("rowId", "sample")
                .toJSON()
                .collectAsList();
    }

    private static RunFolder folder(Path run) {
        return RunFolder.at(run.toString(), SPARK.sparkContext().hadoopConfiguration());
    }

    private static String[] with(String[] settings, String... more) {
        return Stream.concat(Stream.of(settings), Stream.of(more)).toArray(String[]::new);
    }
}
