package io.recthink.spark.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.model.LoraConfig;
import io.recthink.model.ModelSettings;
import io.recthink.model.Projection;
import io.recthink.spark.SparkTest;
import io.recthink.spark.run.Cursor;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.sft.SupervisedRequest.Place;
import io.recthink.spark.sft.SupervisedValidation.Criterion;
import io.recthink.spark.sft.SupervisedValidation.HeldOutShare;
import io.recthink.spark.sft.SupervisedValidation.HeldOutTable;
import io.recthink.spark.sft.SupervisedValidation.Measure;
import io.recthink.spark.table.Instructions;
import io.recthink.spark.table.TeacherUsage;
import io.recthink.spark.train.TinyWorld;
import io.recthink.spark.training.Retention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SupervisedRunTest {
    private static final SparkSession SPARK = SparkTest.spark();

    @TempDir
    private static Path root;

    private static TinyWorld world;

    @BeforeAll
    static void makeWorld() {
        world = TinyWorld.create(SPARK, root);
    }

    @Test
    void theLossOfHeldOutRowsStopsTheRunAndItsBestPolicyIsGivenOn() throws IOException {
        List<Row> learnt = answers("<rate>1</rate>");
        Instructions other = table(answers("<rate>5</rate>"), "held-out table");
        SupervisedValidation validation = new SupervisedValidation(new HeldOutTable(other), 2, 2);

        SupervisedResult result = run("overfits", learnt, settings(new Length.Steps(80)), validation, false);

        RunFolder run = folder("overfits");
        assertThat(result.stopped().orElseThrow())
                .startsWith("no policy was better than the policy of step " + result.chosen() + " (eval/loss ")
                .endsWith(" in 2 validations");
        assertThat(result.chosen()).as("what both tables have is learnt first").isPositive();
        assertThat(result.steps()).isEqualTo(result.chosen() + 4).isLessThan(80);
        assertThat(result.policy()).isEqualTo(run.policy(run.required(result.chosen())));
        assertThat(loss(run, result.chosen())).isLessThan(loss(run, 0)).isLessThan(loss(run, result.steps()));
        assertThat(run.stop().orElseThrow().reason()).isEqualTo(result.stopped().orElseThrow());

        assertThat(run("overfits", learnt, settings(new Length.Steps(80)), validation, true))
                .as("the next attempt of a scheduler")
                .isEqualTo(result);
        Files.delete(root.resolve("overfits/step-%06d/manifest.json".formatted(result.steps())));
        assertThat(run("overfits", learnt, settings(new Length.Steps(80)), validation, true))
                .as("resumed before its last step")
                .isEqualTo(result);
        assertThat(run("overfits", learnt, settings(new Length.Steps(80)), patient(validation, 3), true)
                        .steps())
                .as("with more patience")
                .isGreaterThan(result.steps());
    }

    private static double loss(RunFolder run, int step) {
        return run.metrics(step).orElseThrow().get("eval/loss").asDouble();
    }

    private static SupervisedValidation patient(SupervisedValidation validation, int patience) {
        return new SupervisedValidation(validation.criterion(), validation.every(), patience);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNumberOfTheCallerStopsTheRun(boolean larger) {
        Criterion hill = new Measure("hill", policy -> (larger ? -1 : 1) * Math.abs(policy.number() - 6), larger);
        String name = "hill-" + larger;

        SupervisedResult result =
                run(name, answers("1"), settings(new Length.Steps(30)), new SupervisedValidation(hill, 2, 3), false);

        assertThat(result.chosen()).isEqualTo(6);
        assertThat(result.steps()).isEqualTo(12);
        assertThat(folder(name).metrics(4).orElseThrow().get("eval/hill").asDouble())
                .isEqualTo(larger ? -2 : 2);
        assertThat(root.resolve(name + "/step-000006/policy")).exists();
        assertThat(root.resolve(name + "/step-000004/policy")).doesNotExist();
    }

    @Test
    void aNumberThatIsNoneIsRefused() {
        Criterion broken = new Measure("broken", policy -> Double.NaN, true);
        assertThatThrownBy(() -> run(
                        "broken",
                        answers("1"),
                        settings(new Length.Steps(2)),
                        new SupervisedValidation(broken, 2, 0),
                        false))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("broken of a policy is NaN on validation");
    }

    @Test
    void aShareOfTheRowsIsHeldOut() {
        SupervisedResult result = run(
                "share",
                answers("1"),
                settings(new Length.Epochs(2)),
                new SupervisedValidation(new HeldOutShare(0.4), 2, 0),
                false);

        List<Row> learnt = answers("1").stream()
                .filter(row -> !HeldOut.holds(row.getString(0), 0.4))
                .toList();
        assertThat(learnt).hasSizeBetween(4, 11);
        assertThat(result.steps()).isEqualTo(2 * (learnt.size() / 4));
        run("share-alone", learnt, settings(new Length.Epochs(2)), SupervisedValidation.NONE, false);
        assertThat(policy("share", result.steps()))
                .as("what is held out is not learnt")
                .isEqualTo(policy("share-alone", result.steps()));
        assertThat(loss(folder("share"), 0)).isPositive();
    }

    @Test
    void rowsOfOneExampleAreHeldOutTogetherWhereverTheyStand() {
        List<String> keys = IntStream.range(0, 2000).mapToObj(i -> "row-" + i).toList();
        long held = keys.stream().filter(key -> HeldOut.holds(key, 0.25)).count();
        assertThat(held).isBetween(420L, 580L);
        assertThat(keys).allMatch(key -> HeldOut.holds(key + ":a", 0.25) == HeldOut.holds(key + ":b", 0.25));
        assertThat(keys).filteredOn(key -> HeldOut.holds(key, 0.1)).allMatch(key -> HeldOut.holds(key, 0.25));
    }

    @Test
    void aRowOfWeightZeroChangesNothing() {
        List<Row> more = new ArrayList<>(answers("1"));
        more.add(row("ignored", "3", "5", 0.0));
        run("without", answers("1"), settings(new Length.Steps(4)), SupervisedValidation.NONE, false);
        run("with", more, settings(new Length.Steps(4)), SupervisedValidation.NONE, false);
        assertThat(policy("with", 4)).isEqualTo(policy("without", 4));
    }

    @Test
    void weightsCountAgainstEachOther() {
        List<Row> half = answers("1").stream()
                .map(row -> RowFactory.create(row.get(0), row.get(1), row.get(2), 0.5))
                .toList();
        // Three of the fifteen rows do not fit the steps of an epoch.
        List<Row> heavy = IntStream.range(0, 15)
                .mapToObj(i -> row("row-" + i, question(i), "1", i < 4 ? 8.0 : 1.0))
                .toList();
        run("ones", answers("1"), settings(new Length.Epochs(1)), SupervisedValidation.NONE, false);
        run("halves", half, settings(new Length.Epochs(1)), SupervisedValidation.NONE, false);
        run("heavy", heavy, settings(new Length.Epochs(1)), SupervisedValidation.NONE, false);
        assertThat(policy("halves", 3)).isEqualTo(policy("ones", 3));
        assertThat(policy("heavy", 3)).isNotEqualTo(policy("ones", 3));
    }

    @Test
    void epochsEndTheRun() {
        SupervisedResult result = run(
                "epochs",
                answers("1").subList(0, 10),
                settings(new Length.Epochs(3)),
                SupervisedValidation.NONE,
                false);
        assertThat(result.steps()).isEqualTo(3 * 2);
        assertThat(result.chosen()).isEqualTo(6);
        assertThat(folder("epochs")
                        .metrics(6)
                        .orElseThrow()
                        .get("teacher_tokens")
                        .asLong())
                .isEqualTo(40);
        assertThat(folder("epochs").newest().map(Manifest::cursor)).hasValue(new Cursor(2, 8));
        assertThat(folder("epochs").metrics(6).orElseThrow().get("num_samples").asLong())
                .isEqualTo(10);
    }

    @Test
    void anAdapterOfItsOwnRankIsLearnt() {
        SupervisedSettings settings =
                settings(new Length.Steps(2), Optional.of(new LoraConfig(3, 6, false, Set.of(Projection.QUERY))));
        run("adapter", answers("1"), settings, SupervisedValidation.NONE, false);
        assertThat(root.resolve("adapter/step-000002/policy/adapter_config.json"))
                .content()
                .contains("\"r\" : 3");
    }

    @Test
    void otherSettingsAreRefusedAndTheKeyOfTheFolderIsNamed() {
        run("fixed", answers("1"), settings(new Length.Steps(2)), SupervisedValidation.NONE, false);
        assertThatThrownBy(() ->
                        run("fixed", answers("1"), settings(new Length.Steps(3)), SupervisedValidation.NONE, true))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("tiny.sft.steps: was 2, is 3")
                .hasMessageEndingWith("choose another folder for the run (paths.tiny).");
        assertThatThrownBy(() ->
                        run("fixed", answers("2"), settings(new Length.Steps(2)), SupervisedValidation.NONE, true))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("data: was ");
    }

    @Test
    void rowsThatCannotBeLearntAreRefusedBeforeTheRunBegins() {
        Row good = answers("1").get(0);
        assertRefused(List.of(good, good), "The tiny table has the key row-0 twice.");
        assertRefused(List.of(row("light", "1", "2", -1.0)), "The tiny table: light has the weight -1.0.");
        assertRefused(
                List.of(row("long", "1", "2".repeat(300), 1.0)),
                "the prompt of long has 6 tokens and its completion 301");
        assertThatThrownBy(() -> table(answers("1"), "tiny table", "key", "messages"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("The tiny table has no column completion, but key, messages.");
        assertThatThrownBy(() -> run(
                        "none",
                        answers("1"),
                        settings(new Length.Steps(2)),
                        new SupervisedValidation(new HeldOutShare(1e-9), 2, 0),
                        false))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(
                        "tiny.sft.validation.share 1.0E-9 selects no validation row among the 15 rows of the tiny"
                                + " table");
        assertThatThrownBy(() -> run(
                        "none",
                        answers("1"),
                        settings(new Length.Steps(2)),
                        new SupervisedValidation(new HeldOutShare(0.4), 3, 0),
                        false))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("must be a multiple of tiny.sft.saveEvery 2 (were 3)");
        assertThat(root.resolve("none")).doesNotExist();
    }

    private static void assertRefused(List<Row> rows, String message) {
        assertThatThrownBy(() -> run("none", rows, settings(new Length.Steps(2)), SupervisedValidation.NONE, false))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }

    /** Fifteen prompts of two digits, all with the same answer. */
    private static List<Row> answers(String answer) {
        return IntStream.range(0, 15)
                .mapToObj(i -> row("row-" + i, question(i), answer, 1.0))
                .toList();
    }

    private static String question(int i) {
        return (1 + i % 5) + "" + (1 + i / 5);
    }

    private static Row row(String key, String question, String answer, double weight) {
        return RowFactory.create(key, new Row[] {RowFactory.create("user", question)}, answer, weight);
    }

    private static Instructions table(List<Row> rows, String name, String... columns) {
        var table = SPARK.createDataFrame(rows, Instructions.SCHEMA);
        return Instructions.of(columns.length == 0 ? table : table.selectExpr(columns), name, new TeacherUsage(3, 40));
    }

    private static SupervisedSettings settings(Length length) {
        return settings(length, Optional.empty());
    }

    private static SupervisedSettings settings(Length length, Optional<LoraConfig> lora) {
        Configuration configuration =
                world.configuration("sft.optimizer.learningRate=0.02", "sft.optimizer.warmupSteps=0");
        return new SupervisedSettings(
                7,
                length,
                4,
                2,
                2,
                2,
                Retention.newest(2),
                configuration.get(SftSettings.class).optimizer(),
                configuration.get(ModelSettings.class),
                lora,
                Map.of());
    }

    private static SupervisedResult run(
            String name, List<Row> rows, SupervisedSettings settings, SupervisedValidation validation, boolean resume) {
        return SupervisedRun.of(
                SPARK,
                SupervisedRequest.of(
                        new Place("tiny.sft", "paths.tiny", root.resolve(name).toString(), resume),
                        settings.start(
                                root.resolve("model").toString(),
                                SPARK.sparkContext().hadoopConfiguration()),
                        table(rows, "tiny table"),
                        settings,
                        validation));
    }

    private static String policy(String name, int step) {
        return folder(name).required(step).policyVersion().sha256();
    }

    private static RunFolder folder(String name) {
        return RunFolder.at(root.resolve(name).toString(), SPARK.sparkContext().hadoopConfiguration());
    }
}
