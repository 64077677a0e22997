package io.recthink.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.recthink.InvalidInputException;
import io.recthink.spark.SparkTest;
import io.recthink.spark.page.SvgDocument;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunReportTest {
    private static final String WELL_FORMED = "<analyze user>likes slow plots</analyze user>\n<rate>4.25</rate>";

    private final SparkSession spark = SparkTest.spark();

    @TempDir
    private Path folder;

    @Test
    void pageShowsCurvesTracesAndConfiguration() throws IOException {
        String page = page(trainRun(3).rollouts(3, 4, List.of("row-a"), List.of(WELL_FORMED)));

        assertThat(page)
                .startsWith("<!DOCTYPE html>")
                .contains("example-1")
                .contains("<h2>Does it learn?</h2>", "Reward", "Dead groups", "Time of a step", "Peak memory")
                .contains("&lt;analyze user&gt;</b>likes slow plots")
                .contains("advantage +1.20")
                .contains("groupSize: 8");
    }

    @Test
    void pageNeedsNothingFromElsewhere() throws IOException {
        String page = page(trainRun(2));

        assertThat(page)
                .doesNotContainPattern("(src|href)\\s*=\\s*[\"']?(https?:|//)")
                .doesNotContain("@import", "url(")
                .contains("default-src 'none'");
    }

    @Test
    void whetherItThinksHasItsHeadingWithTracesOfTheFirstStepBesideTheNewest() throws IOException {
        List<String> rows = List.of("row-a", "row-b", "row-c", "row-d", "only-once-1");
        ExampleRun run = thinkingRun(3)
                .rollouts(1, 4, rows, List.of("early thought", "other"))
                .rollouts(2, 4, rows, List.of("between", "other"))
                .rollouts(3, 4, List.of("row-a", "row-b", "row-c", "row-d", "only-once-3"), List.of("late thought"));

        String page = page(run);
        String section = page.substring(
                page.indexOf("<h2>Does it think, or only fill in the form?</h2>"),
                page.indexOf("<h2>Is it healthy?</h2>"));

        assertThat(section)
                .contains("Different traces", "Copied from the instruction", "About this user and this product")
                .contains("train: first 100.0 %, last 33.3 %")
                .contains("Trace 1, first and newest step", "Trace 2, first", "Trace 3, first")
                .contains("The same row at each of the steps")
                .doesNotContain("Trace 4", "only-once", ">between<", ">other<", "sampled different rows");
        assertThat(count(">early thought<", section)).isEqualTo(3);
        assertThat(count(">late thought<", section)).isEqualTo(3);
        assertThat(page(run)).as("chosen by a hash").isEqualTo(page);
    }

    @Test
    void stepsWithoutACommonRowShowRowsOfTheirOwn() throws IOException {
        String page = page(thinkingRun(2)
                .rollouts(1, 4, List.of("first"), List.of("early"))
                .rollouts(2, 4, List.of("second"), List.of("late")));

        assertThat(page).contains("The steps have sampled different rows").doesNotContain("Trace 2, first");
    }

    @Test
    void aRunThatDoesNotThinkHasNoSuchHeading() throws IOException {
        String page = page(trainRun(1).rollouts(1, 4, List.of("row-a"), List.of(WELL_FORMED)));

        assertThat(page).doesNotContain("Does it think").doesNotContain("first and newest step");
    }

    @Test
    void markupInACompletionStaysText() throws IOException {
        String attack = "</pre><script>alert('x')</script><img src=x onerror=alert(1)> & \u0007 <rate>4</rate>";

        String page = page(trainRun(1).rollouts(1, 4, List.of("row-a"), List.of(attack)));

        assertThat(page)
                .doesNotContain("<script>alert")
                .doesNotContain("<img src=x")
                .contains("&lt;script&gt;", "onerror=alert(1)", "&amp;", "\u2407");
    }

    @Test
    void markupInAMetricNameCannotEndTheData() throws IOException {
        ExampleRun run = new ExampleRun(spark, folder.resolve("run"))
                .begin("train")
                .metrics(1, Map.of("step", 1, "</script><script>alert(1)", 0.5))
                .manifest(1, null);

        assertThat(page(run)).doesNotContain("</script><script>alert(1)").contains("&lt;/script&gt;");
    }

    @Test
    void stepWithoutManifestIsNotShown() throws IOException {
        ExampleRun run = trainRun(2).metrics(3, Map.of("step", 3, "reward", 99.0, "unfinished", 1.0));

        assertThat(page(run)).doesNotContain("unfinished").contains("<strong>2 of 300</strong>");
    }

    @Test
    void sampledRowThatAllStepsShareIsShownAtEachOfThem() throws IOException {
        ExampleRun run = trainRun(2)
                .rollouts(1, 4, List.of("early", "shared"), List.of(WELL_FORMED))
                .rollouts(2, 4, List.of("late", "shared"), List.of(WELL_FORMED));

        assertThat(page(run))
                .contains("Completions of the same prompt", "row shared")
                .doesNotContain("row early", "row late");
    }

    @Test
    void groupThatDiffersIsPreferredToADeadOne() throws IOException {
        ExampleRun run = trainRun(1).rollouts(1, 4, List.of("a-lively", "dull"), List.of(WELL_FORMED));

        assertThat(page(run)).contains("row a-lively").doesNotContain("row dull");
    }

    @Test
    void stepsWithoutACommonRowShowTheSameTruth() throws IOException {
        ExampleRun run = trainRun(2)
                .rollouts(1, 2, List.of("a"), List.of(WELL_FORMED))
                .rollouts(2, 2, List.of("z"), List.of(WELL_FORMED));

        assertThat(page(run)).contains("No prompt was sampled at all of these steps", "row a", "row z");
    }

    @Test
    void bestMiddleAndWorstCompletionOfAGroupAreShown() throws IOException {
        ExampleRun run = trainRun(1).rollouts(1, 4, List.of("row"), List.of("first", "second", "third", "fourth"));

        assertThat(page(run))
                .contains(">first<", ">second<", ">fourth<")
                .doesNotContain(">third<")
                .contains("rating none");
    }

    @Test
    void validationRowIsFollowedThroughTheSteps() throws IOException {
        ExampleRun run = trainRun(2)
                .predictions(0, Map.of("row-b", "before", "row-a", "before"))
                .predictions(2, Map.of("row-b", "after", "row-a", "after"));

        assertThat(page(run)).contains("Validation row row-a", "Validation row row-b", ">before<", ">after<");
    }

    @Test
    void unknownMetricGetsAChartOfItsOwn() throws IOException {
        ExampleRun run = new ExampleRun(spark, folder.resolve("run"))
                .begin("sft")
                .metrics(1, Map.of("step", 1, "loss", 0.5, "token_accuracy", 0.75))
                .manifest(1, null);

        assertThat(page(run)).contains("<h2>More</h2>", "token_accuracy over the steps; token_accuracy: first 0.750");
    }

    @Test
    void runOfTheWarmStartShowsItsLossAndNoEmptyCharts() throws IOException {
        ExampleRun run = new ExampleRun(spark, folder.resolve("run")).begin("sft");
        for (int step = 1; step <= 5; step++) {
            run.metrics(step, Map.of("step", step, "loss", 1.0 / step, "lr", 1e-5))
                    .manifest(step, null);
        }

        assertThat(page(run))
                .contains("Loss over the steps; loss: first 1.000, last 0.200")
                .doesNotContain("Dead groups", "What does it write?");
    }

    @Test
    void tableTellsWhereTheTimeOfAStepGoes() throws IOException {
        String text = page(trainRun(1)).replaceAll("<[^>]*>", " ").replaceAll("\\s+", " ");

        assertThat(text)
                .contains("stage seconds of the step in the engine outside of the step")
                .contains("step 39.00 100.0 % 33.60 5.400 13.8 %");
    }

    @Test
    void valuesThatAreNotNumbersLeaveAGap() throws IOException {
        ExampleRun run = new ExampleRun(spark, folder.resolve("run")).begin("train");
        run.metrics(1, Map.of("step", 1, "reward", 0.5, "kl", "NaN")).manifest(1, null);
        run.metrics(2, Map.of("step", 2, "reward", 0.75, "kl", 0.25)).manifest(2, null);

        assertThat(page(run)).contains("\"values\":[null,0.25]");
    }

    @Test
    void folderWithoutStepsIsRefused() {
        assertThatThrownBy(() -> new RunReport(spark).write(folder.toString(), output(), Optional.empty()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("no complete step with metrics");
        assertThat(Path.of(output())).doesNotExist();
    }

    @Test
    void runThatHasOnlyItsStartingPolicyIsRefused() {
        new ExampleRun(spark, folder.resolve("run")).begin("train");

        assertThatThrownBy(
                        () -> new RunReport(spark).write(folder.resolve("run").toString(), output(), Optional.empty()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("finished at least one step");
    }

    @Test
    void placeThatCannotBeWrittenIsNamed() throws IOException {
        trainRun(1);
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> new RunReport(spark)
                        .write(
                                folder.resolve("run").toString(),
                                file.resolve("page.html").toString(),
                                Optional.empty()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("page.html")
                .hasMessageContaining("--output");
    }

    @Test
    void pageStandsAlone() throws IOException {
        page(trainRun(1));

        try (var files = Files.list(Path.of(output()).getParent())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("page.html", "page-curves");
        }
    }

    @Test
    void curvesOfThePageLieBesideItAsPictures() throws IOException {
        String page = page(trainRun(3));

        for (String picture : pictures()) {
            SvgDocument.parse(Files.readString(Path.of(output()).resolveSibling("page-curves/" + picture)));
        }
        assertThat(pictures())
                .contains("reward.svg", "mean-absolute-error.svg", "time-of-a-step.svg")
                .hasSize((int) count("<figure", page));
    }

    @Test
    void picturesOfAnEarlierPageAreReplacedAndThoseOfAPersonAreKept() throws IOException {
        page(trainRun(2));
        Path curves = Path.of(output()).resolveSibling("page-curves");
        Files.writeString(curves.resolve("reward.svg"), "old");
        Files.writeString(curves.resolve("reward-with-arrow.svg"), "mine");

        page(trainRun(2));

        assertThat(SvgDocument.parse(Files.readString(curves.resolve("reward.svg")))
                        .texts())
                .contains("Reward");
        assertThat(curves.resolve("reward-with-arrow.svg")).hasContent("mine");
    }

    private List<String> pictures() throws IOException {
        try (var files = Files.list(Path.of(output()).resolveSibling("page-curves"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".svg"))
                    .toList();
        }
    }

    @Test
    void browserDrawsEveryChartAndRunsNoScriptOfACompletion() throws Exception {
        Optional<Path> browser = onThePath("chromium");
        assumeThat(browser).as("chromium on the PATH, to draw the page").isPresent();
        String attack = "<img src=x onerror=\"document.title='attacked'\"><script>document.title='attacked'</script>";
        String page = page(trainRun(60).rollouts(60, 4, List.of("row"), List.of(attack)));

        String drawn = drawn(browser.get());

        assertThat(count("<canvas", drawn)).isEqualTo(count("<figure", page)).isGreaterThan(15);
        assertThat(drawn).contains("<title>recthink: run</title>");
    }

    /** The page as it stands after its scripts have run. */
    private String drawn(Path browser) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        browser.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-background-networking",
                        "--user-data-dir=" + folder.resolve("browser"),
                        "--virtual-time-budget=3000",
                        "--dump-dom",
                        Path.of(output()).toUri().toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String drawn = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return drawn;
    }

    private static long count(String text, String page) {
        return Pattern.compile(Pattern.quote(text)).matcher(page).results().count();
    }

    private static Optional<Path> onThePath(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private ExampleRun thinkingRun(int steps) {
        ExampleRun run = new ExampleRun(spark, folder.resolve("run")).begin("train");
        for (int step = 1; step <= steps; step++) {
            Map<String, Object> metrics = ExampleRun.trainMetrics(step, steps);
            metrics.put("traces/distinct", 1.0 / step);
            metrics.put("traces/copied", 0.1 * step);
            metrics.put("traces/about", 0.5);
            run.metrics(step, metrics).manifest(step, null);
        }
        return run;
    }

    private ExampleRun trainRun(int steps) {
        ExampleRun run = new ExampleRun(spark, folder.resolve("run")).begin("train");
        for (int step = 1; step <= steps; step++) {
            run.metrics(step, ExampleRun.trainMetrics(step, steps)).manifest(step, step == 2 ? 2 : null);
        }
        return run;
    }

    private String page(@SuppressWarnings("unused") ExampleRun written) throws IOException {
        String output = new RunReport(spark).write(folder.resolve("run").toString(), output(), Optional.empty());
        return Files.readString(Path.of(URI.create(output)));
    }

    private String output() {
        return folder.resolve("report/page.html").toString();
    }
}
