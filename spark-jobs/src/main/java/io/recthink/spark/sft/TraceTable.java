package io.recthink.spark.sft;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.hex;
import static org.apache.spark.sql.functions.xxhash64;

import io.recthink.InvalidInputException;
import io.recthink.spark.completion.PromptEncoding;
import io.recthink.spark.files.ListedTable;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.files.OutputFolders;
import io.recthink.spark.table.Examples;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.Tables;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * The traces with their prompts, rendered once and kept by the executors; the driver fetches those of some steps at a time.
 */
final class TraceTable implements AutoCloseable {
    private static final String KEY = "traceKey";

    private final JavaRDD<EncodedTrace> traces;
    private final Map<String, EncodedTrace> fetched = new HashMap<>();

    /**
     * Traces to learn from.
     *
     * @param traces as {@link #read} gives them
     * @param endToken that ends the assistant's turn
     */
    TraceTable(Dataset<Row> traces, PromptEncoding encoding, int endToken) {
        this.traces = traces.toJavaRDD()
                .mapPartitions(rows -> encode(rows, encoding, endToken))
                .persist(StorageLevel.MEMORY_AND_DISK());
    }

    /**
     * The traces at a path, each with its example and its key; a trace that occurs twice counts once.
     *
     * @throws InvalidInputException when there are no traces, or a table of them or of the data set is not whole
     */
    static Dataset<Row> read(SparkSession spark, String path, String data) {
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        List<String> folders = ListedTable.folders("paths.traces", path, hadoop);
        if (folders.isEmpty()) {
            throw new InvalidInputException(
                    "paths.traces: there is nothing at %s. Run `recthink cold-start` first, or name the traces that you have."
                            .formatted(path));
        }
        ListedTable.requireAllWhole(spark, "paths.traces", path);
        folders.forEach(folder -> OutputFolders.requireComplete(hadoop, "paths.traces", folder));
        Dataset<Row> traces = spark.read()
                .schema(Tables.TRACES)
                .parquet(LiteralPath.unlessPattern(spark, path))
                .withColumn(KEY, concat_ws(":", col("rowId"), hex(xxhash64(col("completion")))))
                .dropDuplicates(KEY);
        return PreparedData.examples(spark, data).join(traces, "rowId");
    }

    /** The keys of traces, ascending: row id and hash of the text. Their number is configuration, not the size of the log. */
    static List<String> keys(Dataset<Row> traces) {
        return traces.select(KEY).as(Encoders.STRING()).collectAsList().stream()
                .sorted()
                .toList();
    }

    /**
     * Some traces in the order of their keys in the list.
     *
     * @param next keys that will be asked for soon and come along when a job is needed
     */
    List<EncodedTrace> fetch(List<String> keys, List<String> next) {
        if (!fetched.keySet().containsAll(keys)) {
            fetched.clear();
            Set<String> wanted = new HashSet<>(next);
            wanted.addAll(keys);
            traces.filter(trace -> wanted.contains(trace.key()))
                    .collect()
                    .forEach(trace -> fetched.put(trace.key(), trace));
        }
        return keys.stream().map(fetched::get).toList();
    }

    @Override
    public void close() {
        traces.unpersist();
    }

    private static Iterator<EncodedTrace> encode(Iterator<Row> rows, PromptEncoding encoding, int endToken) {
        List<EncodedTrace> traces = new ArrayList<>();
        try (PromptEncoding.Open open = encoding.open()) {
            rows.forEachRemaining(row -> {
                int[] text = open.encoder().encodeAnswer(row.getAs("completion"));
                int[] completion = Arrays.copyOf(text, text.length + 1);
                completion[text.length] = endToken;
                traces.add(new EncodedTrace(row.getAs(KEY), open.encoder().encode(Examples.input(row)), completion));
            });
        }
        return traces.iterator();
    }
}
