package io.recthink.spark.table;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** What a reader must know of a system, a sentence: the file {@code _note.txt} beside its predictions. */
public final class PredictionNote {
    private static final String FILE = "_note.txt";
    private static final int MOST_BYTES = 2000;

    private PredictionNote() {}

    /**
     * Writes the file of a folder of predictions.
     *
     * @throws InvalidInputException when it cannot be written
     */
    public static void write(String folder, String note, Configuration hadoop) {
        TextFile.write("paths.predictions", folder + "/" + FILE, note + "\n", hadoop);
    }

    /**
     * The note that stands beside predictions, its lines as one.
     *
     * @throws InvalidInputException when the file cannot be read
     */
    public static Optional<String> read(String folder, Configuration hadoop) {
        Path file = new Path(folder, FILE);
        try {
            FileSystem files = file.getFileSystem(hadoop);
            if (!files.exists(file)) {
                return Optional.empty();
            }
            try (InputStream in = files.open(file)) {
                String note = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
                return Optional.of(note.strip().replaceAll("\\s+", " ")).filter(line -> !line.isEmpty());
            }
        } catch (IOException e) {
            throw new InvalidInputException(
                    "paths.predictions: %s cannot be read: %s; remove it or write it again".formatted(file, e), e);
        }
    }
}
