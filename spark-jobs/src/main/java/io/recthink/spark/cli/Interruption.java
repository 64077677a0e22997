package io.recthink.spark.cli;

/** What a signal does to a command: it ends with one line that says how to go on, and nothing else is printed. */
final class Interruption {
    private static volatile boolean ending;
    private static volatile boolean interrupted;
    private static volatile String remedy = "Start it again.";

    private Interruption() {}

    /** Called once, before the command. */
    static void watch() {
        Runtime.getRuntime().addShutdownHook(new Thread(Interruption::tell, "interruption"));
    }

    /** What to do after the signal; before anybody has said something else, the command is to be started again. */
    static void goOnBy(String words) {
        remedy = words;
    }

    /** Called when a command ends by itself. */
    static void commandEnded() {
        ending = true;
    }

    /** Whether the process is ending by a signal. */
    static boolean happened() {
        return interrupted;
    }

    private static void tell() {
        if (!ending) {
            interrupted = true;
            DriverLog.silence();
            System.err.println("recthink: stopped by a signal. " + remedy);
        }
    }
}
