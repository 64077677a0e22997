package io.recthink.spark.teacher;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.input_file_name;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;

import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.files.Storage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger: all answers of teachers, in append-only files of JSON lines. A file is written whole and never changed.
 * Several applications may write at the same time. Of two answers to one request the first counts, in the order of time
 * and file name.
 */
final class Ledger {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
    private static final String ENDING = ".jsonl";

    /** All that a reader needs of an entry, in the order that decides which answer counts. */
    private static final StructType ENTRIES = new StructType()
            .add("sha256", DataTypes.StringType, true)
            .add("time", DataTypes.StringType, true)
            .add("file", DataTypes.StringType, true)
            .add("response", DataTypes.StringType, true)
            .add("finish", DataTypes.StringType, true)
            .add("promptTokens", DataTypes.LongType, true)
            .add("completionTokens", DataTypes.LongType, true);

    private final SparkSession spark;
    private final String folder;

    /** @param folder resolved path of {@code paths.teacher} */
    Ledger(SparkSession spark, String folder) {
        this.spark = spark;
        this.folder = in(folder);
    }

    /** The folder of the ledger below {@code paths.teacher}. */
    static String in(String folder) {
        return folder + "/ledger";
    }

    /** The sums over all answers of the ledger. */
    record Spent(long requests, long promptTokens, long completionTokens) {
        long tokens() {
            return promptTokens + completionTokens;
        }
    }

    /** What has been answered until now. Two answers to one request were both paid. */
    Spent spent() {
        Row sums = entries()
                .agg(count(lit(1)), sum("promptTokens"), sum("completionTokens"))
                .head();
        return sums.getLong(0) == 0 ? new Spent(0, 0, 0) : new Spent(sums.getLong(0), sums.getLong(1), sums.getLong(2));
    }

    /**
     * One answer for each request: {@code sha256, response, finish, promptTokens, completionTokens}.
     *
     * @param wanted requests in the column {@code sha256}
     */
    Dataset<Row> answers(Dataset<Row> wanted) {
        return entries()
                .join(wanted.select("sha256").distinct(), "sha256")
                .groupBy("sha256")
                .agg(min(struct(
                                col("time"),
                                col("file"),
                                col("response"),
                                col("finish"),
                                col("promptTokens"),
                                col("completionTokens")))
                        .as("first"))
                .select("sha256", "first.response", "first.finish", "first.promptTokens", "first.completionTokens");
    }

    private Dataset<Row> entries() {
        String[] files = Storage.at(folder, spark.sparkContext().hadoopConfiguration()).list("").stream()
                .filter(FileStatus::isFile)
                .map(file -> file.getPath().toString())
                .filter(name -> name.endsWith(ENDING))
                .map(LiteralPath::of)
                .toArray(String[]::new);
        return files.length == 0
                ? spark.createDataFrame(List.of(), ENTRIES)
                : spark.read()
                        .text(files)
                        .select(col("value"), input_file_name().as("file"))
                        .mapPartitions((MapPartitionsFunction<Row, Row>) Ledger::rows, Encoders.row(ENTRIES));
    }

    private static Iterator<Row> rows(Iterator<Row> lines) {
        List<Row> rows = new ArrayList<>();
        lines.forEachRemaining(line -> {
            Optional<LedgerEntry> entry = LedgerEntry.of(line.getString(0));
            if (entry.isEmpty()) {
                LOG.warn(
                        "{} has a line that is not whole: a task was killed while it wrote. Its request is asked again.",
                        line.getString(1));
            }
            entry.ifPresent(read -> rows.add(RowFactory.create(
                    read.sha256(),
                    read.time(),
                    line.getString(1),
                    read.response(),
                    read.finish(),
                    read.promptTokens(),
                    read.completionTokens())));
        });
        return rows.iterator();
    }

    /**
     * The requests that files whose names begin with a prefix answer. A retried task calls it, to ask nothing that the
     * attempt before it has answered.
     */
    static Set<String> answered(String folder, String prefix, Configuration hadoop) {
        Storage storage = Storage.at(in(folder), hadoop);
        Set<String> answered = new HashSet<>();
        for (FileStatus file : storage.list("")) {
            String name = file.getPath().getName();
            if (name.startsWith(prefix) && name.endsWith(ENDING)) {
                new String(storage.read(name).orElseThrow(), StandardCharsets.UTF_8)
                        .lines()
                        .flatMap(line -> LedgerEntry.of(line).stream())
                        .forEach(entry -> answered.add(entry.sha256()));
            }
        }
        return answered;
    }

    /** Writes one file of entries, at least one. */
    static void write(String folder, String name, List<LedgerEntry> entries, Configuration hadoop) {
        StringBuilder lines = new StringBuilder();
        entries.forEach(entry -> lines.append(entry.line()).append('\n'));
        Storage.at(in(folder), hadoop).write(name + ENDING, lines.toString());
    }
}
