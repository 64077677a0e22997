package io.recthink.spark.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.prompt.TraceSummary;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.evaluate.Comparison;
import io.recthink.spark.evaluate.ComparisonRow;
import io.recthink.spark.evaluate.Evaluation;
import io.recthink.spark.evaluate.EvaluationRequest;
import io.recthink.spark.evaluate.ExplainedRow;
import io.recthink.spark.evaluate.PredictionRows;
import io.recthink.spark.evaluate.SystemKey;
import io.recthink.spark.evaluate.TrivialPredictors;
import io.recthink.spark.table.ExampleRows;
import io.recthink.spark.table.PolicyOrigin;
import io.recthink.statistics.Referee;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareJobTest {
    private static Referee referee;

    /** Three systems of the referee, one of them with another read-out and validation predictions, one with two seeds. */
    private static Comparison comparison;

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
        for (int row = 0; row < 200; row++) {
            examples.add(
                    "validation-" + row,
                    "validation",
                    "user v" + row,
                    "item v",
                    referee.at("truth/" + row).asDouble());
        }
        examples.write(root.resolve("data"));

        for (int system = 0; system < 3; system++) {
            predictions("system " + system, system).write(root.resolve("systems"), 2);
        }
        predictions("factors", 1).readout("expectation").write(root.resolve("systems"), 1);
        predictions("grpo", 0).seed(1).write(root.resolve("systems"), "grpo-1");
        predictions("grpo", 1).seed(2).write(root.resolve("systems"), "grpo-2");
        // What was predicted for the train rows stands in for validation rows of the same truths.
        PredictionRows validation = new PredictionRows("factors").readout("expectation");
        for (int row = 0; row < 200; row++) {
            validation.add("validation-" + row, referee.at("yhat/1/" + row).asDouble());
        }
        validation.write(root.resolve("validation"), 3);
        comparison = compare("systems", "paths.validationPredictions=validation");
    }

    @Test
    void trivialRowsComeFirstAndAreThoseOfNumpy() {
        List<ComparisonRow> trivial = comparison.rows().subList(0, TrivialPredictors.KEYS.size());
        assertThat(trivial).extracting(ComparisonRow::key).containsExactlyElementsOf(TrivialPredictors.KEYS);
        for (ComparisonRow row : trivial) {
            String system = row.key().system();
            if (!row.key().equals(SystemKey.of("prompt-means", "median", 0))) {
                assertThat(row.errors().mae())
                        .as(system)
                        .isCloseTo(referee.at("trivial/mae/" + system).asDouble(), within(1e-8));
                assertThat(row.errors().rmse())
                        .as(system)
                        .isCloseTo(referee.at("trivial/rmse/" + system).asDouble(), within(1e-8));
            }
            // New users and items are among the rows; none is left out.
            assertThat(row.rows()).isEqualTo(100);
            assertThat(row.failed()).isZero();
        }
        assertThat(comparison.notes().get(0)).startsWith("tests: 100 rows (test, all rows) of ");
    }

    @Test
    void aSystemThatFailsTooOftenHasNoRankAndNeitherHasItsMap() {
        PredictionRows silent = new PredictionRows("silent");
        PredictionRows validation = new PredictionRows("silent");
        for (int row = 200; row < 300; row++) {
            silent.add("row-" + row, referee.at("truth/" + row).asDouble(), row < 221);
        }
        for (int row = 0; row < 200; row++) {
            validation.add("validation-" + row, referee.at("truth/" + row).asDouble());
        }
        silent.write(root.resolve("silent"), 1);
        predictions("system 1", 1).write(root.resolve("silent"), 1);
        validation.write(root.resolve("silent-validation"), 1);
        Comparison found = compare("silent", "paths.validationPredictions=silent-validation");
        List<ComparisonRow> rows = found.rows().stream()
                .filter(row -> row.key().system().startsWith("silent"))
                .toList();
        assertThat(rows).hasSize(2).allSatisfy(row -> {
            assertThat(row.failed()).isEqualTo(21);
            assertThat(row.unranked()).isTrue();
            assertThat(row.rankByMae()).isEmpty();
            assertThat(row.errors().mae()).isLessThan(0.5);
        });
        assertThat(row(found, "system 1").rankByMae()).hasValue(1);
        assertThat(new ComparisonTables(found).notes())
                .anyMatch(note -> note.startsWith("\u2021 has no rank: it failed on more rows"));
        Comparison accepted =
                compare("silent", "paths.validationPredictions=silent-validation", "validation.maxFailed=0.21");
        assertThat(row(accepted, "silent").rankByMae()).hasValue(1);
    }

    @Test
    void everyColumnIsThatOfScipyAndScikitLearn() {
        for (int system = 0; system < 3; system++) {
            ComparisonRow row = row(comparison, "system " + system);
            JsonNode expected = referee.at("systems/" + system);
            ComparisonRow.Errors errors = row.errors();
            ComparisonRow.Shape shape = row.shape();
            Map<String, Double> found = Map.ofEntries(
                    Map.entry("mae", errors.mae()),
                    Map.entry("rmse", errors.rmse()),
                    Map.entry("maeMacro", errors.macroMae()),
                    Map.entry("maeUser", errors.userMae()),
                    Map.entry("maeRounded", errors.roundedMae()),
                    Map.entry("spearman", shape.spearman()),
                    Map.entry("pairAccuracy", shape.pairAccuracy()),
                    Map.entry("slope", shape.slope()),
                    Map.entry("intercept", shape.intercept()),
                    Map.entry("bias", shape.bias()),
                    Map.entry("varianceRatio", shape.varianceRatio()),
                    Map.entry("integerShare", shape.integerShare()),
                    Map.entry("modalShare", shape.modalShare()));
            assertThat(found.keySet()).hasSize(expected.size());
            found.forEach((name, value) ->
                    assertThat(value).as(name).isCloseTo(expected.get(name).asDouble(), within(1e-10)));
            double constant = referee.at("trivial/mae/constant-median").asDouble();
            assertThat(errors.skillMae()).isCloseTo(1 - errors.mae() / constant, within(1e-10));
            double mean = referee.at("trivial/rmse/global-mean").asDouble();
            assertThat(errors.skillMse()).isCloseTo(1 - errors.rmse() * errors.rmse() / mean / mean, within(1e-8));
        }
    }

    @Test
    void constantsOrderNothing() {
        ComparisonRow.Shape constant = row(comparison, "constant-median").shape();
        assertThat(constant.pairAccuracy()).isEqualTo(0.5);
        assertThat(constant.spearman()).isNaN();
        assertThat(constant.slope()).isNaN();
        assertThat(constant.varianceRatio()).isZero();
        assertThat(constant.modalShare()).isEqualTo(1);
    }

    @Test
    void readoutsAreRankedWhereTheyBelong() {
        assertThat(row(comparison, "system 2").rankByMae()).hasValue(1);
        assertThat(row(comparison, "system 2").rankByRmse()).isEmpty();
        assertThat(row(comparison, "factors").rankByMae()).isEmpty();
        assertThat(row(comparison, "factors").rankByRmse().orElseThrow()).isLessThanOrEqualTo(2);
        // One read-out only: ranked by both.
        assertThat(row(comparison, "constant-mode").rankByMae()).isPresent();
        assertThat(row(comparison, "constant-mode").rankByRmse()).isPresent();
    }

    @Test
    void failedRowsHoldTheBiasModelsPredictionWhateverTheTableHolds() {
        // Right everywhere, but that 25 rows say that they have failed and 25 others are no numbers.
        PredictionRows policy = new PredictionRows("policy");
        for (int row = 200; row < 300; row++) {
            double truth = referee.at("truth/" + row).asDouble();
            policy.add("row-" + row, row % 4 == 1 ? Double.NaN : truth, row % 4 == 0);
        }
        policy.write(root.resolve("failures"), 2);
        // Nothing but failures.
        PredictionRows silent = new PredictionRows("silent");
        IntStream.range(200, 300).forEach(row -> silent.add("row-" + row, 1, true));
        silent.write(root.resolve("failures"), 1);
        Comparison failures = compare("failures", "compare.focus=policy");
        ComparisonRow row = row(failures, "policy");
        assertThat(row.key()).isEqualTo(SystemKey.of("policy", "greedy", 7));
        assertThat(row.rows()).isEqualTo(100);
        assertThat(row.failed()).isEqualTo(50);
        assertThat(row.errors().mae()).isPositive();
        // To the last bit: it is the same model.
        assertThat(row(failures, "silent").errors().mae())
                .isEqualTo(row(failures, "bias").errors().mae());
        assertThat(row(failures, "silent").errors().parsedMae()).isEmpty();
        assertThat(row(failures, "silent").errors().crps()).isEmpty();
        assertThat(row.errors().parsedMae()).hasValue(0);
        double bias = referee.at("trivial/mae/bias").asDouble();
        ComparisonRow.Difference difference = row.difference();
        assertThat(difference.mae()).isCloseTo(row.errors().mae() - bias, within(1e-8));
        assertThat(difference.interval().low()).isLessThan(difference.mae());
        assertThat(difference.interval().high()).isGreaterThan(difference.mae()).isNegative();
        // 200 resamples: no smaller p is possible, and Holm multiplies it by the rows that are compared and apart.
        assertThat(difference.pValue()).isCloseTo(2 / 201.0, within(1e-12));
        assertThat(difference.adjusted()).isCloseTo(11 * 2 / 201.0, within(1e-12));
        assertThat(row.beatsPromptMeans()).isTrue();
        assertThat(failures.focus()).contains(row.key());
        assertThat(failures.focusRows())
                .hasSize(TrivialPredictors.KEYS.size() + 1)
                .allSatisfy(other -> assertThat(other.difference()).isNegative());
    }

    @Test
    void severalSeedsOfOneReadoutHaveAMeanAndADeviation() {
        Comparison.SeedRow seeds = comparison.seeds().get(0);
        double first = referee.at("systems/0/mae").asDouble();
        double second = referee.at("systems/1/mae").asDouble();
        assertThat(seeds.seeds()).isEqualTo(2);
        assertThat(seeds.mae()).isCloseTo((first + second) / 2, within(1e-10));
        assertThat(seeds.maeSd()).isCloseTo(Math.abs(first - second) / Math.sqrt(2), within(1e-10));
    }

    @Test
    void isotonicRowsAreFittedOnValidationAlone() {
        ComparisonRow row = row(comparison, "factors +iso");
        double[] expected = referee.numbers("isotonic/means");
        double squares = 0;
        for (int i = 0; i < 100; i++) {
            double error = expected[i] - referee.at("truth/" + (200 + i)).asDouble();
            squares += error * error;
        }
        assertThat(row.errors().rmse()).isCloseTo(Math.sqrt(squares / 100), within(1e-10));
        assertThat(row.kind()).isEqualTo(ComparisonRow.Kind.ISOTONIC);
        assertThat(row.rankByMae()).isEmpty();
        assertThat(comparison.notes()).contains("Monotone maps are fitted on 200 validation rows (factors +iso).");
    }

    @Test
    void slicesHaveCountsAndOnlyLargeOnesScores() {
        Map<String, Long> sizes = comparison.slices().stream()
                .filter(slice -> slice.group().equals("true rating"))
                .collect(Collectors.toMap(Comparison.SliceRow::name, Comparison.SliceRow::rows));
        assertThat(sizes.values().stream().mapToLong(n -> n).sum()).isEqualTo(100);
        long fives = IntStream.range(200, 300)
                .filter(row -> referee.at("truth/" + row).asInt() == 5)
                .count();
        assertThat(sizes).containsEntry("5", fives);
        assertThat(comparison.slices()).allSatisfy(slice -> assertThat(slice.scores())
                .hasSize(slice.rows() < 50 ? 0 : comparison.rows().size()));
        Comparison.SliceRow unknown = comparison.slices().stream()
                .filter(slice -> slice.name().equals("of user and item known"))
                .findFirst()
                .orElseThrow();
        assertThat(unknown.scores().get(0).interval().low())
                .isLessThan(unknown.scores().get(0).mae());
    }

    @Test
    void tenthsOfThePredictionsCoverAllRows() {
        List<Comparison.CalibrationBin> bins = comparison.calibration().stream()
                .filter(bin -> bin.key().system().equals("system 1"))
                .toList();
        assertThat(bins)
                .hasSizeGreaterThan(6)
                .extracting(Comparison.CalibrationBin::prediction)
                .isSorted();
        assertThat(bins.stream().mapToLong(Comparison.CalibrationBin::rows).sum())
                .isEqualTo(100);
        double truths =
                bins.stream().mapToDouble(bin -> bin.truth() * bin.rows()).sum();
        double expected = IntStream.range(200, 300)
                .mapToDouble(row -> referee.at("truth/" + row).asDouble())
                .sum();
        assertThat(truths).isCloseTo(expected, within(1e-8));
    }

    @Test
    void unequalRowsAreScoredWhereTheyMeetOnlyWhenAsked() {
        predictions("full", 0).write(root.resolve("unequal"), 1);
        PredictionRows part = new PredictionRows("part");
        for (int row = 230; row < 300; row++) {
            part.add("row-" + row, 3);
        }
        part.write(root.resolve("unequal"), 1);
        assertThatThrownBy(() -> compare("unequal"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("30 are missing")
                .hasMessageContaining("--intersect");
        Comparison shared = compare("unequal", "compare.intersect=true");
        assertThat(shared.rows()).allSatisfy(row -> assertThat(row.rows()).isEqualTo(70));
        assertThat(shared.notes()).contains("30 rows are left out because at least one system has not predicted them.");
    }

    @Test
    void theSamePredictionsGiveTheSameBytesHoweverTheyArePartitioned() throws IOException {
        List<String> first = files("bytes-1", 1);
        assertThat(files("bytes-5", 5)).isEqualTo(first);
        assertThat(first.get(0)).contains("\nmf,greedy,7,saved,100,0,");
        assertThat(first.get(1)).contains("| mf ");
    }

    @Test
    void failedValidationRowsAreFilledToo() {
        predictions("mf", 1).write(root.resolve("filled"), 1);
        PredictionRows good = new PredictionRows("mf");
        PredictionRows none = new PredictionRows("mf");
        for (int row = 0; row < 200; row++) {
            double yhat = referee.at("yhat/1/" + row).asDouble();
            good.add("validation-" + row, yhat);
            // Its own answers would turn the map round.
            none.add("validation-" + row, 6 - yhat, true);
        }
        good.write(root.resolve("filled-good"), "mf");
        none.write(root.resolve("filled-none"), "mf");
        double fitted = row(compare("filled", "paths.validationPredictions=filled-good"), "mf +iso")
                .errors()
                .mae();
        ComparisonRow constant = row(compare("filled", "paths.validationPredictions=filled-none"), "mf +iso");
        // All validation rows have the same user bias and item: one prediction, and so a constant map.
        assertThat(constant.shape().modalShare()).isEqualTo(1);
        assertThat(fitted).isLessThan(constant.errors().mae());
    }

    @Test
    void predictionsAreRoundedToTheRatingsThatTheScaleHas() throws IOException {
        ExampleRows halves = new ExampleRows();
        PredictionRows rows = new PredictionRows("thirds");
        for (int row = 0; row < 30; row++) {
            halves.add("row-" + row, row < 10 ? "train" : "test", "user " + row % 3, "item", 1 + row % 9 / 2.0);
            if (row >= 10) {
                rows.add("row-" + row, 1 + row % 9 / 2.0 + (row % 2 == 0 ? 0.2 : -0.2));
            }
        }
        halves.write(root.resolve("halves"));
        rows.add("row-0", 99); // not scored
        rows.write(root.resolve("thirds"), 1);
        ComparisonRow.Errors errors = row(compare("thirds", "paths.data=halves", "compare.clip=true"), "thirds")
                .errors();
        assertThat(errors.roundedMae()).isZero();
    }

    @Test
    void aSystemThatNobodyHasPredictedIsSaidAndWhereItWasLookedFor() throws IOException {
        predictions("here", 1).write(root.resolve("partly"), 1);
        Comparison partly = compare("partly", "predict.policies.here=run", "predict.policies.gone=other");
        assertThat(partly.notes())
                .filteredOn(note -> note.startsWith("WARNING"))
                .containsExactly(
                        "WARNING: gone (predict.policies) is not in this table: there is no folder %s/partly/gone; run `recthink predict`."
                                .formatted(root));
        assertThatThrownBy(() -> compare("nowhere"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("paths.predictions: " + root + "/nowhere does not exist; ");
        Files.createDirectories(root.resolve("bare"));
        assertThatThrownBy(() -> compare("bare", "predict.policies.gone=other"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("paths.predictions: " + root + "/bare contains no predictions of gone ");
        assertThat(compare("bare").notes())
                .anyMatch(note ->
                        note.endsWith("bare contains no predictions; the table contains only the trivial rows."));
    }

    @Test
    void aReferenceThatIsNotThereIsRefused() throws IOException {
        Files.createDirectories(root.resolve("none"));
        assertThatThrownBy(() -> compare("none", "compare.reference=grpo"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("compare.reference: there is no system grpo; the table has [constant-median,");
    }

    private static List<String> files(String predictions, int partitions) throws IOException {
        predictions("mf", 1).write(root.resolve(predictions), partitions);
        Configuration configuration =
                configuration(predictions, "paths.table=table-" + predictions, "compare.focus=mf");
        new CompareJob().run(SparkTest.spark(), configuration);
        Path table = root.resolve("table-" + predictions);
        List<String> texts = new ArrayList<>();
        for (String name : List.of(
                "comparison.csv",
                "comparison.md",
                "comparison.json",
                "comparison.tex",
                "mae.svg",
                "rmse.svg",
                "slices.csv",
                "calibration.csv",
                "focus.csv")) {
            texts.add(Files.readString(table.resolve(name)));
        }
        return texts;
    }

    /** What one system of the referee predicts for the test rows. */
    private static PredictionRows predictions(String name, int system) {
        PredictionRows rows = new PredictionRows(name);
        for (int row = 200; row < 300; row++) {
            rows.add("row-" + row, referee.at("yhat/" + system + "/" + row).asDouble());
        }
        return rows;
    }

    @Test
    void systemsWithTracesSayWhatTheyAreLike() {
        predictions("copies", 0)
                .traces("<match>name of the item like</match><rate>#</rate>")
                .write(root.resolve("traced"), 2);
        predictions("thinks", 1)
                .traces("<match>number # suits him</match><rate>4</rate>")
                .write(root.resolve("traced"), 2);
        predictions("trained", 2)
                .traces("<match>one two three four #</match><rate>4</rate>")
                .write(root.resolve("traced"), 2);
        predictions("silent", 0).write(root.resolve("traced"), 2);
        new PolicyOrigin(
                        "trained",
                        "/runs/1/step-000001/policy",
                        "aa",
                        null,
                        new PolicyOrigin.Training(
                                "/runs/1", "train", 1, false, "prompt:\n  system: One, two, three, four.\n"))
                .write(
                        root + "/traced/trained",
                        SparkTest.spark().sparkContext().hadoopConfiguration());

        Comparison found = compare("traced", "prompt.layout=skeleton");

        assertThat(found.traces())
                .containsOnly(
                        Map.entry(row(found, "copies").key(), new TraceSummary(0.01, OptionalDouble.of(1), 0)),
                        Map.entry(row(found, "thinks").key(), new TraceSummary(1, OptionalDouble.of(0), 0)),
                        // One of the two sequences of four words stands in the instruction that it was trained with.
                        Map.entry(row(found, "trained").key(), new TraceSummary(1, OptionalDouble.of(0.5), 0)));
        ComparisonTables tables = new ComparisonTables(found);
        assertThat(tables.details().header())
                .endsWith("MAE parsed", "distinct traces %", "copied %", "about the row %");
        assertThat(tables.details().rows())
                .anySatisfy(row -> assertThat(row).startsWith("copies").endsWith("1.0", "100.0", "0.0"))
                .anySatisfy(row -> assertThat(row).startsWith("silent").endsWith("-", "-", "-"));
        assertThat(tables.notes()).anyMatch(note -> note.startsWith("distinct traces: "));
        assertThat(new ComparisonData(found).csv()).contains(",tracesDistinct,tracesCopied,tracesAbout,");
    }

    @Test
    void tracesAreAboutTheirRowWithThreeWordsOfItsOwn() throws IOException {
        new ExampleRows()
                .add("a", "train", "u", "Quiet steel espresso maker", 3)
                .add("b", "test", "u", "Quiet steel espresso maker", 4)
                .add("c", "test", "u", "Poems", 4)
                .add("d", "test", "u", "Novels", 4)
                .write(root.resolve("about/data"));
        new PredictionRows("one")
                .add("b", 4)
                .add("c", 4)
                .add("d", 4)
                .traces("Steel is quiet, says this maker. <rate>4</rate>")
                .write(root.resolve("about/predictions"), 1);

        Comparison found = compare("about/predictions", "paths.data=about/data");

        assertThat(found.traces().values()).extracting(TraceSummary::about).containsExactly(1.0 / 3);
    }

    @Test
    void explanationsByReviewsAreShownAndAreNoThoughts() throws IOException {
        new ExampleRows()
                .add("t", "train", "u", "Poems", 3)
                .add("d", "test", "u", "Poems", 4)
                .add("b", "test", "u", "Novels", 5)
                .write(root.resolve("explained/data"));
        new PredictionRows("reads")
                .add("b", 3.5)
                .add("d", 4.25)
                .traces("[{\"reviewId\":\"t\",\"weight\":0.75,\"text\":\"Fine\",\"more\":1}]")
                .write(root.resolve("explained/predictions"), 1);

        Comparison found = compare("explained/predictions", "paths.data=explained/data");

        assertThat(found.traces()).isEmpty();
        SystemKey reads = row(found, "reads").key();
        List<ExplainedRow.WeighedReview> fine = List.of(new ExplainedRow.WeighedReview("t", 0.75, "Fine"));
        assertThat(found.explained())
                .containsExactly(
                        new ExplainedRow(reads, "b", "Novels", 5, 3.5, fine),
                        new ExplainedRow(reads, "d", "Poems", 4, 4.25, fine));
        assertThat(new ComparisonData(found).json()).contains("\"reviewId\" : \"t\"");
    }

    @Test
    void withoutTracesTheTablesHaveNoColumnsForThem() {
        assertThat(comparison.traces()).isEmpty();
        assertThat(new ComparisonTables(comparison).details().header()).endsWith("MAE parsed");
        assertThat(new ComparisonData(comparison).csv()).doesNotContain("traces");
        assertThat(new ComparisonTables(comparison).notes()).noneMatch(note -> note.contains("traces"));
    }

    private static ComparisonRow row(Comparison comparison, String system) {
        return comparison.rows().stream()
                .filter(row -> row.key().system().equals(system))
                .findFirst()
                .orElseThrow();
    }

    private static Comparison compare(String predictions, String... settings) {
        return Evaluation.of(SparkTest.spark(), EvaluationRequest.of(configuration(predictions, settings)));
    }

    private static Configuration configuration(String predictions, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("paths.root=" + root);
        all.add("paths.predictions=" + predictions);
        all.add("compare.resamples=200");
        all.add("compare.sliceResamples=100");
        return JobSettings.SECTIONS.read("test", "", all);
    }

    private static Double optional(JsonNode number) {
        return number.isNull() ? null : number.asDouble();
    }
}
