package io.recthink.spark.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.ConfigurationReader;
import io.recthink.metric.Referee;
import io.recthink.spark.SparkTest;
import io.recthink.spark.table.ExampleRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareJobTest {
    private static Referee referee;

    @TempDir
    static Path root;

    @BeforeAll
    static void writeData() throws IOException {
        referee = Referee.read();
        ExampleRows examples = new ExampleRows();
        for (int row = 0; row < 300; row++) {
            JsonNode shown = referee.at("trivial/shown/" + row);
            examples.add(
                    "row-" + row,
                    row < 200 ? "train" : "test",
                    "user " + referee.at("trivial/user/" + row).asInt(),
                    "item " + referee.at("trivial/item/" + row).asInt(),
                    referee.at("truth/" + row).asDouble(),
                    optional(shown.get(0)),
                    optional(shown.get(1)),
                    shown.get(2).asLong(),
                    shown.get(3).asLong());
        }
        examples.write(root.resolve("data"));
    }

    @Test
    void trivialRowsComeFirstAndAreThoseOfNumpy() {
        Comparison comparison = compare("none");
        assertThat(comparison.rows())
                .extracting(row -> row.key().system())
                .containsExactlyElementsOf(TrivialPredictors.SYSTEMS);
        for (ComparisonRow row : comparison.rows()) {
            String system = row.key().system();
            assertThat(row.mae())
                    .as(system)
                    .isCloseTo(referee.at("trivial/mae/" + system).asDouble(), within(1e-8));
            assertThat(row.rmse())
                    .as(system)
                    .isCloseTo(referee.at("trivial/rmse/" + system).asDouble(), within(1e-8));
            // New users and items are among the rows; none is left out.
            assertThat(row.rows()).isEqualTo(100);
            assertThat(row.failed()).isZero();
        }
        assertThat(comparison.notes().get(0)).startsWith("tests: 100 rows (test, all rows) of ");
    }

    @Test
    void failedRowsCountWithTheirFallbackAndAreNeitherHitsNorDropped() {
        // Right everywhere but for 25 failures that hold the fallback 3.
        PredictionRows policy = new PredictionRows("policy");
        double failedError = 0;
        for (int row = 200; row < 300; row++) {
            double truth = referee.at("truth/" + row).asDouble();
            boolean failed = row % 4 == 0;
            failedError += failed ? Math.abs(3 - truth) : 0;
            policy.add("row-" + row, failed ? 3 : truth, failed);
        }
        policy.write(root.resolve("failures"), 2);
        Comparison comparison = compare("failures", "compare.focus=policy");
        ComparisonRow row = comparison.rows().get(comparison.rows().size() - 1);
        assertThat(row.key()).isEqualTo(new SystemKey("policy", "greedy", 7));
        assertThat(row.rows()).isEqualTo(100);
        assertThat(row.failed()).isEqualTo(25);
        assertThat(row.mae()).isCloseTo(failedError / 100, within(1e-12));
        assertThat(row.parsedMae()).hasValue(0);
        double bias = referee.at("trivial/mae/bias").asDouble();
        assertThat(row.difference()).isCloseTo(row.mae() - bias, within(1e-8));
        assertThat(row.differenceInterval().low()).isLessThan(row.difference());
        assertThat(row.differenceInterval().high())
                .isGreaterThan(row.difference())
                .isNegative();
        assertThat(row.beatsPromptMeans()).isTrue();
        assertThat(comparison.focus()).contains(row.key());
        assertThat(comparison.focusRows())
                .hasSize(TrivialPredictors.SYSTEMS.size())
                .allSatisfy(other -> assertThat(other.difference()).isNegative());
    }

    @Test
    void theSamePredictionsGiveTheSameBytesHoweverTheyArePartitioned() throws IOException {
        List<String> first = files("bytes-1", 1);
        assertThat(files("bytes-5", 5)).isEqualTo(first);
        assertThat(first.get(0)).contains("\nmf,greedy,7,false,100,0,");
        assertThat(first.get(1)).contains("| mf ");
    }

    @Test
    void aReferenceThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> compare("none", "compare.reference=grpo"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("compare.reference: there is no system grpo; the table has [constant-median,");
    }

    private static List<String> files(String predictions, int partitions) throws IOException {
        PredictionRows rows = new PredictionRows("mf");
        for (int row = 200; row < 300; row++) {
            rows.add("row-" + row, referee.at("yhat/1/" + row).asDouble());
        }
        rows.write(root.resolve(predictions), partitions);
        Configuration configuration =
                configuration(predictions, "paths.table=table-" + predictions, "compare.focus=mf");
        new CompareJob().run(SparkTest.spark(), configuration);
        Path table = root.resolve("table-" + predictions);
        return List.of(
                Files.readString(table.resolve("comparison.csv")),
                Files.readString(table.resolve("comparison.md")),
                Files.readString(table.resolve("focus.csv")));
    }

    private static Comparison compare(String predictions, String... settings) {
        return CompareJob.compare(SparkTest.spark(), configuration(predictions, settings));
    }

    private static Configuration configuration(String predictions, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("paths.root=" + root);
        all.add("paths.predictions=" + predictions);
        all.add("compare.resamples=200");
        return ConfigurationReader.read("test", "", all);
    }

    private static Double optional(JsonNode number) {
        return number.isNull() ? null : number.asDouble();
    }
}
