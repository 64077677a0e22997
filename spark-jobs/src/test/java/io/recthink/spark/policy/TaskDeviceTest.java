package io.recthink.spark.policy;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.recthink.InvalidInputException;
import io.recthink.spark.SparkTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tasks compute on: Spark gives addresses of GPUs to tasks whether or not there are any. */
class TaskDeviceTest {
    @TempDir
    private Path folder;

    @Test
    void taskWithoutGpuComputesOnTheProcessor() {
        assertThat(TaskDevice.get()).isEqualTo(Device.cpu());
        assertThat(JavaSparkContext.fromSparkContext(SparkTest.spark().sparkContext())
                        .parallelize(List.of(1), 1)
                        .map(number -> TaskDevice.get().toString())
                        .collect())
                .containsExactly("cpu()");
    }

    @Test
    void runsTellWhatTheyComputeOn() {
        assertThat(TaskDevice.typeOf(new SparkConf(false))).isEqualTo("cpu");
        assertThat(TaskDevice.typeOf(new SparkConf(false).set("spark.task.resource.gpu.amount", "1")))
                .isEqualTo("gpu");
    }

    @Test
    void taskTakesTheGpuThatItWasGivenAndNoOther() throws Exception {
        assertThat(deviceOfTask(1)).startsWith("The device that Spark gave to the task is GPU 71, but libtorch sees");
    }

    @Test
    void taskWithTwoGpusIsRefused() throws Exception {
        assertThat(deviceOfTask(2)).startsWith("The task has the GPUs [71, 72]").contains("gpu.amount=1");
    }

    @Test
    void anExecutorWhoseGpusAreGivenToNobodyIsTold() throws Exception {
        assertThat(deviceOfTask(0)).isEqualTo("idle on [127.0.0.1]");
        assertThat(TaskSurvey.answers(SparkTest.spark(), () -> Optional.of("gpu-1")))
                .containsExactly("gpu-1");
    }

    /** What a task of an executor with the GPUs 71 and 72 says when it is given some of them. */
    private String deviceOfTask(int gpus) throws IOException, InterruptedException {
        Path discovery = folder.resolve("gpus.sh");
        Files.writeString(discovery, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"71\", \"72\"]}'\n");
        Files.setPosixFilePermissions(discovery, PosixFilePermissions.fromString("rwx------"));
        Path said = folder.resolve("said");
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(SparkTest.command(
                        TaskDeviceTest.class, discovery.toString(), String.valueOf(gpus), said.toString()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(log)).isZero();
        return Files.readString(said);
    }

    /** An application with one executor; arguments are the discovery script, GPUs a task, and where the answer goes. */
    public static void main(String[] arguments) throws IOException {
        try (SparkSession spark = SparkTest.clusterSession()
                .master("local-cluster[1,1,1024]")
                .config("spark.worker.resource.gpu.amount", 2)
                .config("spark.worker.resource.gpu.discoveryScript", arguments[0])
                .config("spark.executor.resource.gpu.amount", 2)
                .config("spark.task.resource.gpu.amount", arguments[1])
                .getOrCreate()) {
            IdleGpus.warn(spark);
            String said = arguments[1].equals("0")
                    ? "idle on " + TaskSurvey.answers(spark, IdleGpus::host)
                    : JavaSparkContext.fromSparkContext(spark.sparkContext())
                            .parallelize(List.of(1), 1)
                            .map(number -> device())
                            .first();
            Files.writeString(Path.of(arguments[2]), said);
        }
    }

    private static String device() {
        try {
            return TaskDevice.get().toString();
        } catch (InvalidInputException e) {
            return e.getMessage();
        }
    }
}
