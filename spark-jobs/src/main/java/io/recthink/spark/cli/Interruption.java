package io.recthink.spark.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What a signal does to a command: one line says how to go on, and what breaks while the process ends is not told. */
final class Interruption {
    /** The threads in which Java answers the signals that end it; they wait for the hooks. */
    private static final Pattern HANDLER = Pattern.compile("SIG(HUP|INT|TERM) handler");

    private static volatile boolean interrupted;
    private static volatile String remedy = "Start the command again.";

    private Interruption() {}

    /** Called once, before the command. */
    static void watch() {
        Runtime.getRuntime().addShutdownHook(new Thread(Interruption::tell, "interruption"));
    }

    /** What to do after the signal; before anybody has said something else, the command is to be started again. */
    static void goOnBy(String words) {
        remedy = words;
    }

    /** Whether the process is ending by a signal. */
    static boolean happened() {
        return interrupted;
    }

    private static void tell() {
        // Others end the process too: Spark, when all executors are lost, or a full heap.
        boolean signal = Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> HANDLER.matcher(thread.getName()).matches());
        if (signal) {
            interrupted = true;
            DriverLog.silence();
            System.err.println("recthink: stopped by a signal. " + remedy);
            // Scala prints what its pools refuse while Spark ends.
            System.setErr(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
        }
    }
}
