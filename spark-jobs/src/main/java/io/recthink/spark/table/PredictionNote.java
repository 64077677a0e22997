package io.recthink.spark.table;

import io.recthink.spark.files.TextFile;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** A note of one sentence about a system: the file {@code _note.txt} beside its predictions. */
public final class PredictionNote {
    private static final String FILE = "_note.txt";
    private static final int MOST_BYTES = 2000;

    private PredictionNote() {}

    /**
     * Writes the file into a folder of predictions.
     *
     * @throws io.recthink.InvalidInputException when it cannot be written
     */
    public static void write(String folder, String note, Configuration hadoop) {
        TextFile.write("paths.predictions", folder + "/" + FILE, note + "\n", hadoop);
    }

    /**
     * Reads the note in a folder of predictions, as one line; empty when there is none.
     *
     * @throws io.recthink.InvalidInputException when the file cannot be read
     */
    public static Optional<String> read(String folder, Configuration hadoop) {
        return TextFile.read(
                        "paths.predictions",
                        folder + "/" + FILE,
                        "remove it or write it again",
                        hadoop,
                        in -> new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8))
                .map(note -> note.strip().replaceAll("\\s+", " "))
                .filter(line -> !line.isEmpty());
    }
}
