package io.recthink.spark.cli;

import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts Spark for a command. */
final class CommandSession {
    private static final Logger LOG = LoggerFactory.getLogger(CommandSession.class);
    private static final String SERIALIZER = "spark.serializer";

    private CommandSession() {}

    /** Opens a session with the settings of the user. */
    static SparkSession open(String command) {
        return open(command, Map.of());
    }

    /**
     * Opens a session with the settings of the user and with defaults.
     *
     * <p>The session always uses Spark's {@link JavaSerializer}: tasks exchange Java records, and Kryo in Spark 3.5
     * cannot create records. A user's value of {@code spark.serializer} has no effect.
     *
     * @param defaults values of the settings that the user did not set
     */
    static SparkSession open(String command, Map<String, String> defaults) {
        String java = JavaSerializer.class.getName();
        SparkConf settings = new SparkConf();
        String given = settings.get(SERIALIZER, java);
        if (!given.equals(java)) {
            LOG.info("{} is {} here: {} cannot read Java's records", SERIALIZER, java, given);
        }
        defaults.forEach(settings::setIfMissing);
        return SparkSession.builder()
                .config(settings)
                .appName("recthink " + command)
                .config(SERIALIZER, java)
                .getOrCreate();
    }
}
