package io.recthink.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ProgressTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);

    @Test
    void terminalLineMovesAndEndsWithTheLastStep() {
        Progress progress = new Progress("train", 0, 2, out, true);

        progress.done(1, "reward 0.50");
        progress.done(2, "reward 0.75");

        assertThat(written()).startsWith("\r").endsWith("reward 0.75" + System.lineSeparator());
        assertThat(written().lines())
                .hasSize(3)
                .last()
                .asString()
                .contains("train 2/2")
                .contains("0:00 left");
        assertThat(written().indexOf(System.lineSeparator()))
                .isEqualTo(written().length() - 1);
    }

    @Test
    void logGetsTheLastStepAndNoLineForEachStepBefore() {
        Progress progress = new Progress("predict", 0, 1000, out, false);

        for (int done = 1; done <= 1000; done++) {
            progress.done(done, "");
        }

        assertThat(written().lines()).singleElement().asString().startsWith("predict 1000/1000  ");
        assertThat(written()).doesNotContain("\r");
    }

    @Test
    void noteIsLeftOutWhenEmpty() {
        new Progress("sft", 0, 1, out, false).done(1, "");

        assertThat(written()).endsWith("0:00 left" + System.lineSeparator());
    }

    @Test
    void resumedWorkCountsTheStepsOfThisProcessForTheRate() throws InterruptedException {
        Progress progress = new Progress("train", 899, 1000, out, true);
        Thread.sleep(1100);

        progress.done(900, "");

        assertThat(written()).contains("train 900/1000  1.").contains(" s each");
    }

    @Test
    void whatIsFirstReportedLateCountsForTheRateAsWell() throws InterruptedException {
        Progress progress = new Progress("predict", 0, 1000, out, true);
        Thread.sleep(1010); // of 1000 the rate may be rounded to 500

        progress.done(500, "");

        assertThat(written()).containsPattern("predict 500/1000  4\\d\\d\\.\\d/s  0:01 left");
    }

    private String written() {
        return written.toString(StandardCharsets.UTF_8);
    }
}
