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

    /** A session with the settings that the user gave. */
    static SparkSession open(String command) {
        return open(command, Map.of());
    }

    /**
     * A session with the settings that the user gave, and others.
     *
     * <p>What tasks exchange are records, which Kryo cannot make (its version in Spark 3.5); so its setting has no effect.
     *
     * @param defaults settings for what the user did not set
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
