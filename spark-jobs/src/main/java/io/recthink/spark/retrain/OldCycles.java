package io.recthink.spark.retrain;

import io.recthink.spark.files.Storage;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/** Removes the working folders of old cycles. */
final class OldCycles {
    private OldCycles() {}

    /**
     * Removes all but the newest working folders.
     *
     * @param folder the folder of all cycles of a registry
     * @param keep number of folders that stay
     * @param serving the end of the cycle of the serving policy, whose folder stays too
     * @return number of removed folders
     */
    static int remove(String folder, int keep, Optional<Instant> serving, Configuration hadoop) {
        Storage storage = Storage.at(folder, hadoop);
        Optional<String> needed = serving.map(Cycle::folderName);
        List<String> old = storage.list("").stream()
                .filter(FileStatus::isDirectory)
                .map(status -> status.getPath().getName())
                .filter(name -> name.matches("\\d{8}T\\d{6}Z"))
                .sorted(Comparator.reverseOrder())
                .skip(keep)
                .filter(name -> needed.filter(name::equals).isEmpty())
                .toList();
        old.forEach(storage::delete);
        return old.size();
    }
}
