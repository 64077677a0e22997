package io.recthink.spark;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.sql.SparkSession;
import scala.Option;
import scala.collection.JavaConverters;

/**
 * The Spark session in which a job runs its own queries.
 *
 * <p>The session belongs to the same application as the session that the job receives. It copies the SQL, file system
 * and catalog settings of the received session. The settings on which results depend ({@code RELIED_ON}) are the
 * exception: they have fixed values, whatever the cluster, the user or the Spark version sets. While the session is
 * open, it is the active session of its thread. Spark reads some of these settings from the active session when it
 * creates an expression.
 */
public final class JobSession implements AutoCloseable {
    private static final String SERIALIZER = "spark.serializer";
    private static final String JAVA = JavaSerializer.class.getName();
    private static final String PARTITIONS = "spark.sql.shuffle.partitions";
    private static final long BYTES_PER_PARTITION = 16 << 20;
    private static final long FEWEST_PARTITIONS = 2;
    private static final long MOST_PARTITIONS = 4096; // the driver stores one size per task and partition

    /** SQL settings that decide what a query means or what a file contains. */
    static final Map<String, String> RELIED_ON = Map.ofEntries(
            // An unexpected value makes one row unusable; it must not end the job.
            Map.entry("spark.sql.ansi.enabled", "false"),
            Map.entry("spark.sql.ansi.doubleQuotedIdentifiers", "false"),
            Map.entry("spark.sql.caseSensitive", "false"),
            // Times without a zone must not depend on the machine.
            Map.entry("spark.sql.session.timeZone", "UTC"),
            Map.entry("spark.sql.datetime.java8API.enabled", "false"),
            Map.entry("spark.sql.parquet.outputTimestampType", "INT96"),
            // A date pattern means the same in every version; a value that does not match it is null.
            Map.entry("spark.sql.legacy.timeParserPolicy", "CORRECTED"),
            // pandas writes nanoseconds. Spark reads them as numbers; without this setting it cannot open the table.
            Map.entry("spark.sql.legacy.parquet.nanosAsLong", "true"),
            // Without this setting Spark 4 reads files in only six character sets.
            Map.entry("spark.sql.legacy.javaCharsets", "true"),
            // A damaged or missing file ends the job; Spark must not skip its rows.
            Map.entry("spark.sql.files.ignoreCorruptFiles", "false"),
            Map.entry("spark.sql.files.ignoreMissingFiles", "false"));

    private final SparkSession spark;
    private final Option<SparkSession> before;
    private final Map<String, String> activity;

    private JobSession(SparkSession spark, Option<SparkSession> before) {
        this.spark = spark;
        this.before = before;
        this.activity = Activity.current(spark);
    }

    /**
     * Opens a session for a job.
     *
     * @throws InvalidInputException when the serializer of the application cannot read Java records
     */
    public static JobSession open(SparkSession given) {
        refuseOtherSerializers(given.sparkContext().conf().get(SERIALIZER, JAVA));
        SparkSession session = given.newSession();
        Map<String, String> settings =
                new HashMap<>(JavaConverters.mapAsJavaMap(given.conf().getAll()));
        settings.keySet().removeIf(key -> key.startsWith("spark.") && !key.startsWith("spark.sql."));
        settings.putAll(RELIED_ON);
        settings.forEach((key, value) -> {
            if (!session.conf().getOption(key).contains(value)) {
                session.conf().set(key, value);
            }
        });
        JobSession opened = new JobSession(session, SparkSession.getActiveSession());
        SparkSession.setActiveSession(session);
        return opened;
    }

    /** Returns the session. */
    public SparkSession spark() {
        return spark;
    }

    /** Restores the earlier active session and the earlier labels of {@link Activity}. */
    @Override
    public void close() {
        Activity.restore(spark, activity);
        if (before.isDefined()) {
            SparkSession.setActiveSession(before.get());
        } else {
            SparkSession.clearActiveSession();
        }
    }

    /**
     * Sets the number of shuffle partitions to match the size of the input. Spark's own default is the same for a
     * thousand rows and for a thousand million rows. If the user has set a number, the number stays.
     *
     * @param bytes the number of bytes that the job reads
     */
    public static void fitPartitions(SparkSession session, long bytes) {
        if (!session.conf().getAll().contains(PARTITIONS)) {
            session.conf().set(PARTITIONS, partitions(bytes));
        }
    }

    static long partitions(long bytes) {
        long wanted = (bytes + BYTES_PER_PARTITION - 1) / BYTES_PER_PARTITION;
        return Math.min(MOST_PARTITIONS, Math.max(FEWEST_PARTITIONS, wanted));
    }

    /** Sets the number of shuffle partitions to match the size of a file or a folder. */
    public static void fitPartitions(SparkSession session, String path) {
        fitPartitions(session, bytes(session, path));
    }

    /**
     * Returns the total size of the files at a path in bytes. A path that cannot be read counts as 0: the code that
     * reads the path reports a better error.
     *
     * @param path a file or a folder; may contain wildcards
     */
    public static long bytes(SparkSession session, String path) {
        try {
            Path place = new Path(path);
            FileSystem files = place.getFileSystem(session.sparkContext().hadoopConfiguration());
            FileStatus[] found =
                    files.exists(place) ? new FileStatus[] {files.getFileStatus(place)} : files.globStatus(place);
            long bytes = 0;
            for (FileStatus file : found == null ? new FileStatus[0] : found) {
                bytes += files.getContentSummary(file.getPath()).getLength();
            }
            return bytes;
        } catch (IOException | IllegalArgumentException e) {
            return 0;
        }
    }

    static void refuseOtherSerializers(String serializer) {
        if (!serializer.equals(JAVA)) {
            throw new InvalidInputException(
                    "%s is %s in this application, which cannot read the records that the tasks of a job exchange. Start the application with %s=%s; bin/recthink does."
                            .formatted(SERIALIZER, serializer, SERIALIZER, JAVA));
        }
    }
}
