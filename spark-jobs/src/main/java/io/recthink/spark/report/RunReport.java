package io.recthink.spark.report;

import io.recthink.InvalidInputException;
import io.recthink.spark.files.TextFile;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunFolder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * Writes the run folder of {@code train} or {@code sft} as one HTML page that needs no network and no other file. The
 * page contains the curves of all metrics, example traces of several steps side by side, and the configuration. A
 * folder beside the page contains the curves as SVG pictures.
 */
public final class RunReport {
    private final SparkSession spark;
    private final Configuration hadoop;

    public RunReport(SparkSession spark) {
        this.spark = spark;
        this.hadoop = spark.sparkContext().hadoopConfiguration();
    }

    /**
     * Writes the page of a run. Beside {@code report.html} it writes {@code report-curves}: one SVG document for each
     * chart.
     *
     * @param run the run folder
     * @param output the page; replaced when it exists
     * @param again after what time a browser loads the page again, for a run that goes on
     * @return the fully qualified path of the page
     * @throws InvalidInputException when the run has no complete step with metrics, or the page cannot be written
     */
    public String write(String run, String output, Optional<Duration> again) {
        RunFolder folder = RunFolder.at(run, hadoop);
        List<Integer> steps = folder.manifests().stream().map(Manifest::step).toList();
        Curves curves = Curves.read(folder, steps, Curves.MOST_STEPS);
        if (curves.isEmpty()) {
            throw new InvalidInputException(
                    ("%s has no complete step with metrics, so the page would be empty. Name a run folder of train or"
                                    + " sft that has finished at least one step.")
                            .formatted(folder.path()));
        }
        RunCharts charts = RunCharts.of(folder, curves);
        TraceTables tables = new TraceTables(spark, folder);
        List<TraceComparison> firstAndNewest =
                showsThought(charts.sections()) ? tables.firstAndNewest(steps) : List.of();
        String html = new ReportPage(folder, charts, firstAndNewest, tables.of(steps)).html(again);
        String page = TextFile.write("--output", output, html, hadoop);
        CurveFolder.beside(page, hadoop).write(new CurvePictures(charts).svg());
        return page;
    }

    private static boolean showsThought(List<ChartCatalogue.Section> sections) {
        return sections.stream().anyMatch(section -> section.title().equals(ChartCatalogue.THINKING));
    }
}
