package io.recthink.spark.source;

import io.recthink.spark.JobSession;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Small logs in a folder, read as a job reads them. */
final class LogFiles {
    private final Path folder;
    private final List<String> notes = new ArrayList<>();

    LogFiles(Path folder) {
        this.folder = folder;
    }

    Path write(String name, String... lines) {
        return write(name, StandardCharsets.UTF_8, lines);
    }

    Path write(String name, Charset charset, String... lines) {
        try {
            return Files.write(folder.resolve(name), (String.join("\n", lines) + "\n").getBytes(charset));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What reading said. */
    List<String> notes() {
        return notes;
    }

    /** The rows of the reviews; {@code settings} as by --set. */
    List<Row> reviews(Path file, String... settings) {
        return read(file, settings, log -> {
            Dataset<Row> reviews = log.reviews();
            return log.firstReviews(reviews::collectAsList);
        });
    }

    /** The rows of the items. */
    List<Row> descriptions(Path file, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("source.items=" + file);
        return read(file, all.toArray(String[]::new), log -> {
            Dataset<Row> descriptions = log.descriptions();
            return log.firstItems(descriptions::collectAsList);
        });
    }

    /** How many rows have which reason; "usable" for those without. */
    static Map<String, Integer> reasons(List<Row> rows) {
        Map<String, Integer> reasons = new TreeMap<>();
        rows.forEach(
                row -> reasons.merge(row.getAs("reason") == null ? "usable" : row.getAs("reason"), 1, Integer::sum));
        return reasons;
    }

    private <T> T read(Path file, String[] settings, Function<LogReader, T> reading) {
        List<String> all = new ArrayList<>(List.of("source.reviews=" + file));
        all.addAll(List.of(settings));
        try (JobSession session = JobSession.open(SparkTest.spark())) {
            return reading.apply(new LogReader(
                    session.spark(), JobSettings.SECTIONS.read("test", "", all), Period.ALWAYS, notes::add));
        }
    }
}
