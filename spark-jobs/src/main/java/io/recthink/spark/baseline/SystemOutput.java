package io.recthink.spark.baseline;

import io.recthink.config.Paths;
import io.recthink.spark.files.ListedTable;
import io.recthink.spark.files.OutputFolders;
import io.recthink.spark.files.TextFile;
import io.recthink.spark.table.TrainingCost;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Where fitted systems are written: a folder of predictions a system, one of their validation predictions, and the report. All of it
 * is written, or nothing stays.
 */
public final class SystemOutput implements AutoCloseable {
    private final SparkSession spark;
    private final String predictions;
    private final String validation;
    private final String report;
    private final OutputFolders folders;

    /**
     * The places, all of which are free.
     *
     * @param systems their names
     * @throws io.recthink.InvalidInputException when something is there
     */
    public SystemOutput(SparkSession spark, Paths paths, List<String> systems) {
        this.spark = spark;
        this.predictions = paths.resolve(paths.predictions());
        this.validation = paths.resolve(paths.validationPredictions());
        this.report = paths.resolve(paths.mf());
        Map<String, String> keys = new LinkedHashMap<>();
        for (String system : systems) {
            keys.put(predictions(system), "paths.predictions");
            keys.put(validation + "/" + system, "paths.validationPredictions");
        }
        keys.put(report, "paths.mf");
        this.folders = OutputFolders.take(spark.sparkContext().hadoopConfiguration(), keys);
    }

    /** Writes the tables of a system. */
    public void write(String system, Dataset<Row> predicted, Dataset<Row> validated) {
        ListedTable.write(validated, "paths.validationPredictions", validation + "/" + system);
        ListedTable.write(predicted, "paths.predictions", predictions(system));
    }

    /** Writes the report, and beside each system's predictions what its training took: all that was left to write. */
    public void complete(List<Fit<?>> systems, String text) {
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        int processors = spark.sparkContext().defaultParallelism();
        systems.stream()
                .collect(Collectors.groupingBy(Fit::system))
                .forEach((system, fits) -> TrainingCost.write(
                        predictions(system),
                        fits.stream().map(fit -> fit.cost(processors)).toList(),
                        hadoop));
        TextFile.write("paths.mf", report, text, hadoop);
        folders.complete();
    }

    @Override
    public void close() {
        folders.close();
    }

    /** Removes a file or a folder, if it can be removed. */
    public static void delete(SparkSession spark, String path) {
        try {
            Path file = new Path(path);
            file.getFileSystem(spark.sparkContext().hadoopConfiguration()).delete(file, true);
        } catch (IOException e) {
            System.err.println("%s is left over and cannot be removed: %s".formatted(path, e));
        }
    }

    /** The report's place. */
    public String report() {
        return report;
    }

    /** The place of a system's predictions. */
    public String predictions(String system) {
        return predictions + "/" + system;
    }
}
