package io.recthink.spark;

import io.recthink.config.Configuration;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** One job of the application. It reads and writes only below the configured paths. */
@FunctionalInterface
public interface Job {
    /**
     * Runs the job to its end in its own {@link JobSession}.
     *
     * @param spark the application's session; the job changes no setting of it
     * @throws io.recthink.InvalidInputException when the user's input cannot be used; the job has then written nothing
     */
    default void run(SparkSession spark, Configuration configuration) {
        try (JobSession session = JobSession.open(spark)) {
            execute(session.spark(), configuration);
        }
    }

    /**
     * Does the work of the job; {@link #run} calls it.
     *
     * @param spark the job's own session
     */
    void execute(SparkSession spark, Configuration configuration);

    /**
     * Returns the Spark settings with which the job runs fastest. They apply where a session is started for the job.
     * The settings of the user take precedence.
     */
    default Map<String, String> sparkDefaults() {
        return Map.of();
    }
}
