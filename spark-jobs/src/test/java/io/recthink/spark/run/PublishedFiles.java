package io.recthink.spark.run;

import io.recthink.spark.files.FileEntry;
import io.recthink.spark.files.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/** What the manifest of a step says of the policy that lies in its folder. */
public final class PublishedFiles {
    private PublishedFiles() {}

    /** The entries of the files in {@code policy} of a step's folder. */
    public static List<FileEntry> of(Path step) throws IOException {
        Storage storage = Storage.at(step.toString(), new Configuration());
        try (Stream<Path> files = Files.list(step.resolve("policy"))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> storage.entry("policy/" + file.getFileName()))
                    .toList();
        }
    }
}
