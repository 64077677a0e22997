package io.recthink.spark.source;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.from_json;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.input.PortableDataStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Reads JSON tables: one object per line, an array of objects, or objects that span several lines. It also reads the
 * lines of the Amazon metadata of 2014, which are Python literals. Rows are read as text, so that the quarantine
 * receives them as they were found.
 */
final class JsonTables {
    private static final Map<String, String> OPTIONS = Map.of(
            "mode", "PERMISSIVE",
            "columnNameOfCorruptRecord", FoundTable.UNPARSED,
            "allowBackslashEscapingAnyCharacter", "true");
    private static final UserDefinedFunction AS_JSON = udf(
            (UDF1<String, String>) line -> line != null && PythonLiteral.looksLikeOne(line)
                    ? PythonLiteral.toJson(line).orElse(line)
                    : line,
            DataTypes.StringType);

    private final SparkSession spark;
    private final String path;
    private final String key;

    JsonTables(SparkSession spark, String path, String key) {
        this.spark = spark;
        this.path = path;
        this.key = key;
    }

    /** Reads the table with known fields. */
    FoundTable read(StructType schema) {
        return read(lines(), schema);
    }

    private FoundTable read(Dataset<Row> lines, StructType schema) {
        List<Column> read = new ArrayList<>(List.of(
                from_json(AS_JSON.apply(col("value")), schema.add(FoundTable.UNPARSED, DataTypes.StringType), OPTIONS)
                        .as("_row"),
                col("value").as(FoundTable.LINE)));
        List<Column> columns = new ArrayList<>(List.of(
                when(col("_row." + FoundTable.UNPARSED).isNotNull(), col(FoundTable.LINE))
                        .as(FoundTable.UNPARSED),
                col(FoundTable.LINE)));
        List<String> partitions =
                Stream.of(lines.columns()).filter(name -> !name.equals("value")).toList();
        partitions.forEach(name -> read.add(lines.col(FoundTable.quoted(name))));
        Stream.of(schema.fieldNames())
                .filter(name -> partitions.stream().noneMatch(name::equalsIgnoreCase))
                .forEach(name -> columns.add(col("_row").getField(name).as(name)));
        partitions.forEach(name -> columns.add(col(FoundTable.quoted(name))));
        Dataset<Row> rows = lines.select(read.toArray(Column[]::new)).select(columns.toArray(Column[]::new));
        return new FoundTable(rows, key, "");
    }

    /** Reads the table with all fields that its rows have. Every field is text, or a list or struct of texts. */
    FoundTable read(String mapped) {
        Dataset<Row> lines = lines();
        Dataset<String> json =
                lines.select(AS_JSON.apply(col("value")).as("value")).as(Encoders.STRING());
        StructType all = spark.read()
                .option("primitivesAsString", true)
                .option("columnNameOfCorruptRecord", FoundTable.UNPARSED)
                .option("allowBackslashEscapingAnyCharacter", true)
                .json(json)
                .schema();
        return read(lines, distinct(all, mapped));
    }

    /**
     * Keeps one field of the fields whose names differ only in case, because a query cannot distinguish them. The field
     * that the mapping uses stays. So a single row with another spelling does not hide the column of all other rows.
     */
    private static StructType distinct(StructType all, String mapped) {
        Map<String, StructField> fields = new LinkedHashMap<>();
        for (StructField field : all.fields()) {
            if (!field.name().equals(FoundTable.UNPARSED)) {
                fields.merge(
                        field.name().toLowerCase(Locale.ROOT),
                        field,
                        (one, other) -> mapped.contains(other.name()) ? other : one);
            }
        }
        return new StructType(fields.values().toArray(StructField[]::new));
    }

    private Dataset<Row> lines() {
        return (printedOverLines() ? documents() : spark.read().text(path))
                .where(trim(col("value")).notEqual(""));
    }

    private boolean printedOverLines() {
        SourceFiles files = new SourceFiles(spark, path);
        try {
            Optional<Path> first = files.first();
            if (first.isEmpty()) {
                return false;
            }
            try (InputStream in = files.open(first.get())) {
                return JsonDocuments.needed(in);
            }
        } catch (IOException e) {
            throw new InvalidInputException("%s: %s cannot be read: %s".formatted(key, path, e.getMessage()), e);
        }
    }

    private Dataset<Row> documents() {
        if (spark.read().text(path).columns().length > 1 || path.contains(",")) {
            throw new InvalidInputException(
                    ("%s: %s contains JSON over several lines. prepare cannot read this JSON from folders of"
                                    + " partitions or from a path with a comma. Write one object per line")
                            .formatted(key, path));
        }
        SerializableConfiguration settings =
                new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
        JavaRDD<String> rows = JavaSparkContext.fromSparkContext(spark.sparkContext())
                .binaryFiles(path)
                .flatMap(file -> documents(file._1(), file._2(), settings.value()));
        return spark.createDataset(rows.rdd(), Encoders.STRING()).toDF("value");
    }

    private static Iterator<String> documents(String file, PortableDataStream content, Configuration settings)
            throws IOException {
        InputStream in = content.open();
        TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> close(in));
        return new JsonDocuments(file, SourceFiles.decompressed(new Path(file), in, settings));
    }

    private static void close(InputStream in) {
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
