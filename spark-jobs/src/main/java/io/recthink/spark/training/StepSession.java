package io.recthink.spark.training;

import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** Spark settings for the many short jobs of a run: few shuffle partitions, no adaptive plans. */
public final class StepSession {
    /**
     * Spark settings of an application that learns. Gradients and adapters do not compress. A task writes its gradient
     * directly into one file, not into one file for each reading task, which Spark would concatenate.
     */
    public static final Map<String, String> SPARK_DEFAULTS = Map.of(
            "spark.shuffle.compress", "false",
            "spark.shuffle.sort.bypassMergeThreshold", "0",
            "spark.broadcast.compress", "false");

    private StepSession() {}

    /**
     * Sets the session of a job for steps.
     *
     * @param partitions partitions of a shuffle
     */
    public static void prepare(SparkSession session, int partitions) {
        session.conf().set("spark.sql.shuffle.partitions", partitions);
        session.conf().set("spark.sql.adaptive.enabled", false);
        // Readers find complete steps by their manifest; an empty marker file in each table would be one more object.
        session.conf().set("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false");
    }
}
