package io.recthink.spark.evaluate;

import io.recthink.InvalidInputException;
import io.recthink.spark.files.LiteralPath;
import java.util.List;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Reads the files of one table unchanged. Columns of CSV and JSON files are read as text. */
final class PredictionReader {
    private static final int SHOWN = 300;

    private PredictionReader() {}

    /**
     * The table. CSV and JSON tables have the column {@link PredictionColumns#BROKEN_LINE} for lines that Spark cannot
     * parse.
     *
     * @throws InvalidInputException when Spark cannot read the table
     */
    static Dataset<Row> read(SparkSession spark, String key, PredictionFiles files) {
        try {
            return switch (files.format()) {
                case PARQUET -> spark.read().parquet(LiteralPath.of(files.path()));
                case CSV -> csv(spark, files);
                case JSON_LINES -> json(spark, files, false);
                case JSON_ARRAY -> json(spark, files, true);
            };
        } catch (Exception e) { // Spark throws checked exceptions that it does not declare
            throw unreadable(key, files.path(), e);
        }
    }

    private static Dataset<Row> csv(SparkSession spark, PredictionFiles files) {
        DataFrameReader reader = reader(spark)
                .option("header", true)
                .option("sep", files.delimiter())
                .option("escape", "\"") // a doubled quote is one quote; Spark's own default is a backslash
                .option("multiLine", true)
                .option("ignoreLeadingWhiteSpace", true)
                .option("ignoreTrailingWhiteSpace", true);
        StructType header = reader.csv(LiteralPath.of(files.files().get(0))).schema();
        return reader.schema(header.add(PredictionColumns.BROKEN_LINE, DataTypes.StringType))
                .csv(places(files));
    }

    private static Dataset<Row> json(SparkSession spark, PredictionFiles files, boolean array) {
        return reader(spark)
                .option("primitivesAsString", true)
                .option("multiLine", array)
                .json(places(files));
    }

    private static DataFrameReader reader(SparkSession spark) {
        return spark.read().option("columnNameOfCorruptRecord", PredictionColumns.BROKEN_LINE);
    }

    /**
     * The paths that Spark reads: a nested folder itself, because names of its subfolders are columns; otherwise the
     * files.
     */
    private static String[] places(PredictionFiles files) {
        return (files.nested() ? List.of(files.path()) : files.files())
                .stream().map(LiteralPath::of).toArray(String[]::new);
    }

    /** The exception for predictions that Spark cannot read, with the cause in one line. */
    static InvalidInputException unreadable(String key, String path, Exception failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String reason = String.valueOf(root.getMessage()).lines().findFirst().orElse("");
        String shown = reason.length() > SHOWN ? reason.substring(0, SHOWN) + "..." : reason;
        return new InvalidInputException(
                "%s: %s cannot be read: %s: %s; write it again or remove it"
                        .formatted(key, path, root.getClass().getSimpleName(), shown),
                failure);
    }
}
