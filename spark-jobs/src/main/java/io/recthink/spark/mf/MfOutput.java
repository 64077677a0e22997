package io.recthink.spark.mf;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.table.OutputFolder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Where {@code mf} writes: a folder of predictions a system, one of their validation predictions, and the report, which
 * comes last. When something fails, all of it is removed.
 */
final class MfOutput {
    private final SparkSession spark;
    private final String predictions;
    private final String validation;
    private final String report;
    private final List<String> written = new ArrayList<>();

    private MfOutput(SparkSession spark, Configuration.Paths paths) {
        this.spark = spark;
        this.predictions = paths.resolve(paths.predictions());
        this.validation = paths.resolve(paths.validationPredictions());
        this.report = paths.resolve(paths.mf());
    }

    /**
     * The places, all of which are free.
     *
     * @throws InvalidInputException when something is there
     */
    static MfOutput of(SparkSession spark, Configuration.Paths paths, List<String> systems) {
        MfOutput output = new MfOutput(spark, paths);
        for (String system : systems) {
            OutputFolder.requireNew(spark, "paths.predictions", output.predictions + "/" + system);
            OutputFolder.requireNew(spark, "paths.validationPredictions", output.validation + "/" + system);
        }
        OutputFolder.requireNew(spark, "paths.mf", output.report);
        return output;
    }

    /** Writes the tables of a system. */
    void write(String system, Dataset<Row> predicted, Dataset<Row> validated) {
        write(validated, validation + "/" + system);
        write(predicted, predictions + "/" + system);
    }

    private void write(Dataset<Row> table, String folder) {
        written.add(folder);
        try {
            table.write().parquet(folder);
        } catch (RuntimeException e) {
            remove();
            throw e;
        }
    }

    /** Writes the report. */
    void write(MfReport text) {
        written.add(report);
        Path file = new Path(report);
        try (OutputStream out =
                file.getFileSystem(spark.sparkContext().hadoopConfiguration()).create(file, false)) {
            out.write(text.json().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            remove();
            throw new InvalidInputException(
                    "paths.mf: %s cannot be written: %s; free space there or name another file".formatted(report, e),
                    e);
        }
    }

    private void remove() {
        written.forEach(path -> delete(spark, path));
    }

    /** Removes a file or a folder, if it can be removed. */
    static void delete(SparkSession spark, String path) {
        try {
            Path file = new Path(path);
            file.getFileSystem(spark.sparkContext().hadoopConfiguration()).delete(file, true);
        } catch (IOException e) {
            System.err.println("%s is left over and cannot be removed: %s".formatted(path, e));
        }
    }

    /** The report's place. */
    String report() {
        return report;
    }

    /** The place of a system's predictions. */
    String predictions(String system) {
        return predictions + "/" + system;
    }
}
