package io.recthink.spark.source;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.files.Digest;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.files.Storage;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Reads a table of pairs that nobody has rated yet: the columns {@code user} and {@code item}, and perhaps {@code time}.
 * The name of the file decides the format: JSON lines, CSV with a header, or Parquet. Identifiers and times are read as
 * {@link LogReader} reads them, so that the same user has the same identifier.
 */
public final class PairsReader {
    private static final String TIME = "time";

    private final LogReader pairs;
    private final boolean timed;

    /**
     * Opens a table.
     *
     * @param path a file, a folder or a pattern
     * @param now the time of pairs in a table without the column {@code time}
     * @throws InvalidInputException when there is no such table, or it lacks a column
     */
    public PairsReader(SparkSession spark, Configuration configuration, String path, Instant now) {
        SourceFormat format = format(spark, path);
        List<String> columns = columns(spark, path, format);
        for (String needed : List.of("user", "item")) {
            if (!columns.contains(needed)) {
                throw new InvalidInputException("--pairs %s: there is no column %s; its columns are %s"
                        .formatted(path, needed, String.join(", ", columns)));
            }
        }
        this.timed = columns.contains(TIME);
        SourceSettings source = configuration.get(SourceSettings.class);
        Configuration table = configuration.change(List.of(
                "source.format=" + format.name().toLowerCase(Locale.ROOT),
                "source.reviews='" + path.replace("'", "''") + "'",
                "source.items=",
                "source.filter=",
                "source.columns={user: user, item: item, summary: '', review: '', title: '', categories: '', brand: '', price: '', description: ''}",
                "source.columns.rating=constant(%s)".formatted(source.minRating()),
                "source.columns.time=" + (timed ? TIME : "constant(timestamp_micros(%d))".formatted(micros(now)))));
        this.pairs = new LogReader(spark, table, Period.ALWAYS, note -> {});
    }

    /**
     * Returns one SHA-256 for the names and the content of the files of a table.
     *
     * @throws InvalidInputException when they cannot be read
     */
    public static String sha256(SparkSession spark, String path) {
        try {
            List<FileStatus> files = new SourceFiles(spark, path).all();
            String content = Storage.at(path, spark.sparkContext().hadoopConfiguration())
                    .sha256(files.stream()
                            .map(file -> file.getPath().toString())
                            .toList());
            return Digest.of(
                    content,
                    files.stream()
                            .map(file -> "%s %d".formatted(file.getPath().getName(), file.getLen()))
                            .toList());
        } catch (IOException e) {
            throw new InvalidInputException("--pairs %s: cannot be read: %s".formatted(path, e), e);
        }
    }

    private static long micros(Instant time) {
        return time.getEpochSecond() * 1_000_000 + time.getNano() / 1000;
    }

    /** Whether the table says at which time each pair is asked. */
    public boolean isTimed() {
        return timed;
    }

    /**
     * Returns one row per row of the table: {@code userId, itemId, time, reason, record}; {@code reason} and
     * {@code record} are null for usable rows.
     */
    public Dataset<Row> pairs() {
        return pairs.reviews().select("userId", "itemId", TIME, "reason", "record");
    }

    private static SourceFormat format(SparkSession spark, String path) {
        String name = first(spark, path).getName().toLowerCase(Locale.ROOT).replaceFirst("\\.(gz|bz2|zst)$", "");
        if (name.endsWith(".parquet")) {
            return SourceFormat.PARQUET;
        } else if (name.endsWith(".csv")) {
            return SourceFormat.CSV;
        } else if (name.endsWith(".json") || name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
            return SourceFormat.JSON;
        }
        throw new InvalidInputException(
                "--pairs %s: the name %s does not say its format; name the files *.json, *.csv or *.parquet"
                        .formatted(path, name));
    }

    private static Path first(SparkSession spark, String path) {
        try {
            Optional<Path> first = new SourceFiles(spark, LiteralPath.unlessPattern(spark, path)).first();
            return first.orElseThrow(
                    () -> new InvalidInputException("--pairs %s: there is no such file with content".formatted(path)));
        } catch (IOException e) {
            throw new InvalidInputException("--pairs %s cannot be read: %s".formatted(path, e.getMessage()), e);
        }
    }

    private static List<String> columns(SparkSession spark, String path, SourceFormat format) {
        String place = LiteralPath.unlessPattern(spark, path);
        Dataset<Row> table = Analysis.of("--pairs", path, () -> switch (format) {
            case CSV -> spark.read().option("header", true).csv(place);
            case JSON -> spark.read().json(place);
            default -> spark.read().parquet(place);
        });
        return new ArrayList<>(Arrays.asList(table.columns()));
    }
}
