package io.recthink.spark.policy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds executors with a GPU that Spark assigns to no task. Their results would be right, but many times slower. */
public final class IdleGpus {
    private static final Logger LOG = LoggerFactory.getLogger(IdleGpus.class);
    private static final String GPU = "gpu";
    private static final Path NVIDIA = Path.of("/dev/nvidia0");

    private IdleGpus() {}

    /** Warns of idle GPUs, once, before the work begins. */
    public static void warn(SparkSession spark) {
        // In local mode Spark has no GPUs to assign.
        List<String> hosts = spark.sparkContext().isLocal() ? List.of() : TaskSurvey.answers(spark, IdleGpus::host);
        if (!hosts.isEmpty()) {
            LOG.warn(
                    "THE GPUS OF {} ARE NOT USED: Spark gives them to no task; the tasks compute on the processor. Start with --conf spark.executor.resource.gpu.amount=1 --conf spark.task.resource.gpu.amount=1 and a discovery script (docs/cluster.md)",
                    String.join(", ", hosts));
        }
    }

    /** The host of the calling task, if it has a GPU that is assigned to no task. */
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
