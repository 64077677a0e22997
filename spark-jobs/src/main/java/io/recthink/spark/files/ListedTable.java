package io.recthink.spark.files;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A folder of Parquet files with a list of its files: {@code _files.json}, written last. Predictions and traces are
 * written in this way. A folder without the list was written by an earlier version or another program.
 */
public final class ListedTable {
    private static final String FILE = "_files.json";

    private ListedTable() {}

    /**
     * Writes rows into a new folder.
     *
     * @param key the setting that names the folder
     * @throws InvalidInputException when the list of files cannot be written
     */
    public static void write(Dataset<Row> rows, String key, String folder) {
        write(rows, key, folder, Map.of());
    }

    /**
     * Writes rows into a new folder.
     *
     * @param key the setting that names the folder
     * @param more additional entries of the list, in the order of their names
     * @throws InvalidInputException when the list of files cannot be written
     */
    public static void write(Dataset<Row> rows, String key, String folder, Map<String, ?> more) {
        rows.write().parquet(folder);
        SparkSession spark = rows.sparkSession();
        TableFiles files = TableFiles.of(spark, folder);
        Map<String, Object> content = new LinkedHashMap<>();
        content.put(StateFile.FORMAT_KEY, StateFile.FORMAT);
        content.put("rows", files.rows());
        content.putAll(new TreeMap<>(more));
        content.put("files", files.files());
        TextFile.write(
                key,
                folder + "/" + FILE,
                new String(StateFile.write(content), StandardCharsets.UTF_8) + "\n",
                spark.sparkContext().hadoopConfiguration());
    }

    /**
     * Compares names and sizes of a folder's files with its list, if it has one.
     *
     * @param key the setting that names the folder
     * @throws InvalidInputException when a file is missing, changed or not listed, or the list cannot be read
     */
    public static void requireWhole(String key, String folder, Configuration hadoop) {
        list(key, folder, hadoop)
                .ifPresent(files -> files.requireSame(table(key, folder), folder, remedy(folder), hadoop));
    }

    /**
     * Calls {@link #requireWhole} for the folder at a path, or for all folders that match a Hadoop pattern.
     *
     * @throws InvalidInputException as {@link #requireWhole}
     */
    public static void requireAllWhole(SparkSession spark, String key, String pattern) {
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        folders(key, pattern, hadoop).forEach(folder -> requireWhole(key, folder, hadoop));
    }

    /** The folder at a path, or all folders that match a Hadoop pattern; none when nothing exists there. */
    public static List<String> folders(String key, String pattern, Configuration hadoop) {
        try {
            Path path = new Path(pattern);
            FileSystem files = path.getFileSystem(hadoop);
            if (files.exists(path)) {
                return List.of(pattern);
            }
            FileStatus[] found = files.globStatus(path);
            return found == null
                    ? List.of()
                    : Stream.of(found)
                            .filter(FileStatus::isDirectory)
                            .map(folder -> folder.getPath().toString())
                            .toList();
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidInputException("%s: %s cannot be reached: %s".formatted(key, pattern, e.getMessage()), e);
        }
    }

    /**
     * Compares the contents of a folder's files with its list.
     *
     * @return the list; empty when the folder has none
     * @throws InvalidInputException as {@link #requireWhole}, and when the content of a file differs
     */
    public static Optional<TableFiles> requireContents(SparkSession spark, String key, String folder) {
        Optional<TableFiles> list = list(key, folder, spark.sparkContext().hadoopConfiguration());
        list.ifPresent(files -> files.requireSameContents(spark, table(key, folder), folder, remedy(folder)));
        return list;
    }

    private static Optional<TableFiles> list(String key, String folder, Configuration hadoop) {
        return list(key, folder, hadoop, TableFiles.class);
    }

    /**
     * Reads the list of a folder; empty when the folder has none.
     *
     * @param key the setting that names the folder
     * @param type the part of the list to read
     * @throws InvalidInputException when it cannot be read
     */
    public static <T> Optional<T> list(String key, String folder, Configuration hadoop, Class<T> type) {
        String file = folder + "/" + FILE;
        return TextFile.read(key, file, "copy the folder again", hadoop, in -> in.readAllBytes())
                .map(content -> StateFile.read(key + ": " + file, content, type, remedy(folder)));
    }

    private static String table(String key, String folder) {
        return "%s: the table %s does not match its %s".formatted(key, folder, FILE);
    }

    private static String remedy(String folder) {
        return "Copy the folder again, or write it again in another place; if it was changed on purpose, delete %s/%s."
                .formatted(folder, FILE);
    }
}
