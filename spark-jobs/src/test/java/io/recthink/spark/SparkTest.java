package io.recthink.spark;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** How tests run Spark. */
public final class SparkTest {
    private SparkTest() {}

    /**
     * The one session that the tests of a JVM share: one task at a time, because two JVMs run tests on two cores; UTC, no
     * web interface. No test stops it.
     */
    public static SparkSession spark() {
        return session()
                .master("local[1]")
                .appName("recthink tests")
                .config("spark.default.parallelism", 2)
                .config("spark.sql.shuffle.partitions", 1)
                .config("spark.sql.ui.explainMode", "simple")
                .config("spark.sql.adaptive.enabled", false)
                .config("spark.sql.session.timeZone", "UTC")
                .getOrCreate();
    }

    /** The same application in a session that generates code for its plans, as a user's does: for logs of many rows. */
    public static SparkSession compiledSession() {
        SparkSession session = spark().newSession();
        session.conf().set("spark.sql.codegen.wholeStage", true);
        session.conf().set("spark.sql.codegen.factoryMode", "FALLBACK");
        return session;
    }

    /**
     * A session without a web interface that interprets its plans: for the few rows of a test, generating and compiling
     * code takes most of the time. ApplicationIT runs the application as it is.
     */
    public static SparkSession.Builder session() {
        return SparkSession.builder()
                .config("spark.ui.enabled", false)
                .config("spark.sql.codegen.wholeStage", false)
                .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
                .config("spark.driver.host", "127.0.0.1");
    }

    /** A session of an application of its own, whose executors are processes with the class path of the tests. */
    public static SparkSession.Builder clusterSession() {
        return session()
                .config("spark.executor.memory", "1g")
                .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .config("spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
                .config("spark.locality.wait", "0s");
    }

    /** The command of a JVM with the options and the class path of this one, for a driver. */
    public static List<String> command(Class<?> application, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-") || argument.startsWith("-XX:"))
                .forEach(command::add);
        command.addAll(List.of("-Xmx1g", "-cp", System.getProperty("java.class.path"), application.getName()));
        Stream.of(arguments).forEach(command::add);
        return command;
    }
}
