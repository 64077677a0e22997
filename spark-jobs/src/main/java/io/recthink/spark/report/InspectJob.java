package io.recthink.spark.report;

import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.JobSession;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;

/**
 * {@code inspect}: writes the page of a run, and beside it a folder with its curves (SVG).
 *
 * @param run the run folder; empty: {@code paths.run}
 * @param output the page; empty: {@code paths.report}
 * @param written receives the path of the page
 */
public record InspectJob(Optional<String> run, Optional<String> output, Consumer<String> written) implements Job {
    @Override
    public void execute(SparkSession spark, Configuration configuration) {
        Activity.begin(spark, "inspect", "inspect: traces");
        JobSession.fitPartitions(spark, 0);
        Paths paths = configuration.paths();
        String page = new RunReport(spark)
                .write(
                        run.orElseGet(() -> paths.resolve(paths.run())),
                        output.orElseGet(() -> paths.resolve(paths.report())));
        written.accept(page);
    }
}
