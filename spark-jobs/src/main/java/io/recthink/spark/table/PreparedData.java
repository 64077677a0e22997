package io.recthink.spark.table;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.recthink.InvalidInputException;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.files.StateFile;
import io.recthink.spark.files.TableFiles;
import io.recthink.spark.files.TextFile;
import io.recthink.spark.files.WholeFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * The content of {@code data.json} in a data folder. The file is written last: a folder without it is not a data set.
 *
 * @param name the label of the data set, part of every row id
 * @param minRating the lowest rating of the scale
 * @param maxRating the highest rating of the scale
 * @param sha256 hash of the whole examples table: changes with any value in any row
 * @param rowIdsSha256 hash of the row ids alone: equal for two data sets that predict the same rows
 * @param rows number of all rows, at least 1
 * @param splits number of rows of each split
 * @param pools number of rows of each pool
 * @param ratingStep step of the ratings, see {@link RatingGrid}; null in a file of an earlier version
 * @param split how the rows were split, with the warning for tables
 * @param tables the files of each table in the folder, by its name; empty in a file of an earlier version
 */
@JsonPropertyOrder("format")
public record PreparedData(
        String name,
        double minRating,
        double maxRating,
        String sha256,
        String rowIdsSha256,
        long rows,
        Map<String, Long> splits,
        Map<String, Long> pools,
        @JsonInclude(JsonInclude.Include.NON_NULL) Double ratingStep,
        SplitLabel split,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, TableFiles> tables) {
    /** The file's name. */
    public static final String FILE = "data.json";

    private static final String EXAMPLES = "examples";
    private static final String COPY_AGAIN =
            "Copy the data set again, or set another paths.data and run `recthink prepare` again.";

    public PreparedData {
        if (!(minRating < maxRating) || rows < 1) {
            throw new IllegalArgumentException("rating scale %s to %s, %d rows".formatted(minRating, maxRating, rows));
        }
        splits = sorted(Objects.requireNonNull(splits, "no splits"));
        pools = sorted(Objects.requireNonNull(pools, "no pools"));
        Objects.requireNonNull(sha256, "no sha256");
        split = split == null ? SplitLabel.unwritten() : split;
        tables = tables == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(tables));
    }

    /** The file of two runs on the same log has the same bytes. */
    private static Map<String, Long> sorted(Map<String, Long> rows) {
        return Collections.unmodifiableMap(new TreeMap<>(rows));
    }

    /** A data set whose files are not listed. */
    public PreparedData(
            String name,
            double minRating,
            double maxRating,
            String sha256,
            String rowIdsSha256,
            long rows,
            Map<String, Long> splits,
            Map<String, Long> pools,
            Double ratingStep,
            SplitLabel split) {
        this(name, minRating, maxRating, sha256, rowIdsSha256, rows, splits, pools, ratingStep, split, null);
    }

    /** Two data sets are equal when they contain the same rows, in whatever files. */
    @Override
    public boolean equals(Object other) {
        return other instanceof PreparedData that && content().equals(that.content());
    }

    @Override
    public int hashCode() {
        return content().hashCode();
    }

    private List<Object> content() {
        return Arrays.asList(name, minRating, maxRating, sha256, rowIdsSha256, rows, splits, pools, ratingStep, split);
    }

    /** Format version of the file; see {@link StateFile}. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public int format() {
        return StateFile.FORMAT;
    }

    /**
     * Reads {@code data.json} of a folder.
     *
     * @throws InvalidInputException when the folder contains no complete data set, or the file cannot be read or
     *     understood
     */
    public static PreparedData read(SparkSession spark, String folder) {
        Path file = file(folder);
        try (InputStream in = TextFile.raw(
                        file.getFileSystem(spark.sparkContext().hadoopConfiguration()))
                .open(file)) {
            return StateFile.read("paths.data: " + file, in.readAllBytes(), PreparedData.class, COPY_AGAIN);
        } catch (FileNotFoundException e) {
            throw found(spark, folder)
                    ? unreadable(file, e) // Hadoop throws the same exception for a file without read permission
                    : new InvalidInputException(
                            "paths.data: %s contains no prepared data (no %s); run `recthink prepare` first"
                                    .formatted(folder, FILE),
                            e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static boolean found(SparkSession spark, String folder) {
        try {
            return exists(spark, folder);
        } catch (IOException e) {
            return true;
        }
    }

    private static InvalidInputException unreadable(Path file, IOException cause) {
        return new InvalidInputException(
                "paths.data: %s cannot be read: %s. Correct its permissions if they are the reason. %s"
                        .formatted(file, StateFile.reason(cause), COPY_AGAIN),
                cause);
    }

    private static Path file(String folder) {
        try {
            return new Path(folder, FILE);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("paths.data: %s is not a path: %s".formatted(folder, e.getMessage()), e);
        }
    }

    /** Whether a folder contains a complete data set. */
    public static boolean exists(SparkSession spark, String folder) throws IOException {
        Path file = new Path(folder, FILE);
        return file.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(file);
    }

    /** Writes {@code data.json} into a folder; fails when the file exists. */
    public void write(SparkSession spark, String folder) throws IOException {
        Path file = new Path(folder, FILE);
        FileSystem files = TextFile.raw(file.getFileSystem(spark.sparkContext().hadoopConfiguration()));
        WholeFile.write(files, file, StateFile.write(this), false);
    }

    /**
     * The examples of a complete data set; the schema is {@link Tables#EXAMPLES}.
     *
     * @throws InvalidInputException when the folder contains no data set, or a table in it is incomplete
     */
    public static Dataset<Row> examples(SparkSession spark, String folder) {
        PreparedData data = read(spark, folder);
        data.requireWhole(spark, folder, Set.of(EXAMPLES));
        return examplesOf(spark, folder);
    }

    /**
     * A table of the data set; empty in a data set of an earlier version without this table.
     *
     * @param folder folder of the data set
     * @throws InvalidInputException as {@link #examples}
     */
    public Optional<Dataset<Row>> table(SparkSession spark, String folder, String name, StructType schema) {
        if (!tables.containsKey(name)) {
            return Optional.empty();
        }
        requireWhole(spark, folder, Set.of(name));
        return Optional.of(spark.read().schema(schema).parquet(LiteralPath.of(folder + "/" + name)));
    }

    private static Dataset<Row> examplesOf(SparkSession spark, String folder) {
        return spark.read().schema(Tables.EXAMPLES).parquet(LiteralPath.of(folder + "/" + EXAMPLES));
    }

    /**
     * Compares the tables of a folder with this description: by names and sizes of their files, or, without a list of
     * files, by the number of examples.
     *
     * @throws InvalidInputException when a file of a table is missing or changed, or the number of rows differs
     */
    public void requireWhole(SparkSession spark, String folder) {
        requireWhole(spark, folder, tables.keySet());
    }

    /** Compares only some tables: a copy may lack tables that its reader does not need. */
    private void requireWhole(SparkSession spark, String folder, Set<String> needed) {
        tables.forEach((name, files) -> {
            if (needed.contains(name)) {
                files.requireSame(
                        table(name, folder),
                        folder + "/" + name,
                        COPY_AGAIN,
                        spark.sparkContext().hadoopConfiguration());
            }
        });
        TableFiles examples = tables.get(EXAMPLES);
        long found = examples == null ? count(spark, folder) : examples.rows();
        if (found != rows) {
            throw new InvalidInputException("paths.data: the table %s of %s has %d rows, and %s says %d. %s"
                    .formatted(EXAMPLES, folder, found, FILE, rows, COPY_AGAIN));
        }
    }

    /**
     * Compares the contents of the files too.
     *
     * @throws InvalidInputException as {@link #requireWhole}, and when the content of a file differs
     */
    public void requireContents(SparkSession spark, String folder) {
        requireWhole(spark, folder);
        tables.forEach((name, files) ->
                files.requireSameContents(spark, table(name, folder), folder + "/" + name, COPY_AGAIN));
    }

    private static String table(String name, String folder) {
        return "paths.data: the table %s of %s does not match %s".formatted(name, folder, FILE);
    }

    /** The number of examples, from the footers of their files. */
    private static long count(SparkSession spark, String folder) {
        if (TableFiles.sizes(folder + "/" + EXAMPLES, spark.sparkContext().hadoopConfiguration())
                .isEmpty()) {
            return 0;
        }
        try {
            return examplesOf(spark, folder).count();
        } catch (Exception e) { // Spark throws checked exceptions that it does not declare
            throw new InvalidInputException(
                    "paths.data: the table %s of %s cannot be read: %s. %s"
                            .formatted(EXAMPLES, folder, rootReason(e), COPY_AGAIN),
                    e);
        }
    }

    private static String rootReason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    }
}
