package io.recthink.progress;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Shows the progress of long work: steps done, rate and time left. On a terminal it updates one line. Elsewhere it
 * writes a plain line at most every {@value #QUIET_SECONDS} seconds, and for the last step.
 */
public final class Progress {
    private static final long QUIET_SECONDS = 10;

    private final String name;
    private final long begun;
    private final long total;
    private final PrintStream out;
    private final boolean terminal;
    private final long start = System.nanoTime();
    private long lastShown = start;

    /**
     * Writes progress to standard error; standard output stays free for results.
     *
     * @param begun the number of steps that an earlier, stopped process has done; the rate does not count them
     * @param total the number of all steps, including {@code begun}
     */
    @SuppressWarnings("SystemConsoleNull") // the build and Spark use JDK 17
    public Progress(String name, long begun, long total) {
        this(name, begun, total, System.err, System.console() != null);
    }

    Progress(String name, long begun, long total, PrintStream out, boolean terminal) {
        this.name = name;
        this.begun = begun;
        this.total = total;
        this.out = out;
        this.terminal = terminal;
    }

    /**
     * Reports that {@code done} of the total steps are done.
     *
     * @param note a text to show after the numbers, for example the reward; may be empty
     */
    public void done(long done, String note) {
        long now = System.nanoTime();
        boolean last = done >= total;
        if (terminal) {
            out.print("\r\033[K" + line(done, now, note) + (last ? System.lineSeparator() : ""));
            out.flush();
        } else if (last || Duration.ofNanos(now - lastShown).toSeconds() >= QUIET_SECONDS) {
            out.println(line(done, now, note));
            lastShown = now;
        }
    }

    private String line(long done, long now, String note) {
        double seconds = (now - start) / 1e9;
        double rate = (done - begun) / seconds;
        long left = rate > 0 ? Math.round((total - done) / rate) : 0;
        return String.format(
                Locale.ROOT,
                "%s %d/%d  %s  %s left%s",
                name,
                done,
                total,
                rate >= 1
                        ? String.format(Locale.ROOT, "%.1f/s", rate)
                        : String.format(Locale.ROOT, "%.1f s each", 1 / rate),
                clock(left),
                note.isEmpty() ? "" : "  " + note);
    }

    private static String clock(long seconds) {
        return seconds < 3600
                ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
}
