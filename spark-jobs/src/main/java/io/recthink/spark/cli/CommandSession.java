package io.recthink.spark.cli;

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

    /** What tasks exchange are records, which Kryo cannot make (its version in Spark 3.5); so its setting has no effect. */
    static SparkSession open(String command) {
        String java = JavaSerializer.class.getName();
        String given = new SparkConf().get(SERIALIZER, java);
        if (!given.equals(java)) {
            LOG.info("{} is {} here: {} cannot read Java's records", SERIALIZER, java, given);
        }
        return SparkSession.builder()
                .appName("recthink " + command)
                .config(SERIALIZER, java)
                .getOrCreate();
    }
}
