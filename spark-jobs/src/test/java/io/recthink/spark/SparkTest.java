package io.recthink.spark;

import org.apache.spark.sql.SparkSession;

/** The one Spark session that the tests of a JVM share. */
public final class SparkTest {
    private SparkTest() {}

    /** A session on two local cores, in UTC, without a web interface; never stopped by a test. */
    public static SparkSession spark() {
        return SparkSession.builder()
                .master("local[2]")
                .appName("recthink tests")
                .config("spark.ui.enabled", false)
                .config("spark.sql.shuffle.partitions", 2)
                .config("spark.sql.adaptive.enabled", false)
                .config("spark.sql.session.timeZone", "UTC")
                .config("spark.driver.host", "127.0.0.1")
                .getOrCreate();
    }
}
