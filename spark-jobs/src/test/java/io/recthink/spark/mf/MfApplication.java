package io.recthink.spark.mf;

import io.recthink.config.ConfigurationReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;

/**
 * {@code mf} as an application of its own on two executor processes, of which one is killed: arguments are the number of
 * ended training tasks after which that happens, the file to write then, and settings.
 */
public final class MfApplication {
    private MfApplication() {}

    public static void main(String[] arguments) {
        List<String> settings = Stream.of(arguments).skip(2).toList();
        try (SparkSession spark = SparkSession.builder()
                .master("local-cluster[2,1,1024]")
                .config("spark.ui.enabled", false)
                .config("spark.sql.shuffle.partitions", 3)
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.executor.memory", "1g")
                .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .config("spark.locality.wait", "0s")
                .config("spark.shuffle.io.maxRetries", 1) // the dead do not answer
                .config("spark.shuffle.io.retryWait", "100ms")
                .getOrCreate()) {
            spark.sparkContext().addSparkListener(new Killer(Integer.parseInt(arguments[0]), Path.of(arguments[1])));
            new MfJob().run(spark, ConfigurationReader.read("mf.yaml", "", settings));
        }
    }

    /** Starts the application and waits for its end; its output goes to a file. */
    static int run(Path log, int tasks, Path killed, List<String> settings) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-") || argument.startsWith("-XX:+Ignore"))
                .forEach(command::add);
        command.addAll(List.of("-Xmx1g", "-cp", System.getProperty("java.class.path"), MfApplication.class.getName()));
        command.addAll(List.of(Integer.toString(tasks), killed.toString()));
        command.addAll(settings);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
    }

    /** Kills the executor that has ended the n-th task of a training, with the factors and the shuffle files it keeps. */
    private static final class Killer extends SparkListener {
        private final int tasks;
        private final Path killed;
        private final AtomicInteger ended = new AtomicInteger();

        Killer(int tasks, Path killed) {
            this.tasks = tasks;
            this.killed = killed;
        }

        @Override
        public void onTaskEnd(SparkListenerTaskEnd event) {
            if (event.taskType().equals("ResultTask") && ended.incrementAndGet() == tasks) {
                kill(event.taskInfo().executorId());
            }
        }

        private void kill(String executor) {
            ProcessHandle process = ProcessHandle.current()
                    .descendants()
                    .filter(child -> commandLine(child).contains("--executor-id\0" + executor + "\0"))
                    .findFirst()
                    .orElseThrow();
            try {
                process.destroyForcibly();
                Files.writeString(killed, executor);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static String commandLine(ProcessHandle process) {
            try {
                return Files.readString(Path.of("/proc/%d/cmdline".formatted(process.pid())));
            } catch (IOException e) {
                return ""; // it has ended
            }
        }
    }
}
