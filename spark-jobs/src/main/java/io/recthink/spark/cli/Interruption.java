package io.recthink.spark.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Prints one line after a signal: how to continue. Failures while the process ends are not printed. */
final class Interruption {
    /** The threads in which Java handles the signals that end the process; they wait for the shutdown hooks. */
    private static final Pattern HANDLER = Pattern.compile("SIG(HUP|INT|TERM) handler");

    private static volatile boolean interrupted;
    private static volatile String remedy = "Start the command again.";

    private Interruption() {}

    /** Registers the shutdown hook. Call this once, before the command. */
    static void watch() {
        Runtime.getRuntime().addShutdownHook(new Thread(Interruption::tell, "interruption"));
    }

    /** Sets the text that says what to do after a signal. The default is to start the command again. */
    static void goOnBy(String words) {
        remedy = words;
    }

    /** Whether a signal is ending the process. */
    static boolean happened() {
        return interrupted;
    }

    private static void tell() {
        // Not only a signal ends the process: Spark ends it when all executors are lost, and so does a full heap.
        boolean signal = Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> HANDLER.matcher(thread.getName()).matches());
        if (signal) {
            interrupted = true;
            DriverLog.silence();
            System.err.println("recthink: stopped by a signal. " + remedy);
            // Scala prints the tasks that its thread pools refuse while Spark ends.
            System.setErr(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
        }
    }
}
