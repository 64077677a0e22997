package io.recthink.spark.prepare;

import io.recthink.InvalidInputException;
import io.recthink.spark.baseline.bias.FittedBiasModel;
import io.recthink.spark.files.TableFiles;
import io.recthink.spark.files.TextFile;
import io.recthink.spark.table.PreparedData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** The folder that {@code prepare} writes. {@code prepare} never changes a complete folder. */
final class DataFolder {
    static final String EXAMPLES = "examples";
    static final String REVIEWS = "reviews";
    static final String QUARANTINE = "quarantine";
    static final String QUARANTINED_ITEMS = "quarantine-items";
    static final String BIASES = FittedBiasModel.TABLE;
    static final String CARD_JSON = "data-card.json";
    static final String CARD_TEXT = "data-card.md";
    static final String CARD_PAGE = "data-card.html";
    private static final List<String> TABLES = List.of(EXAMPLES, REVIEWS, QUARANTINE, QUARANTINED_ITEMS, BIASES);
    private static final Set<String> WRITTEN = Set.of(
            EXAMPLES, REVIEWS, QUARANTINE, QUARANTINED_ITEMS, BIASES, CARD_JSON, CARD_TEXT, CARD_PAGE, Origin.FILE);

    private final SparkSession spark;
    private final String folder;

    /** @throws InvalidInputException when the folder already contains a complete data set */
    DataFolder(SparkSession spark, String folder) {
        this.spark = spark;
        this.folder = folder;
        attempt(() -> {
            if (PreparedData.exists(spark, folder)) {
                refuseEmpty();
                throw new InvalidInputException(
                        ("paths.data: %s already holds a complete data set; set another paths.data, or remove the folder to"
                                        + " prepare it anew")
                                .formatted(folder));
            }
        });
    }

    /**
     * Refuses a folder whose {@code data.json} is empty, and removes nothing: an attempt may have failed, or a copy may
     * be incomplete.
     */
    private void refuseEmpty() throws IOException {
        Path file = new Path(path(PreparedData.FILE));
        FileSystem files = file.getFileSystem(spark.sparkContext().hadoopConfiguration());
        if (files.getFileStatus(file).getLen() == 0) {
            throw new InvalidInputException(
                    "paths.data: %s is empty: it was not written or copied to its end; copy the data set again, or delete the file to prepare it anew"
                            .formatted(file));
        }
    }

    /** Returns the path of a table or a file in the folder. */
    String path(String name) {
        return folder + "/" + name;
    }

    /**
     * Creates the folder and removes the files that an earlier attempt left.
     *
     * @return whether a file was removed
     * @throws InvalidInputException when the folder contains a file that this job does not write; nothing is removed
     *     then
     */
    boolean clear() {
        boolean[] removed = {false};
        attempt(() -> {
            Path path = new Path(folder);
            FileSystem files = path.getFileSystem(spark.sparkContext().hadoopConfiguration());
            if (!files.mkdirs(path)) {
                throw new IOException("the folder cannot be made");
            }
            FileStatus[] leftovers = files.listStatus(path);
            for (FileStatus leftover : leftovers) {
                refuseForeign(leftover.getPath().getName());
            }
            for (FileStatus leftover : leftovers) {
                removed[0] |= files.delete(leftover.getPath(), true);
            }
        });
        return removed[0];
    }

    private void refuseForeign(String name) {
        boolean part = name.startsWith(".") && (name.endsWith(".part") || name.endsWith(".crc"));
        if (!part && !WRITTEN.contains(name)) {
            throw new InvalidInputException(
                    "paths.data: %s holds %s, which prepare did not write; name a folder of its own"
                            .formatted(folder, name));
        }
    }

    /** Writes a text file in UTF-8. */
    void write(String name, String text) {
        TextFile.writeNew("paths.data", path(name), text, spark.sparkContext().hadoopConfiguration());
    }

    /** Returns the files of each written table, by the name of the table. */
    Map<String, TableFiles> tables() {
        Map<String, TableFiles> tables = new TreeMap<>();
        attempt(() -> {
            Path path = new Path(folder);
            FileSystem files = path.getFileSystem(spark.sparkContext().hadoopConfiguration());
            List<String> written = new ArrayList<>();
            for (String table : TABLES) {
                if (files.exists(new Path(path, table))) {
                    written.add(table);
                }
            }
            List<TableFiles> found =
                    TableFiles.of(spark, written.stream().map(this::path).toList());
            for (int i = 0; i < written.size(); i++) {
                tables.put(written.get(i), found.get(i));
            }
        });
        return tables;
    }

    /** Writes {@code data.json}, which makes the folder a complete data set. */
    void complete(PreparedData data) {
        attempt(() -> data.write(spark, folder));
    }

    private void attempt(Attempt attempt) {
        try {
            attempt.run();
        } catch (IOException e) {
            throw new InvalidInputException(
                    "paths.data: %s cannot be written: %s; check the path, its permissions and the space left"
                            .formatted(folder, e.getMessage()),
                    e);
        }
    }

    private interface Attempt {
        void run() throws IOException;
    }
}
