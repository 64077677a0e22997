package io.recthink.spark.baseline;

import io.recthink.spark.ExecutorProcess;
import io.recthink.spark.Job;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;

/**
 * A job as an application of its own on two executor processes, of which one is killed: arguments are the class of the
 * job, the number of ended result tasks after which that happens, the file to write then, and settings.
 */
public final class KilledExecutorApplication {
    private KilledExecutorApplication() {}

    public static void main(String[] arguments) throws ReflectiveOperationException {
        List<String> settings = Stream.of(arguments).skip(3).toList();
        try (SparkSession spark = SparkTest.clusterSession()
                .master("local-cluster[2,1,1024]")
                .config("spark.sql.shuffle.partitions", 3)
                .config("spark.shuffle.io.maxRetries", 1) // the dead do not answer
                .config("spark.shuffle.io.retryWait", "100ms")
                .getOrCreate()) {
            spark.sparkContext().addSparkListener(new Killer(Integer.parseInt(arguments[1]), Path.of(arguments[2])));
            Job job = Class.forName(arguments[0])
                    .asSubclass(Job.class)
                    .getConstructor()
                    .newInstance();
            job.run(spark, JobSettings.SECTIONS.read("job.yaml", "", settings));
        }
    }

    /** Starts the application and waits for its end; its output goes to a file. */
    public static int run(Class<? extends Job> job, Path log, int tasks, Path killed, List<String> settings)
            throws IOException, InterruptedException {
        List<String> command = SparkTest.command(
                KilledExecutorApplication.class, job.getName(), Integer.toString(tasks), killed.toString());
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
            try {
                ExecutorProcess.of(executor).destroyForcibly();
                Files.writeString(killed, executor);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
