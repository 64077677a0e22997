package io.recthink.spark.teacher;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

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

    /**
     * A writer.
     *
     * @param folder resolved path of {@code paths.teacher}
     * @param prefix beginning of the names of its files, different for each attempt of each task
     * @param every most entries of a file
     */
    LedgerWriter(String folder, String prefix, int every, Configuration hadoop) {
        this.folder = folder;
        this.prefix = prefix;
        this.every = every;
        this.hadoop = hadoop;
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
