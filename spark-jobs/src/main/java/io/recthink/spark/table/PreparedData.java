package io.recthink.spark.table;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.recthink.InvalidInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What {@code data.json} says of a data folder. The file is written last: a folder without it is not a data set.
 *
 * @param name the label of the data set, part of every row id
 * @param minRating the lowest rating of the scale
 * @param maxRating the highest rating of the scale
 * @param sha256 hash of the whole examples table: changes with any value in any row
 * @param rowIdsSha256 hash of the row ids alone: equal for two data sets that predict the same rows
 * @param rows rows in all, at least 1
 * @param splits rows of each split
 * @param pools rows of each pool
 * @param split how the rows were divided, with the warning that belongs under a table
 */
@JsonIgnoreProperties(ignoreUnknown = true) // what a later version has added
public record PreparedData(
        String name,
        double minRating,
        double maxRating,
        String sha256,
        String rowIdsSha256,
        long rows,
        Map<String, Long> splits,
        Map<String, Long> pools,
        SplitLabel split) {
    static final String FILE = "data.json";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    public PreparedData {
        if (!(minRating < maxRating) || rows < 1) {
            throw new IllegalArgumentException("rating scale %s to %s, %d rows".formatted(minRating, maxRating, rows));
        }
        splits = Map.copyOf(splits);
        pools = Map.copyOf(pools);
        split = split == null ? SplitLabel.unwritten() : split;
    }

    /**
     * Reads {@code data.json} of a folder.
     *
     * @throws InvalidInputException when the folder holds no complete data set
     */
    public static PreparedData read(SparkSession spark, String folder) {
        Path file = new Path(folder, FILE);
        try (InputStream in =
                file.getFileSystem(spark.sparkContext().hadoopConfiguration()).open(file)) {
            return JSON.readValue(in, PreparedData.class);
        } catch (FileNotFoundException e) {
            throw new InvalidInputException(
                    "paths.data: %s holds no prepared data (no %s); run `recthink prepare` first"
                            .formatted(folder, FILE),
                    e);
        } catch (JsonProcessingException e) {
            throw new InvalidInputException("paths.data: %s cannot be read: %s".formatted(file, e.getMessage()), e);
        } catch (IOException e) {
            throw new InvalidInputException("paths.data: %s cannot be read: %s".formatted(file, e), e);
        }
    }

    /** Whether a folder holds a complete data set. */
    public static boolean exists(SparkSession spark, String folder) throws IOException {
        Path file = new Path(folder, FILE);
        return file.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(file);
    }

    /** Writes {@code data.json} into a folder, replacing none. */
    public void write(SparkSession spark, String folder) throws IOException {
        Path file = new Path(folder, FILE);
        try (OutputStream out =
                file.getFileSystem(spark.sparkContext().hadoopConfiguration()).create(file, false)) {
            out.write(JSON.writeValueAsBytes(this));
        }
    }

    /** The examples of a complete data set; the schema is {@link Tables#EXAMPLES}. */
    public static Dataset<Row> examples(SparkSession spark, String folder) {
        read(spark, folder);
        return spark.read().schema(Tables.EXAMPLES).parquet(folder + "/examples");
    }
}
