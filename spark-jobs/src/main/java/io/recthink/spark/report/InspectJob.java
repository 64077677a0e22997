package io.recthink.spark.report;

import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.JobSession;
import io.recthink.spark.run.RunFolder;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;

/**
 * {@code inspect}: writes the page of a run, and beside it a folder with its curves (SVG). For a run that goes on, it can
 * do so after each step.
 *
 * @param run the run folder; empty: {@code paths.run}
 * @param output the page; empty: {@code paths.report}, or where {@code run} is given, {@code RUN-report.html} beside it
 * @param tensorBoard a folder for event files of TensorBoard; empty: none
 * @param follow the time between two looks at a run that goes on; empty: the run is shown once
 * @param written receives the path of the page each time that it is written
 */
public record InspectJob(
        Optional<String> run,
        Optional<String> output,
        Optional<String> tensorBoard,
        Optional<Duration> follow,
        Consumer<String> written)
        implements Job {
    private static final String REPORT = "-report.html";

    /** Shows {@code paths.run} once, at {@code paths.report}. */
    public static InspectJob once(Consumer<String> written) {
        return new InspectJob(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), written);
    }

    @Override
    public void execute(SparkSession spark, Configuration configuration) {
        Activity.begin(spark, "inspect", "inspect: traces");
        JobSession.fitPartitions(spark, 0);
        Paths paths = configuration.paths();
        RunFolder folder = RunFolder.at(
                run.orElseGet(() -> paths.resolve(paths.run())),
                spark.sparkContext().hadoopConfiguration());
        String page = output.orElseGet(() -> run.isPresent() ? folder.path() + REPORT : paths.resolve(paths.report()));
        if (follow.isPresent()) {
            new FollowedRun(folder, follow.get(), goesOn -> show(spark, folder, page, goesOn)).follow();
        } else {
            show(spark, folder, page, false);
        }
    }

    private void show(SparkSession spark, RunFolder folder, String page, boolean goesOn) {
        written.accept(new RunReport(spark).write(folder.path(), page, follow.filter(time -> goesOn)));
        tensorBoard.ifPresent(
                events -> new EventFolder(events, spark.sparkContext().hadoopConfiguration()).add(folder));
    }
}
