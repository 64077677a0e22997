package io.recthink.spark.training;

import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** A session for the many short jobs of a run: few shuffle partitions, plans as they are. */
public final class StepSession {
    /**
     * Settings of Spark for an application that learns: the numbers of gradients and adapters do not compress, and a task
     * writes its gradient into one file at once instead of one for each task that reads it, which would be copied together.
     */
    public static final Map<String, String> SPARK_DEFAULTS = Map.of(
            "spark.shuffle.compress", "false",
            "spark.shuffle.sort.bypassMergeThreshold", "0",
            "spark.broadcast.compress", "false");

    private StepSession() {}

    /**
     * Makes the session of a job one for steps.
     *
     * @param partitions of a shuffle
     */
    public static void prepare(SparkSession session, int partitions) {
        session.conf().set("spark.sql.shuffle.partitions", partitions);
        session.conf().set("spark.sql.adaptive.enabled", false);
        // Readers find complete steps by their manifest; an empty marker file in each table would be one more object.
        session.conf().set("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false");
    }
}
