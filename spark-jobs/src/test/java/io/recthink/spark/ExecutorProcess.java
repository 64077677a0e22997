package io.recthink.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The process of an executor that this application has started. */
public final class ExecutorProcess {
    private ExecutorProcess() {}

    /** The process of an executor by its id. */
    public static ProcessHandle of(String executor) {
        return ProcessHandle.current()
                .descendants()
                .filter(child -> commandLine(child).contains("CoarseGrainedExecutorBackend"))
                .filter(child -> commandLine(child).contains("--executor-id\0" + executor + "\0"))
                .findFirst()
                .orElseThrow();
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/%d/cmdline".formatted(process.pid())));
        } catch (IOException e) {
            return ""; // it has ended
        }
    }
}
