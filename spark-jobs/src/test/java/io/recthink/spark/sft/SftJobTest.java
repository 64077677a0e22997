package io.recthink.spark.sft;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.spark.SparkTest;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.table.RowId;
import io.recthink.spark.table.Tables;
import io.recthink.spark.train.TinyWorld;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SftJobTest {
    private static final SparkSession SPARK = SparkTest.spark();
    private static final String[] SETTINGS = {
        "sft.steps=30", "sft.saveEvery=10", "sft.optimizer.learningRate=0.02", "sft.optimizer.warmupSteps=2"
    };

    @TempDir
    private static Path root;

    private static TinyWorld world;

    @BeforeAll
    static void warmStart() {
        world = TinyWorld.create(SPARK, root);
        new SftJob(false).run(SPARK, world.configuration(SETTINGS));
    }

    @Test
    void theModelLearnsTheTraces() {
        RunFolder run = folder();
        double before = run.metrics(10).orElseThrow().get("loss").asDouble();
        double after = run.metrics(30).orElseThrow().get("loss").asDouble();
        assertThat(after).isLessThan(0.7 * before);
    }

    @Test
    void onlySavedStepsStay() {
        assertThat(folder().manifests()).extracting(Manifest::step).containsExactly(0, 10, 20, 30);
        assertThat(root.resolve("warm-start/step-000029")).doesNotExist();
        assertThat(root.resolve("warm-start/step-000010/policy")).doesNotExist();
        assertThat(root.resolve("warm-start/step-000020/policy")).exists();
    }

    @Test
    void aStoppedWarmStartEndsAsIfItHadNeverStopped() throws Exception {
        Path last = root.resolve("warm-start/step-000030");
        byte[] policy = Files.readAllBytes(last.resolve("policy/model.safetensors"));
        byte[] optimizer = Files.readAllBytes(last.resolve("optimizer/optimizer.safetensors"));
        Files.delete(last.resolve("manifest.json"));
        Files.createDirectories(root.resolve("warm-start/step-000025/policy"));
        new SftJob(true).run(SPARK, world.configuration(SETTINGS));
        assertThat(last.resolve("policy/model.safetensors")).hasBinaryContent(policy);
        assertThat(last.resolve("optimizer/optimizer.safetensors")).hasBinaryContent(optimizer);
        assertThat(root.resolve("warm-start/step-000025")).doesNotExist();
    }

    @Test
    void tracesThatDoNotFitTheModelsContextAreRefusedBeforeTheRunBegins(@TempDir Path other) {
        String rowId = RowId.of("tiny", "user-0", "item-0", 1_000_000);
        String completion = "<rate>" + "5".repeat(245) + "</rate>";
        SPARK.createDataFrame(List.of(RowFactory.create(rowId, completion, 5.0, "rule", "as-rated")), Tables.TRACES)
                .write()
                .parquet(other + "/traces");
        assertThatThrownBy(() -> new SftJob(false)
                        .run(
                                SPARK,
                                world.configuration(
                                        "paths.traces=" + other + "/traces",
                                        "paths.warmStart=" + other + "/run",
                                        "sft.batchSize=1",
                                        "sft.microBatch=1")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "paths.traces: the prompt of row %s has 15 tokens (prompt.maxTokens is 200) and its trace 248, which do not fit the model's context of 256 tokens. Set prompt.maxTokens=8 or less, or shorten the traces (teacher.rule.detail=terse), or take a model with a longer context (initModel.maxPositions, where init-model makes it)."
                                .formatted(rowId));
        assertThat(other.resolve("run")).doesNotExist();
    }

    @Test
    void theRunEndsWhenThePolicyWritesTheForm(@TempDir Path other) {
        SPARK.read()
                .parquet(root + "/traces")
                .withColumn("completion", regexp_replace(col("completion"), "[.]0", "")) // the model knows no dot
                .write()
                .parquet(other + "/traces");
        List<String> settings = new ArrayList<>(List.of(SETTINGS));
        settings.addAll(List.of(
                "paths.traces=" + other + "/traces",
                "paths.warmStart=" + other + "/run",
                "sft.steps=60",
                "sft.form={stopAt: 0.5, every: 10, prompts: 6, samples: 4}"));
        new SftJob(false).run(SPARK, world.configuration(settings.toArray(String[]::new)));
        RunFolder run = RunFolder.at(other + "/run", new Configuration());
        int last = run.newest().orElseThrow().step();
        assertThat(last).isLessThan(60);
        assertThat(formatRate(run, last)).isGreaterThanOrEqualTo(0.5);
        for (int step = 10; step < last; step += 10) {
            assertThat(formatRate(run, step)).isLessThan(0.5);
        }
        assertThat(run.metrics(last).orElseThrow().get("eval/rating_std").asDouble())
                .isPositive();
        assertThat(run.stop().orElseThrow().reason()).contains("at least sft.form.stopAt 0.5");
        new SftJob(true).run(SPARK, world.configuration(settings.toArray(String[]::new)));
        assertThat(run.newest().orElseThrow().step()).isEqualTo(last);
        settings.add("sft.form.stopAt=0.99999");
        new SftJob(true).run(SPARK, world.configuration(settings.toArray(String[]::new)));
        assertThat(run.newest().orElseThrow().step()).isGreaterThan(last);
    }

    private static double formatRate(RunFolder run, int step) {
        return run.metrics(step).orElseThrow().get("eval/format_rate").asDouble();
    }

    @Test
    void missingTracesNameTheCommandThatWritesThem() {
        assertThatThrownBy(() -> new SftJob(false)
                        .run(SPARK, world.configuration("paths.traces=none", "paths.warmStart=no-traces")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("paths.traces: ")
                .hasMessageContaining("/none does not exist. Run `recthink cold-start` first");
    }

    @Test
    void answersOfAValidationNeedRoomToo() {
        assertThatThrownBy(() -> new SftJob(false)
                        .run(
                                SPARK,
                                world.configuration(
                                        "paths.warmStart=no-room",
                                        "sft.validationEvery=2",
                                        "sft.saveEvery=2",
                                        "rollout.maxTokens=300")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("rollout.maxTokens 300 do not fit the model's context of ");
        assertThat(root.resolve("no-room")).doesNotExist();
    }

    @Test
    void aScheduleThatDependsOnTheStepsKeepsThem() {
        assertThatThrownBy(() -> new SftJob(true)
                        .run(
                                SPARK,
                                world.configuration(
                                        "sft.steps=40",
                                        "sft.saveEvery=10",
                                        "sft.optimizer.learningRate=0.02",
                                        "sft.optimizer.warmupSteps=2")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("sft.steps: was 30, is 40")
                .hasMessageEndingWith("choose another folder for the run (paths.warmStart).");
    }

    @Test
    void heldOutTracesChooseThePolicyThatIsGivenOn() {
        new SftJob(false)
                .run(
                        SPARK,
                        world.configuration(
                                "paths.warmStart=held-out",
                                "sft.epochs=2",
                                "sft.validation.share=0.25",
                                "sft.validation.every=2",
                                "sft.patience=4",
                                "sft.optimizer.learningRate=0.02"));
        RunFolder run = RunFolder.at(
                root.resolve("held-out").toString(), SPARK.sparkContext().hadoopConfiguration());
        assertThat(run.newest().orElseThrow().step()).as("not sft.steps").isBetween(8, 10);
        assertThat(run.best().step()).isPositive();
        assertThat(run.newest().orElseThrow().best().measured().name()).isEqualTo("eval/loss");
        assertThat(run.metrics(0).orElseThrow().get("eval/loss").asDouble())
                .isGreaterThan(run.metrics(run.best().step())
                        .orElseThrow()
                        .get("eval/loss")
                        .asDouble());
    }

    private static RunFolder folder() {
        return RunFolder.at(
                root.resolve("warm-start").toString(), SPARK.sparkContext().hadoopConfiguration());
    }
}
