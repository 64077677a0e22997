package io.recthink.spark;

import io.recthink.config.Configuration;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** One job of the application. It reads and writes below the configured paths and nowhere else. */
@FunctionalInterface
public interface Job {
    /**
     * Runs the job to its end, in a {@link JobSession} of its own.
     *
     * @param spark the application's session; nothing is set in it
     * @throws io.recthink.InvalidInputException when what the user gave cannot be used; nothing has been written then
     */
    default void run(SparkSession spark, Configuration configuration) {
        try (JobSession session = JobSession.open(spark)) {
            execute(session.spark(), configuration);
        }
    }

    /**
     * Does the work; called by {@link #run}.
     *
     * @param spark the job's own session
     */
    void execute(SparkSession spark, Configuration configuration);

    /** Settings of Spark with which the job is fastest, where a session is started for it; those of the user go first. */
    default Map<String, String> sparkDefaults() {
        return Map.of();
    }
}
