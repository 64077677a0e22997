package io.recthink.spark.learn;

import org.apache.spark.sql.SparkSession;

/**
 * A session for the many short jobs of a run: few shuffle partitions, plans as they are. What it sets is set for its own
 * queries alone.
 */
public final class StepSession {
    private StepSession() {}

    /**
     * A session beside the given one, in the same application.
     *
     * @param partitions of a shuffle
     */
    public static SparkSession of(SparkSession spark, int partitions) {
        SparkSession session = spark.newSession();
        session.conf().set("spark.sql.shuffle.partitions", partitions);
        session.conf().set("spark.sql.adaptive.enabled", false);
        session.conf().set("spark.sql.session.timeZone", "UTC");
        // Readers find complete steps by their manifest; an empty marker file in each table would be one more object.
        session.conf().set("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false");
        return session;
    }
}
