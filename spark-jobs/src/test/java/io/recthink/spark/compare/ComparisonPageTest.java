package io.recthink.spark.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.recthink.spark.evaluate.Comparison;
import io.recthink.spark.page.Browser;
import io.recthink.spark.report.Curves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonPageTest {
    private static final RunCard CARD = new RunCard(
            "my <shop>",
            Map.of("data sha256", "d1"),
            ExampleComparison.ORIGINS,
            List.of(),
            "name: my <shop>\npaths:\n  root: work\n");
    private static final Curves CURVES = new Curves(
            List.of(1, 2, 3), 1, Map.of("reward", new double[] {0.5, 0.75, 1}, "entropy", new double[] {1, 0.5, 0.25}));

    private final String page = new ComparisonPage(
                    ExampleComparison.comparison(), CARD, List.of(new Learning("grpo, <i>early</i>", CURVES)))
            .html();

    @TempDir
    Path folder;

    @Test
    void pageShowsTablesPicturesAndRunCard() {
        assertThat(page)
                .startsWith("<!DOCTYPE html>")
                .contains("0.8123 [0.7123, 0.9123]", "Who predicts best?", "grpo, &lt;b&gt;late&lt;/b&gt;")
                .contains(
                        "Does the truth follow the prediction?",
                        "How did it learn?",
                        "<h3>grpo, &lt;i&gt;early&lt;/i&gt;</h3>",
                        "Mean reward")
                .contains(
                        "my &lt;shop&gt;",
                        "data sha256",
                        "root: work",
                        "Training configuration of grpo, &lt;b&gt;late&lt;/b&gt;: train, step 0: the untrained start of /runs/1",
                        "loss: huber")
                .doesNotContain("<b>late", "<shop>");
    }

    @Test
    void pageListsTheReviewsThatCountedMost() {
        assertThat(page)
                .contains(
                        "<h2>Why these ratings?</h2>",
                        ": Strings &amp; &lt;b&gt;picks&lt;/b&gt;, rated 4, predicted 3.46</h3>",
                        "<li>63 %: They &lt;i&gt;last&lt;/i&gt; &amp; last</li>",
                        "<li>25 %: (no text)</li>");
        Comparison plain = ExampleComparison.comparison();
        assertThat(new ComparisonPage(plain.with(Map.of(), List.of()), CARD, List.of()).html())
                .doesNotContain("Why these ratings?");
    }

    @Test
    void pageNeedsNothingFromElsewhereAndRunsNothing() {
        assertThat(page)
                .doesNotContainPattern("(src|href)\\s*=")
                .doesNotContain("@import", "url(", "<script")
                .contains("default-src 'none'");
    }

    @Test
    void browserDrawsThePicturesAndFitsAPhone() throws IOException, InterruptedException {
        Optional<Browser> browser = Browser.find();
        assumeThat(browser).as("chromium on the PATH, to draw the page").isPresent();
        Path file = Files.writeString(folder.resolve("page.html"), page);
        for (int width : new int[] {390, 1200}) {
            Browser.Drawing drawing = browser.orElseThrow().draw(file, width, folder.resolve(width + ".png"));
            assertThat(drawing.colours()).as("colours at a width of %d", width).isGreaterThan(30);
            assertThat(drawing.contentWidth())
                    .as("content at a width of %d", width)
                    .isLessThanOrEqualTo(width);
        }
    }
}
