package io.recthink.spark.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A standalone cluster of a distribution: a master and workers with one core each, each in its own process. */
final class StandaloneCluster implements AutoCloseable {
    private static final Pattern MASTER = Pattern.compile("Starting Spark master at (spark://\\S+)");
    private static final Pattern REGISTERED = Pattern.compile("Successfully registered with master");
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Distribution spark;
    private final Path folder;
    private final Map<String, String> environment;
    private final List<Process> processes = new ArrayList<>();
    private String master;

    private StandaloneCluster(Distribution spark, Path folder, Map<String, String> environment) {
        this.spark = spark;
        this.folder = folder;
        this.environment = environment;
    }

    /** @param environment environment of the processes, and of the executors that the workers start */
    static StandaloneCluster start(Distribution spark, Path folder, int workers, Map<String, String> environment)
            throws IOException, InterruptedException {
        StandaloneCluster cluster = new StandaloneCluster(spark, folder, environment);
        try {
            cluster.master = cluster.daemon(
                            "master",
                            MASTER,
                            "org.apache.spark.deploy.master.Master",
                            "--host",
                            "127.0.0.1",
                            "--port",
                            "0")
                    .group(1);
            for (int i = 0; i < workers; i++) {
                cluster.daemon(
                        "worker-" + i,
                        REGISTERED,
                        "org.apache.spark.deploy.worker.Worker",
                        "--host",
                        "127.0.0.1",
                        "--cores",
                        "1",
                        "--memory",
                        "2g",
                        "--work-dir",
                        folder.resolve("work-" + i).toString(),
                        cluster.master);
            }
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** Returns the address of the master, {@code spark://HOST:PORT}. */
    String master() {
        return master;
    }

    private Matcher daemon(String name, Pattern ready, String main, String... arguments)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow(), "-Xmx256m"));
        command.addAll(List.of("-cp", spark.classPath(), main, "--webui-port", "0"));
        command.addAll(List.of(arguments));
        Path log = folder.resolve(name + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("SPARK_HOME", spark.home().toString());
        builder.environment().put("SPARK_SCALA_VERSION", spark.scalaVersion()); // its scripts would find out
        builder.environment().putAll(environment);
        Process process = builder.start();
        processes.add(process);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline && process.isAlive()) {
            Optional<Matcher> found =
                    Optional.of(ready.matcher(Files.readString(log))).filter(Matcher::find);
            if (found.isPresent()) {
                return found.get();
            }
            Thread.sleep(100);
        }
        throw new IllegalStateException("no " + name + ": " + Files.readString(log));
    }

    @Override
    public void close() {
        processes.forEach(process -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
    }
}
