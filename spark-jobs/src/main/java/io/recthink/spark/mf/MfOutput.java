package io.recthink.spark.mf;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration.Paths;
import io.recthink.spark.table.ListedTable;
import io.recthink.spark.table.OutputFolder;
import io.recthink.spark.table.TextFile;
import io.recthink.spark.table.TrainingCost;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
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

    private MfOutput(SparkSession spark, Paths paths) {
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
    static MfOutput of(SparkSession spark, Paths paths, List<String> systems) {
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
        write(validated, "paths.validationPredictions", validation + "/" + system);
        write(predicted, "paths.predictions", predictions + "/" + system);
    }

    private void write(Dataset<Row> table, String key, String folder) {
        written.add(folder);
        try {
            ListedTable.write(table, key, folder);
        } catch (RuntimeException e) {
            remove();
            throw e;
        }
    }

    /** Writes the report, and beside each system's predictions what its training took. */
    void write(MfReport text) {
        written.add(report);
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        int processors = spark.sparkContext().defaultParallelism();
        try {
            text.systems().stream()
                    .collect(Collectors.groupingBy(MfReport.Fit::system))
                    .forEach((system, fits) -> TrainingCost.write(
                            predictions(system),
                            fits.stream().map(fit -> fit.cost(processors)).toList(),
                            hadoop));
            TextFile.write("paths.mf", report, text.json(), hadoop);
        } catch (InvalidInputException e) {
            remove();
            throw e;
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
