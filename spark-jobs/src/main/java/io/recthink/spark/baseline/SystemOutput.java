package io.recthink.spark.baseline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.recthink.config.Paths;
import io.recthink.spark.files.ListedTable;
import io.recthink.spark.files.OutputFolders;
import io.recthink.spark.files.TextFile;
import io.recthink.spark.table.Readout;
import io.recthink.spark.table.TrainingCost;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Writes the output of fitted systems: for each system the folders {@code <paths.predictions>/<system>} and
 * {@code <paths.validationPredictions>/<system>}, and a report. A failed job leaves no output.
 */
public final class SystemOutput implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final SparkSession spark;
    private final String predictions;
    private final String validation;
    private final String reportKey;
    private final String report;
    private final OutputFolders folders;

    /**
     * Reserves the folders and the file.
     *
     * @param reportKey the setting that names the report
     * @param report the path of the report
     * @param temporary folders that the job removes before it completes
     * @param systems the names of the systems
     * @throws io.recthink.InvalidInputException when one of them exists
     */
    public SystemOutput(
            SparkSession spark,
            Paths paths,
            String reportKey,
            String report,
            List<String> temporary,
            List<String> systems) {
        this.spark = spark;
        this.predictions = paths.resolve(paths.predictions());
        this.validation = paths.resolve(paths.validationPredictions());
        this.reportKey = reportKey;
        this.report = paths.resolve(report);
        Map<String, String> keys = new LinkedHashMap<>();
        for (String system : systems) {
            keys.put(predictions(system), "paths.predictions");
            keys.put(validation + "/" + system, "paths.validationPredictions");
        }
        keys.put(this.report, reportKey);
        temporary.forEach(folder -> keys.put(folder, "paths.root"));
        this.folders = OutputFolders.take(spark.sparkContext().hadoopConfiguration(), keys);
    }

    /**
     * Writes the prediction tables of a system.
     *
     * @param fitted the read-outs and seeds of all systems
     */
    public void write(String system, List<FittedSystem> fitted) {
        List<FittedSystem> ofSystem =
                fitted.stream().filter(one -> one.fit().system().equals(system)).toList();
        ListedTable.write(
                union(ofSystem.stream().map(FittedSystem::validated)),
                "paths.validationPredictions",
                validation + "/" + system);
        ListedTable.write(
                union(ofSystem.stream().map(FittedSystem::predicted)), "paths.predictions", predictions(system));
    }

    private static Dataset<Row> union(Stream<PredictionTable> tables) {
        return tables.map(PredictionTable::table).reduce(Dataset::union).orElseThrow();
    }

    /**
     * Completes the output: writes the report, and the training costs of each system as {@code _training.json} beside
     * its predictions. The cost of a read-out with several seeds is that of its first model.
     *
     * @param processors the number of processors that a training uses
     * @param content the report, written as JSON
     */
    public void complete(List<Fit<?>> systems, int processors, Object content) {
        Configuration hadoop = hadoop();
        systems.stream()
                .collect(Collectors.groupingBy(Fit::system))
                .forEach((system, fits) -> TrainingCost.write(
                        predictions(system),
                        firstOfEachReadout(fits).stream()
                                .map(fit -> fit.cost(processors))
                                .toList(),
                        hadoop));
        TextFile.write(reportKey, report, json(content), hadoop);
        folders.complete();
    }

    private static String json(Object content) {
        try {
            return JSON.writeValueAsString(content) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Collection<Fit<?>> firstOfEachReadout(List<Fit<?>> fits) {
        Map<Readout, Fit<?>> first = new LinkedHashMap<>();
        fits.forEach(fit -> first.putIfAbsent(fit.readout(), fit));
        return first.values();
    }

    @Override
    public void close() {
        folders.close();
    }

    /** Removes a file or a folder. If it cannot be removed, prints a message on standard error. */
    public static void delete(SparkSession spark, String path) {
        try {
            Path file = new Path(path);
            file.getFileSystem(spark.sparkContext().hadoopConfiguration()).delete(file, true);
        } catch (IOException e) {
            System.err.println("%s is not needed any more and cannot be removed: %s".formatted(path, e));
        }
    }

    public Configuration hadoop() {
        return spark.sparkContext().hadoopConfiguration();
    }

    /** The path of the report. */
    public String report() {
        return report;
    }

    /** The folder of a system's predictions. */
    public String predictions(String system) {
        return predictions + "/" + system;
    }
}
