package io.recthink.spark.source;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Reads tables of separated values. A quoted field may span lines, so a quote without a closing quote swallows the
 * lines after it. This class looks for swallowed lines in the rows and returns them as unusable rows.
 */
final class CsvTables {
    private static final String BACKSLASH = "\\";
    private static final int SAMPLE = 1000;
    private static final double MOSTLY = 0.95;

    private final SparkSession spark;
    private final String path;
    private final String key;
    private final CsvSettings dialect;
    private final Consumer<String> notes;

    /** @param notes receives messages for the user about how the file was read */
    CsvTables(SparkSession spark, String path, String key, CsvSettings dialect, Consumer<String> notes) {
        this.spark = spark;
        this.path = path;
        this.key = key;
        this.dialect = dialect;
        this.notes = notes;
    }

    FoundTable read() {
        String escape = dialect.escape().isEmpty() ? escape() : dialect.escape();
        StructType schema = reader(escape).csv(path).schema();
        Dataset<Row> rows = reader(escape)
                .schema(schema.add(FoundTable.UNPARSED, DataTypes.StringType))
                .csv(path);
        List<String> fields = fields(schema);
        List<Integer> numbers = numbers(rows, fields);
        String names = dialect.header() ? "the first line names the columns" : "the columns have no names";
        String hint = "read with source.csv.separator '%s'%s; source.csv.header is %s: %s"
                .formatted(
                        dialect.separator(),
                        fields.size() == 1 ? ", which finds a single column" : "",
                        dialect.header(),
                        names);
        return new FoundTable(numbers.isEmpty() ? rows : apart(rows, fields, numbers), key, hint);
    }

    /** Returns the columns of the files, without the partition columns that folder names give. */
    private List<String> fields(StructType schema) {
        List<String> folders = List.of(spark.read().text(path).columns());
        return Stream.of(schema.fieldNames())
                .filter(name -> folders.stream().skip(1).noneMatch(name::equalsIgnoreCase))
                .toList();
    }

    private DataFrameReader reader(String escape) {
        return spark.read()
                .option("header", dialect.header())
                .option("sep", dialect.separatorCharacter())
                .option("quote", dialect.quote())
                .option("escape", dialect.quote().isEmpty() ? "" : escape)
                .option("encoding", dialect.encoding())
                .option("mode", "PERMISSIVE")
                .option("columnNameOfCorruptRecord", FoundTable.UNPARSED)
                .option("multiLine", !dialect.quote().isEmpty());
    }

    /**
     * Detects how the file writes quotes inside quoted fields: doubled, or after a backslash, as Spark and MySQL write
     * them.
     */
    private String escape() {
        if (dialect.quote().isEmpty()) {
            return "";
        }
        String quote = Pattern.quote(dialect.quote());
        String border = "[" + Pattern.quote(dialect.separatorCharacter()) + "\\r\\n]";
        Column value = col("value");
        Row found = spark.read()
                .text(path)
                .agg(
                        max(value.rlike("\\\\" + quote + "(?!" + border + "|$)").cast("int")),
                        max(value.rlike("[^\\\\" + border.substring(1) + quote + quote + "(?!" + border + "|$)")
                                .cast("int")))
                .first();
        boolean backslashes = !found.isNullAt(0) && found.getInt(0) == 1;
        boolean doubled = !found.isNullAt(1) && found.getInt(1) == 1;
        if (backslashes && doubled) {
            notes.accept(("WARNING: %s has quotes behind backslashes and doubled quotes; prepare reads them as doubled"
                            + " quotes. Set source.csv.escape if this is wrong")
                    .formatted(path));
        } else if (backslashes) {
            notes.accept("%s writes quotes behind backslashes, as Spark does".formatted(path));
        }
        return backslashes && !doubled ? BACKSLASH : dialect.quote();
    }

    /** Returns the columns that contain numbers, judged by the first rows. */
    private static List<Integer> numbers(Dataset<Row> rows, List<String> fields) {
        List<Row> sample = rows.where(col(FoundTable.UNPARSED).isNull())
                .select(columns(rows, fields))
                .limit(SAMPLE)
                .collectAsList();
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            int column = i;
            long filled = sample.stream().filter(row -> !row.isNullAt(column)).count();
            long numeric = sample.stream()
                    .filter(row -> !row.isNullAt(column) && SwallowedLines.isNumber(row.getString(column)))
                    .count();
            if (filled > 0 && numeric >= MOSTLY * filled) {
                numbers.add(column);
            }
        }
        return numbers;
    }

    /** Gives each swallowed line its own row, and marks the row that swallowed it. */
    private Dataset<Row> apart(Dataset<Row> rows, List<String> fields, List<Integer> numbers) {
        SwallowedLines lines =
                new SwallowedLines(fields.size(), dialect.separatorCharacter(), dialect.quote(), numbers);
        Column swallowed = udf((UDF2<String, Row, String[]>) lines::of, DataTypes.createArrayType(DataTypes.StringType))
                .apply(col(FoundTable.UNPARSED), struct(columns(rows, fields)));
        Column itself = array(lit(null).cast("string"));
        Dataset<Row> marked = rows.withColumn("_swallowed", swallowed);
        Dataset<Row> apart = marked.select(Stream.concat(
                        Stream.of(marked.columns()).map(name -> marked.col(FoundTable.quoted(name))),
                        Stream.of(posexplode(concat(itself, col("_swallowed")))
                                .as(new String[] {"_part", FoundTable.LOST})))
                .toArray(Column[]::new));
        return apart.withColumn(
                        FoundTable.SWALLOWER,
                        size(col("_swallowed")).gt(0).and(col("_part").equalTo(0)))
                .withColumn(FoundTable.UNPARSED, when(col("_part").equalTo(0), col(FoundTable.UNPARSED)))
                .drop("_swallowed", "_part");
    }

    private static Column[] columns(Dataset<Row> rows, List<String> names) {
        return names.stream().map(name -> rows.col(FoundTable.quoted(name))).toArray(Column[]::new);
    }
}
