package io.recthink.spark.sft;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.hex;
import static org.apache.spark.sql.functions.xxhash64;

import io.recthink.InvalidInputException;
import io.recthink.prompt.InstructionEncoder;
import io.recthink.spark.completion.PromptEncoding;
import io.recthink.spark.files.ListedTable;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.files.OutputFolders;
import io.recthink.spark.table.Examples;
import io.recthink.spark.table.Instructions;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.Tables;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/** Reads the traces of a data set and converts them to instructions. */
final class TraceTable {
    private static final String KEY = "traceKey";

    private TraceTable() {}

    /**
     * The traces at a path, each with its example and its key; repeated traces are read once.
     *
     * @throws InvalidInputException when there are no traces, or a table of traces or of the data set is incomplete
     */
    static Dataset<Row> read(SparkSession spark, String path, String data) {
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        List<String> folders = ListedTable.folders("paths.traces", path, hadoop);
        if (folders.isEmpty()) {
            throw new InvalidInputException(
                    "paths.traces: %s does not exist. Run `recthink cold-start` first, or name existing traces."
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

    /**
     * The keys of traces, ascending: row id and hash of the text. Their number depends on the configuration, not on the
     * log.
     */
    static List<String> keys(Dataset<Row> traces) {
        return traces.select(KEY).as(Encoders.STRING()).collectAsList().stream()
                .sorted()
                .toList();
    }

    /**
     * The traces as instructions with the prompts of their examples.
     *
     * @param traces as from {@link #read}
     */
    static Dataset<Row> instructions(Dataset<Row> traces, PromptEncoding encoding) {
        return traces.sparkSession()
                .createDataFrame(
                        traces.toJavaRDD().mapPartitions(rows -> instructions(rows, encoding)), Instructions.SCHEMA);
    }

    private static Iterator<Row> instructions(Iterator<Row> rows, PromptEncoding encoding) {
        List<Row> instructions = new ArrayList<>();
        try (PromptEncoding.Open open = encoding.open()) {
            rows.forEachRemaining(row -> instructions.add(RowFactory.create(
                    row.getAs(KEY),
                    open.encoder().messages(Examples.input(row)).stream()
                            .map(message -> RowFactory.create(message.role(), message.content()))
                            .toArray(Row[]::new),
                    InstructionEncoder.answer(row.getAs("completion")),
                    1.0)));
        }
        return instructions.iterator();
    }
}
