package io.recthink.spark.report;

import io.recthink.InvalidInputException;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunFolder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * Writes a run folder of {@code train} or {@code sft} as one HTML page that needs nothing else: no network, no other file.
 * The page holds the curves of all metrics, example traces of several steps side by side, and the configuration.
 */
public final class RunReport {
    private final SparkSession spark;
    private final Configuration hadoop;

    public RunReport(SparkSession spark) {
        this.spark = spark;
        this.hadoop = spark.sparkContext().hadoopConfiguration();
    }

    /**
     * Writes the page of a run.
     *
     * @param run the run folder
     * @param output the page; replaced when it exists
     * @return the fully qualified path of the page
     * @throws InvalidInputException when the run has no complete step with metrics, or the page cannot be written
     */
    public String write(String run, String output) {
        RunFolder folder = RunFolder.at(run, hadoop);
        List<Integer> steps = folder.manifests().stream().map(Manifest::step).toList();
        Curves curves = Curves.read(folder, steps, Curves.MOST_STEPS);
        if (curves.isEmpty()) {
            throw new InvalidInputException(
                    "%s has no complete step with metrics: there is nothing to show. Name a run folder of train or sft that has finished at least one step."
                            .formatted(folder.path()));
        }
        List<TraceTable> traces = new TraceTables(spark, folder).of(steps);
        String html = new ReportPage(folder, curves, traces).html();
        return save(html, output);
    }

    private String save(String html, String output) {
        Path path = new Path(output);
        try {
            FileSystem found = path.getFileSystem(hadoop);
            // A page is opened by other programs: no checksum file beside it.
            FileSystem files = found instanceof LocalFileSystem local ? local.getRawFileSystem() : found;
            try (OutputStream out = files.create(path, true)) {
                out.write(html.getBytes(StandardCharsets.UTF_8));
            }
            return files.makeQualified(path).toString();
        } catch (IOException e) {
            throw new InvalidInputException(
                    "%s cannot be written: %s. Choose another place with --output.".formatted(path, e.getMessage()), e);
        }
    }
}
