package io.recthink.spark.evaluate;

import io.recthink.InvalidInputException;
import io.recthink.spark.files.ListedTable;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/**
 * The files of one table of predictions: a folder, or a single file.
 *
 * @param name name of the folder or file, without extensions
 * @param path path of the folder or file
 * @param format format of all files
 * @param header first line of the files; empty unless the format is CSV
 * @param files the files that contain data, sorted by name
 * @param nested whether files are in subfolders, whose names may be partition columns
 */
record PredictionFiles(String name, String path, Format format, String header, List<String> files, boolean nested) {
    private static final String MAGIC = "PAR1";
    private static final int HEAD = 1 << 16;
    private static final Pattern EXTENSIONS =
            Pattern.compile("(?i)(\\.(parquet|csv|tsv|txt|json|jsonl|ndjson|gz|bz2|zst|snappy|deflate|lz4))+$");
    private static final String REMEDY = "give it as Parquet, CSV or JSON, or move it elsewhere";

    /** File formats of predictions. */
    enum Format {
        PARQUET,
        /** With a header line. */
        CSV,
        /** One object a line. */
        JSON_LINES,
        /** One array of objects a file. */
        JSON_ARRAY
    }

    /** Format and first line of one file. */
    private record Head(String path, Format format, String line) {}

    PredictionFiles {
        files = List.copyOf(files);
    }

    /**
     * Finds the tables directly in a folder, or the one table at the path of a file. Ignores names that begin with a
     * dot or an underscore.
     *
     * @return empty when the path does not exist
     * @throws InvalidInputException when a folder or file is not a table of predictions
     */
    static Optional<List<PredictionFiles>> find(String key, String path, Configuration hadoop) {
        Path root = new Path(path);
        try {
            FileSystem system = root.getFileSystem(hadoop);
            if (!system.exists(root)) {
                return Optional.empty();
            }
            List<PredictionFiles> tables = new ArrayList<>();
            for (FileStatus entry : visible(system, root)) {
                tables.add(table(key, system, entry));
            }
            return Optional.of(List.copyOf(tables));
        } catch (IOException e) {
            throw new InvalidInputException("%s: %s cannot be read: %s".formatted(key, path, e), e);
        }
    }

    private static PredictionFiles table(String key, FileSystem system, FileStatus entry) throws IOException {
        String path = entry.getPath().toString();
        if (entry.isDirectory()) {
            ListedTable.requireWhole(key, path, system.getConf());
        }
        List<Path> data = entry.isFile() ? List.of(entry.getPath()) : below(system, entry.getPath());
        List<Head> heads = new ArrayList<>();
        for (Path file : data) {
            head(key, system, file, entry.isFile()).ifPresent(heads::add);
        }
        if (heads.isEmpty()) {
            throw new InvalidInputException(
                    "%s: %s contains no predictions: it has no file with content; %s".formatted(key, path, REMEDY));
        }
        Head first = heads.get(0);
        for (Head other : heads) {
            boolean same =
                    first.format == other.format && (first.format != Format.CSV || first.line.equals(other.line));
            if (!same) {
                throw new InvalidInputException(
                        "%s: %s and %s have different formats or columns; put each of them into its own folder"
                                .formatted(key, first.path, other.path));
            }
        }
        String name = EXTENSIONS.matcher(entry.getPath().getName()).replaceFirst("");
        boolean nested = entry.isDirectory()
                && data.stream().anyMatch(file -> !file.getParent().equals(entry.getPath()));
        return new PredictionFiles(
                name,
                path,
                first.format,
                first.line,
                heads.stream().map(Head::path).toList(),
                nested);
    }

    private static List<FileStatus> visible(FileSystem system, Path folder) throws IOException {
        return Arrays.stream(system.listStatus(folder))
                .filter(entry -> !entry.getPath().getName().matches("[._].*"))
                .sorted()
                .toList();
    }

    private static List<Path> below(FileSystem system, Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        for (FileStatus entry : visible(system, folder)) {
            if (entry.isFile()) {
                files.add(entry.getPath());
            } else {
                files.addAll(below(system, entry.getPath()));
            }
        }
        return files;
    }

    /** Empty for a file without content; Spark writes these for empty partitions. */
    private static Optional<Head> head(String key, FileSystem system, Path file, boolean alone) {
        byte[] start;
        try {
            start = start(system, file);
        } catch (IOException | RuntimeException | UnsatisfiedLinkError e) { // a codec may lack its native library
            throw new InvalidInputException("%s: %s cannot be read: %s; %s".formatted(key, file, e, REMEDY), e);
        }
        String text = new String(start, StandardCharsets.UTF_8).replace("\uFEFF", "");
        if (text.isBlank()) {
            return Optional.empty();
        }
        String line = text.strip().lines().findFirst().orElseThrow();
        String name = file.getName().toLowerCase(Locale.ROOT);
        if (text.startsWith(MAGIC)) {
            requireEnd(key, system, file);
            return Optional.of(new Head(file.toString(), Format.PARQUET, ""));
        }
        if (line.startsWith("[") || line.startsWith("{")) {
            return Optional.of(
                    new Head(file.toString(), line.startsWith("[") ? Format.JSON_ARRAY : Format.JSON_LINES, ""));
        }
        boolean named = name.matches(".*\\.(csv|tsv)(\\.[a-z0-9]+)?");
        boolean readable = text.chars().noneMatch(c -> c == '\uFFFD' || c == 0);
        if (readable && (named || (line.contains("rowId") && line.contains("yhat")))) {
            return Optional.of(new Head(file.toString(), Format.CSV, line));
        }
        throw new InvalidInputException(
                "%s: %s is not a table of predictions: it is neither Parquet, nor CSV with a header, nor JSON; %s"
                        .formatted(key, alone ? file : file.getParent() + " (" + file.getName() + ")", REMEDY));
    }

    /** Refuses a truncated Parquet file here: executors would fail on it with long stack traces. */
    private static void requireEnd(String key, FileSystem system, Path file) {
        try (FSDataInputStream in = system.open(file)) {
            byte[] end = new byte[MAGIC.length()];
            in.readFully(system.getFileStatus(file).getLen() - end.length, end);
            if (!MAGIC.equals(new String(end, StandardCharsets.UTF_8))) {
                throw new InvalidInputException(
                        ("%s: %s cannot be read: it begins like a Parquet file but does not end like one; write it"
                                        + " again or remove it")
                                .formatted(key, file));
            }
        } catch (IOException e) {
            throw new InvalidInputException("%s: %s cannot be read: %s; %s".formatted(key, file, e, REMEDY), e);
        }
    }

    private static byte[] start(FileSystem system, Path file) throws IOException {
        CompressionCodec codec = new CompressionCodecFactory(system.getConf()).getCodec(file);
        try (InputStream raw = new BufferedInputStream(system.open(file));
                InputStream in = codec == null ? raw : codec.createInputStream(raw)) {
            return in.readNBytes(HEAD);
        }
    }

    /** The separator of a CSV file: the most frequent of comma, semicolon and tab in the header. */
    String delimiter() {
        String delimiter = ",";
        for (String other : List.of(";", "\t")) {
            if (count(other) > count(delimiter)) {
                delimiter = other;
            }
        }
        return delimiter;
    }

    private long count(String delimiter) {
        return header.chars().filter(c -> c == delimiter.charAt(0)).count();
    }
}
