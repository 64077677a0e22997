package io.recthink.spark.coldstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.model.ModelFolder;
import io.recthink.model.ModelTokenizer;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.table.TeacherUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ColdStartJobTest {
    private final SparkSession spark = SparkTest.spark();

    @Test
    void writesOneTraceARowOfThePoolUpToTheLimit(@TempDir Path root) throws IOException {
        prepare(root, 5, 3.0);
        new ColdStartJob().run(spark, configuration(root, "coldStart.traces=3"));
        List<Row> traces =
                spark.read().parquet(root + "/traces").orderBy("rowId").collectAsList();
        assertThat(traces.stream().map(row -> row.<String>getAs("rowId"))).containsExactly("row-0", "row-1", "row-2");
        assertThat(traces).allSatisfy(row -> {
            assertThat(row.<String>getAs("completion")).contains("<analyze user>");
            assertThat(row.<String>getAs("teacher")).isEqualTo("rule");
        });
    }

    @Test
    void theListOfFilesSaysWhatATeacherModelWasAsked(@TempDir Path root) throws IOException {
        prepare(root, 5, 3.0);
        new ColdStartJob().run(spark, configuration(root));
        org.apache.hadoop.conf.Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        Path list = root.resolve("traces/_files.json");
        assertThat(Files.readString(list)).contains("\"teacherCalls\" : 0", "\"teacherTokens\" : 0");
        assertThat(TeacherUsage.ofTables("paths.traces", root + "/traces", hadoop))
                .isEqualTo(TeacherUsage.NONE);
        Files.writeString(
                list,
                Files.readString(list)
                        .replace("\"teacherCalls\" : 0", "\"teacherCalls\" : 7")
                        .replace("\"teacherTokens\" : 0", "\"teacherTokens\" : 900"));
        assertThat(TeacherUsage.ofTables("paths.traces", root + "/trace*", hadoop))
                .isEqualTo(new TeacherUsage(7, 900));
    }

    @Test
    void withTheTeachersRatingsAnotherTruthGivesTheSameTraces(@TempDir Path low, @TempDir Path high)
            throws IOException {
        prepare(low, 5, 1.0);
        prepare(high, 5, 5.0);
        new ColdStartJob().run(spark, configuration(low, "coldStart.ratings=teacher"));
        new ColdStartJob().run(spark, configuration(high, "coldStart.ratings=teacher"));
        assertThat(spark.read().parquet(low + "/traces").orderBy("rowId").collectAsList())
                .isEqualTo(
                        spark.read().parquet(high + "/traces").orderBy("rowId").collectAsList())
                .hasSize(5);
    }

    @Test
    void tracesThatTheRewardWouldCallMalformedAreDropped(@TempDir Path root) throws IOException {
        prepare(root, 5, 3.0);
        String printed = Printed.by(
                () -> assertThatThrownBy(() -> new ColdStartJob().run(spark, configuration(root, "reward.minWords=10")))
                        .isInstanceOf(InvalidInputException.class)
                        .hasMessageContaining("None of the 5 rows has a usable answer of the teacher rule")
                        .hasMessageContaining("reward.minWords"));
        assertThat(printed)
                .contains("recone.trace, truth 3: 0 usable, 5 a block with fewer than reward.minWords words");
    }

    @Test
    void aTraceEndsInTheTrueRatingOrIsRationalisedOrDropped(@TempDir Path root) throws IOException {
        prepare(root, 5, 1.0);
        String printed = Printed.by(() -> new ColdStartJob().run(spark, configuration(root, "paths.traces=both")));
        assertThat(printed).contains("truth 1: 5 rows, 5 rationalised, 0 dropped", "0 usable, 5 another rating");
        assertThat(printed).contains("WARNING: no row of the pool has the true rating 2, 3, 4, 5");
        assertThat(spark.read()
                        .parquet(root + "/both")
                        .select("rating")
                        .distinct()
                        .collectAsList())
                .containsExactly(RowFactory.create(1.0));
        prepare(root.resolve("second"), 5, 5.0);
        Configuration aligned =
                configuration(root.resolve("second"), "coldStart.rationalise=false", "teacher.rule.spread=0");
        assertThat(Printed.by(() -> new ColdStartJob().run(spark, aligned)))
                .contains("truth 5: 5 rows, 5 aligned, 0 dropped");
    }

    @Test
    void anEmptyPoolIsRefused(@TempDir Path root) throws IOException {
        prepare(root, 0, 3.0);
        assertThatThrownBy(() -> new ColdStartJob().run(spark, configuration(root)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("prepare.pools.coldStart");
    }

    @Test
    void theSmallModelKnowsTheWordsOfPromptsAndTraces(@TempDir Path root) throws IOException {
        prepare(root, 5, 3.0);
        Configuration configuration = configuration(root, "initModel.layers=1", "initModel.maxVocabulary=64");
        new ColdStartJob().run(spark, configuration);
        new InitModelJob().run(spark, configuration);
        try (ModelFolder model = ModelFolder.open(root.resolve("model"))) {
            ModelTokenizer tokenizer = model.tokenizer();
            assertThat(model.config().vocabularySize()).isEqualTo(tokenizer.vocabularySize());
            assertThat(model.config().endTokens())
                    .containsExactly(tokenizer.encode("<|end|>")[0])
                    .hasSize(1);
            String text = "history 4 great strap . target : strap lamp <rate> 5 </rate> [pos]";
            assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
            assertThat(model.chatTemplate()).isNotNull();
        }
        assertThatThrownBy(() -> new InitModelJob().run(spark, configuration)).hasMessageContaining("already exists");
    }

    @Test
    void withoutTracesThereIsNoModel(@TempDir Path root) throws IOException {
        prepare(root, 2, 3.0);
        assertThatThrownBy(() -> new InitModelJob().run(spark, configuration(root)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("run `recthink cold-start` first");
    }

    @Test
    void aModelThatWouldBeTooShortIsNotMade(@TempDir Path root) throws IOException {
        prepare(root, 2, 3.0);
        new ColdStartJob().run(spark, configuration(root));
        assertThatThrownBy(() -> new InitModelJob().run(spark, configuration(root, "initModel.maxPositions=399")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "initModel.maxPositions 399 is too small for prompt.maxTokens 300 + rollout.maxTokens 100: sft and train would refuse the model. Set initModel.maxPositions=400 or more, or prompt.maxTokens=299 or less.");
        assertThatThrownBy(() -> new InitModelJob()
                        .run(spark, configuration(root, "initModel.maxPositions=310", "rollout.maxTokens=8")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("+ rollout.maxTokens 8 (the longest trace has ");
        assertThat(root.resolve("model")).doesNotExist();
        new InitModelJob().run(spark, configuration(root, "initModel.maxPositions=400"));
        assertThat(root.resolve("model")).exists();
    }

    @Test
    void aFullVocabularyKeepsTheMostFrequentWords() {
        List<String> texts = List.of("b a b", "c b c a", "d <rate> 3");
        assertThat(InitModelJob.vocabulary(spark.createDataset(texts, org.apache.spark.sql.Encoders.STRING()), 4))
                .containsExactly("b", "a", "c", "3");
    }

    private static Configuration configuration(Path root, String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "paths.root=" + root,
                "teacher.rule.detail=terse",
                "reward.minWords=0",
                "prompt.maxTokens=300",
                "rollout.maxTokens=100",
                "prompt.user='history {history} target: {target_item}'",
                "prompt.historyItem='{stars} {review}'",
                "prompt.targetItem='{title} {categories} 5'",
                "prompt.system=' '"));
        all.addAll(List.of(settings));
        return JobSettings.SECTIONS.read("test", "", all);
    }

    private void prepare(Path root, int rows, double truth) throws IOException {
        List<Row> examples = new ArrayList<>();
        for (int i = 0; i < rows + 2; i++) {
            examples.add(ColdStartData.example(
                    "row-" + i,
                    "user-" + i,
                    truth,
                    i < rows ? "coldStart" : "rl",
                    ColdStartData.target("lamp", "strap"),
                    ColdStartData.past(4.0, "great strap.")));
        }
        ColdStartData.write(spark, root, examples);
    }
}
