package io.recthink.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.config.Configuration;
import io.recthink.prompt.OutputGrammar;
import io.recthink.prompt.ThinkMode;
import io.recthink.reward.RewardFunction;
import io.recthink.reward.RewardSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.rollout.PromptOrder;
import io.recthink.spark.run.Cursor;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DynamicSamplingTest {
    private static final SparkSession SPARK = SparkTest.spark();
    private static final int ROUNDS = 2;
    private static final int PROMPTS = 6;
    private static final int GROUP = 2;

    /** Groups of two random completions, which often have the same reward, so that many groups have no signal. */
    private static final String[] SETTINGS = {
        "train.steps=4",
        "train.keep.every=1",
        "train.promptsPerStep=" + PROMPTS,
        "train.groupSize=" + GROUP,
        "train.dynamicSampling=" + ROUNDS
    };

    @TempDir
    private static Path root;

    private static TinyWorld world;

    @BeforeAll
    static void train() {
        world = TinyWorld.create(SPARK, root);
        new TrainJob(false).run(SPARK, world.configuration(SETTINGS));
    }

    /** Recomputes the rounds of every step from the tables of the rounds. */
    @Test
    void deadGroupsGiveTheirPlacesToFurtherPromptsRoundByRound() {
        RunFolder run = folder(world.run());
        Cursor cursor = Cursor.START;
        int replacedInAll = 0;
        for (int step = 1; step <= 4; step++) {
            PromptOrder order = new PromptOrder(17, trainRows(), PROMPTS, "pool");
            PromptOrder.Step base = order.at(cursor);
            List<String> places = new ArrayList<>(base.rowIds());
            Set<String> had = new HashSet<>(places);
            cursor = base.next();
            Map<String, Double> spreads = new HashMap<>();
            int replaced = 0;
            int rounds = 0;
            for (int round = 0; run.hasTable(step, "sampled-" + round); round++) {
                Map<String, Double> ofRound = spreads(run, step, round);
                if (round == 0) {
                    assertThat(ofRound.keySet()).containsExactlyInAnyOrderElementsOf(places);
                } else {
                    List<String> dead =
                            places.stream().filter(id -> spreads.get(id) == 0).toList();
                    PromptOrder.Step further = order.further(cursor, dead.size(), had);
                    assertThat(ofRound.keySet()).containsExactlyInAnyOrderElementsOf(further.rowIds());
                    for (int i = 0; i < further.rowIds().size(); i++) {
                        places.set(places.indexOf(dead.get(i)), further.rowIds().get(i));
                    }
                    had.addAll(further.rowIds());
                    cursor = further.next();
                    replaced += further.rowIds().size();
                    rounds = round;
                }
                spreads.putAll(ofRound);
            }
            assertThat(rounds == ROUNDS || places.stream().noneMatch(id -> spreads.get(id) == 0))
                    .isTrue();
            assertThat(learnt(run, step)).containsExactlyInAnyOrderElementsOf(places);
            assertThat(run.required(step).cursor()).isEqualTo(cursor);
            ObjectNode metrics = run.metrics(step).orElseThrow();
            assertThat(metrics.get("dynamic_sampling/rounds").asInt()).isEqualTo(rounds);
            assertThat(metrics.get("dynamic_sampling/replaced").asInt()).isEqualTo(replaced);
            long dead = spreads.values().stream().filter(spread -> spread == 0).count();
            assertThat(metrics.get("frac_reward_zero_std").asDouble()).isEqualTo(dead / (double) spreads.size());
            replacedInAll += replaced;
        }
        assertThat(replacedInAll).isPositive();
    }

    @Test
    void whatIsSampledAndThrownAwayIsCounted() {
        RunFolder run = folder(world.run());
        long expected = 0;
        for (int step = 1; step <= 4; step++) {
            for (int round = 0; run.hasTable(step, "sampled-" + round); round++) {
                for (Row row : SPARK.read()
                        .parquet(run.table(step, "sampled-" + round))
                        .collectAsList()) {
                    expected += row.getList(row.fieldIndex("completionTokens")).size();
                    expected += row.<Integer>getAs("sample") == 0
                            ? row.getList(row.fieldIndex("promptTokens")).size()
                            : 0;
                }
            }
            assertThat(run.metrics(step).orElseThrow().get("num_tokens").asLong())
                    .isEqualTo(expected);
        }
    }

    @Test
    void theTablesOfTheStepHoldWhatWasLearntFrom() {
        RunFolder run = folder(world.run());
        for (int step = 1; step <= 4; step++) {
            assertThat(SPARK.read().parquet(run.table(step, "rollouts")).count())
                    .isEqualTo(PROMPTS * GROUP);
            assertThat(SPARK.read().parquet(run.table(step, "scored")).count()).isEqualTo(PROMPTS * GROUP);
            Manifest manifest = run.required(step);
            assertThat(manifest.files())
                    .anySatisfy(file -> assertThat(file.path()).startsWith("sampled-0/"));
            assertThat(manifest.files())
                    .anySatisfy(file -> assertThat(file.path()).startsWith("rollouts/"));
        }
    }

    @Test
    void aStepThatIsMadeAgainIsTheSame(@TempDir Path other) throws IOException {
        Path copy = TinyWorld.copy(world.run(), other.resolve("run"));
        Files.delete(copy.resolve("step-000003/manifest.json"));
        Files.delete(copy.resolve("step-000004/manifest.json"));
        String[] settings = Arrays.copyOf(SETTINGS, SETTINGS.length + 1);
        settings[SETTINGS.length] = "paths.run=" + copy;
        new TrainJob(true).run(SPARK, world.configuration(settings));
        for (String file : List.of("policy/model.safetensors", "optimizer/optimizer.safetensors")) {
            assertThat(copy.resolve("step-000004").resolve(file))
                    .hasSameBinaryContentAs(world.run().resolve("step-000004").resolve(file));
        }
        assertThat(folder(copy).required(4).cursor())
                .isEqualTo(folder(world.run()).required(4).cursor());
        assertThat(learnt(folder(copy), 4)).isEqualTo(learnt(folder(world.run()), 4));
    }

    @Test
    void aRunIsNotGoneOnWithWithOtherRounds() {
        String[] settings = SETTINGS.clone();
        settings[SETTINGS.length - 1] = "train.dynamicSampling=0";
        Configuration changed = world.configuration(settings);
        assertThatThrownBy(() -> new TrainJob(true).run(SPARK, changed))
                .hasMessageContaining("train.dynamicSampling: was 2, is 0");
    }

    /** Returns for each group of a round the difference between its largest and its smallest reward. */
    private static Map<String, Double> spreads(RunFolder run, int step, int round) {
        Map<String, List<Double>> rewards = new TreeMap<>();
        SPARK.read()
                .parquet(run.table(step, "sampled-" + round))
                .collectAsList()
                .forEach(row -> rewards.computeIfAbsent(row.getAs("rowId"), id -> new ArrayList<>())
                        .add(reward(row)));
        Map<String, Double> spreads = new HashMap<>();
        rewards.forEach((id, all) -> {
            assertThat(all).hasSize(GROUP);
            spreads.put(id, Math.abs(all.get(0) - all.get(1)));
        });
        return spreads;
    }

    /** Returns the reward under the world's settings: graded tags without a think block, and the absolute error. */
    private static double reward(Row row) {
        OutputGrammar grammar = OutputGrammar.of(ThinkMode.NONE, 1, 5);
        return new RewardFunction(world.configuration(SETTINGS).get(RewardSettings.class), grammar)
                .of(row.getAs("text"), row.getAs("finish").equals("stop"), row.getAs("truth"))
                .total();
    }

    private static List<String> trainRows() {
        return SPARK.read()
                .parquet(root.resolve("data/examples").toString())
                .where("pool = 'rl'")
                .select("rowId")
                .as(Encoders.STRING())
                .collectAsList();
    }

    private static List<String> learnt(RunFolder run, int step) {
        return SPARK.read()
                .parquet(run.table(step, "rollouts"))
                .select("rowId")
                .distinct()
                .orderBy("rowId")
                .as(Encoders.STRING())
                .collectAsList();
    }

    private static RunFolder folder(Path path) {
        return RunFolder.at(path.toString(), SPARK.sparkContext().hadoopConfiguration());
    }
}
