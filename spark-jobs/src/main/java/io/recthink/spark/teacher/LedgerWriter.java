package io.recthink.spark.teacher;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;

/**
 * Collects the answers of one task and writes them to the ledger, some at a time. So a killed task loses only the
 * answers since its last file.
 */
final class LedgerWriter implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final String folder;
    private final String prefix;
    private final int every;
    private final Configuration hadoop;
    private final List<LedgerEntry> pending = new ArrayList<>();
    private long begun = System.nanoTime();
    private int files;

    private LedgerWriter(String folder, String prefix, int every, Configuration hadoop) {
        this.folder = folder;
        this.prefix = prefix;
        this.every = every;
        this.hadoop = hadoop;
    }

    /**
     * The writer of the running task. Its files have names of their own for each attempt.
     *
     * @param folder resolved path of {@code paths.teacher}
     * @param round name of the round of asking, unique among all applications
     * @param every most entries of a file
     */
    static LedgerWriter ofTask(String folder, String round, int every, Configuration hadoop) {
        TaskContext task = TaskContext.get();
        String attempt = "%s%d-%d".formatted(ofTask(round), task.stageAttemptNumber(), task.attemptNumber());
        return new LedgerWriter(folder, attempt, every, hadoop);
    }

    /** The requests that earlier attempts of the running task have answered; none in its first attempt. */
    static Set<String> answeredBefore(String folder, String round, Configuration hadoop) {
        TaskContext task = TaskContext.get();
        return task.attemptNumber() > 0 || task.stageAttemptNumber() > 0
                ? Ledger.answered(folder, ofTask(round), hadoop)
                : Set.of();
    }

    /** The beginning of the names of a task's files, the same for all its attempts. */
    private static String ofTask(String round) {
        return "%s-%05d-".formatted(round, TaskContext.get().partitionId());
    }

    void add(LedgerEntry entry) {
        if (pending.isEmpty()) {
            begun = System.nanoTime();
        }
        pending.add(entry);
        writeDue();
    }

    /** Writes the collected answers when they are many or old enough. */
    void writeDue() {
        if (pending.size() >= every || System.nanoTime() - begun >= LONGEST.toNanos()) {
            write();
        }
    }

    private void write() {
        if (!pending.isEmpty()) {
            Ledger.write(folder, "%s-%05d".formatted(prefix, files++), pending, hadoop);
            pending.clear();
        }
    }

    @Override
    public void close() {
        write();
    }
}
