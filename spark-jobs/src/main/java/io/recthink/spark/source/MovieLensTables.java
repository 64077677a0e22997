package io.recthink.spark.source;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import java.util.List;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Reads the files of MovieLens. Later releases are .csv files with a header. Earlier releases are .dat files without a
 * header: the release with one million ratings is in Latin-1, the release with ten million is in UTF-8.
 */
final class MovieLensTables {
    private final SparkSession spark;
    private final String path;
    private final String key;

    MovieLensTables(SparkSession spark, String path, String key) {
        this.spark = spark;
        this.path = path;
        this.key = key;
    }

    FoundTable read(StructType schema) {
        StructType parsed = schema.add(FoundTable.UNPARSED, DataTypes.StringType);
        DataFrameReader reader = spark.read()
                .schema(parsed)
                .option("mode", "PERMISSIVE")
                .option("columnNameOfCorruptRecord", FoundTable.UNPARSED)
                .option("escape", "\"");
        if (!path.matches(".*\\.dat(\\.\\w+)?")) {
            return new FoundTable(reader.option("header", true).csv(path), key, "");
        }
        boolean titles = List.of(schema.fieldNames()).contains("title");
        String encoding = titles && isUtf8() ? "UTF-8" : "ISO-8859-1";
        return new FoundTable(
                // Titles may contain quotes, which are plain characters here.
                reader.option("sep", "::")
                        .option("quote", "")
                        .option("encoding", encoding)
                        .csv(path),
                key,
                "");
    }

    private boolean isUtf8() {
        var damaged = udf((UDF1<String, Boolean>) line -> line.indexOf('\uFFFD') >= 0, DataTypes.BooleanType);
        return spark.read().text(path).where(damaged.apply(col("value"))).isEmpty();
    }
}
