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
 * The session of a job's own queries. It lies beside the session that a job is given, in the same application, and has its
 * settings of SQL and of file systems, catalogs among them, except those on which results depend: these are as a job needs
 * them, whatever the cluster, the user or the version of Spark says. While it is open it is the active session of its thread, for Spark reads
 * some of these settings there when an expression is made.
 */
public final class JobSession implements AutoCloseable {
    private static final String SERIALIZER = "spark.serializer";
    private static final String JAVA = JavaSerializer.class.getName();
    private static final String PARTITIONS = "spark.sql.shuffle.partitions";
    private static final long BYTES_PER_PARTITION = 16 << 20;
    private static final long FEWEST_PARTITIONS = 2;
    private static final long MOST_PARTITIONS = 4096; // the driver knows the size of each in each task's output

    /** Settings of SQL that decide what a query means, or what a file holds. */
    static final Map<String, String> RELIED_ON = Map.ofEntries(
            // An odd value makes one unusable row; it must not end the job.
            Map.entry("spark.sql.ansi.enabled", "false"),
            Map.entry("spark.sql.ansi.doubleQuotedIdentifiers", "false"),
            Map.entry("spark.sql.caseSensitive", "false"),
            // Times without a zone must not depend on the machine.
            Map.entry("spark.sql.session.timeZone", "UTC"),
            Map.entry("spark.sql.datetime.java8API.enabled", "false"),
            Map.entry("spark.sql.parquet.outputTimestampType", "INT96"),
            // A pattern of dates means the same in every version; what does not fit it is null.
            Map.entry("spark.sql.legacy.timeParserPolicy", "CORRECTED"),
            // Nanoseconds, as pandas writes them, are numbers; without this a table with them cannot be opened.
            Map.entry("spark.sql.legacy.parquet.nanosAsLong", "true"),
            // Spark 4 would read files in six character sets only.
            Map.entry("spark.sql.legacy.javaCharsets", "true"),
            // A file that is damaged or gone ends the job; its rows are not passed over.
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
     * @throws InvalidInputException when the application serializes by something that cannot read Java's records
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

    /** The session. */
    public SparkSession spark() {
        return spark;
    }

    /** Puts back what was active before, the session and the {@link Activity}. */
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
     * Makes the shuffles of a job as fine as its data ask for; Spark's own default is the same for a thousand rows and for a
     * thousand million. A number that the user has set stays.
     *
     * @param bytes that the job reads
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

    /** The same for a job that reads a file or a folder. */
    public static void fitPartitions(SparkSession session, String path) {
        fitPartitions(session, bytes(session, path));
    }

    /**
     * What the files of a path hold. A path that cannot be read counts nothing: whoever reads it finds out and says it
     * better.
     *
     * @param path of a file or a folder; may have wildcards
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
