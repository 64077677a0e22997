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

/** Reads the files of one table as they are; text formats give text alone. */
final class PredictionReader {
    private static final int SHOWN = 300;

    private PredictionReader() {}

    /**
     * The table, with the column {@link PredictionColumns#BROKEN_LINE} where lines may be no rows.
     *
     * @throws InvalidInputException when Spark cannot read it
     */
    static Dataset<Row> read(SparkSession spark, String key, PredictionFiles files) {
        try {
            return switch (files.format()) {
                case PARQUET -> spark.read().parquet(LiteralPath.of(files.path()));
                case CSV -> csv(spark, files);
                case JSON_LINES -> json(spark, files, false);
                case JSON_ARRAY -> json(spark, files, true);
            };
        } catch (Exception e) { // Spark declares none and throws checked ones
            throw unreadable(key, files.path(), e);
        }
    }

    private static Dataset<Row> csv(SparkSession spark, PredictionFiles files) {
        DataFrameReader reader = reader(spark)
                .option("header", true)
                .option("sep", files.delimiter())
                .option("escape", "\"") // two quotes in a quoted text are one, as everywhere but in Spark
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

    /** A folder of folders is named itself: the names of those within are columns. */
    private static String[] places(PredictionFiles files) {
        return (files.nested() ? List.of(files.path()) : files.files())
                .stream().map(LiteralPath::of).toArray(String[]::new);
    }

    /** Why Spark could not read predictions, in one line. */
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
