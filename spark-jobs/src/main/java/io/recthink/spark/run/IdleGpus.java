package io.recthink.spark.run;

import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds executors that have a GPU of which their tasks were given none: everything would be right, and many times slower
 * than the machines are paid for.
 */
public final class IdleGpus {
    private static final Logger LOG = LoggerFactory.getLogger(IdleGpus.class);
    private static final String GPU = "gpu";
    private static final Path NVIDIA = Path.of("/dev/nvidia0");

    private IdleGpus() {}

    /** Warns of them, once, before the work begins. */
    public static void warn(SparkSession spark) {
        // In local mode Spark has no GPUs to give.
        List<String> hosts = spark.sparkContext().isLocal() ? List.of() : hosts(spark, IdleGpus::host);
        if (!hosts.isEmpty()) {
            LOG.warn(
                    "THE GPUS OF {} ARE NOT USED: Spark gives them to no task, which computes on the processor. Start with --conf spark.executor.resource.gpu.amount=1 --conf spark.task.resource.gpu.amount=1 and a discovery script (README, On GPUs)",
                    String.join(", ", hosts));
        }
    }

    /** @param ask in tasks: the host when its GPU is idle */
    static List<String> hosts(SparkSession spark, Question ask) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        int tasks = context.defaultParallelism();
        return context
                .parallelize(IntStream.range(0, tasks).boxed().toList(), tasks)
                .flatMap(task -> ask.host().stream().iterator())
                .collect()
                .stream()
                .distinct()
                .sorted()
                .toList();
    }

    /** What a task is asked. */
    @FunctionalInterface
    interface Question extends Serializable {
        Optional<String> host();
    }

    static Optional<String> host() {
        SparkEnv environment = SparkEnv.get();
        boolean given = TaskContext.get().resourcesJMap().containsKey(GPU);
        boolean there =
                environment.conf().getDouble("spark.executor.resource.gpu.amount", 0) > 0 || Files.exists(NVIDIA);
        return there && !given
                ? Optional.of(environment.blockManager().blockManagerId().host())
                : Optional.empty();
    }
}
