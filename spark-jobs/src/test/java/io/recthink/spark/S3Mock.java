package io.recthink.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Adobe's S3Mock, a server that speaks S3, in a process of its own on free ports. */
public final class S3Mock implements AutoCloseable {
    private static final Path PROGRAM = Path.of("target", "s3mock", "s3mock-exec.jar");
    private static final Pattern STARTED = Pattern.compile("Jetty started on ports .* (\\d+) \\(http/1.1\\)");
    private static final long PATIENCE_SECONDS = 120;

    private final Process process;
    private final String endpoint;

    private S3Mock(Process process, String endpoint) {
        this.process = process;
        this.endpoint = endpoint;
    }

    /**
     * Starts the server.
     *
     * @param folder where it keeps its objects and its log
     */
    public static S3Mock start(Path folder, String bucket) {
        try {
            Path log = folder.resolve("s3mock.log");
            Path objects = Files.createDirectories(folder.resolve("s3mock"));
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-XX:TieredStopAtLevel=1",
                            "-jar",
                            PROGRAM.toString(),
                            "--server.port=0",
                            "--server.address=127.0.0.1",
                            "--com.adobe.testing.s3mock.httpPort=0",
                            "--com.adobe.testing.s3mock.domain.root=" + objects,
                            "--com.adobe.testing.s3mock.domain.initialBuckets=" + bucket)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            // Should the tests be killed, the server must not stay behind.
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new S3Mock(process, "http://127.0.0.1:" + port(process, log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int port(Process process, Path log) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (process.isAlive() && System.nanoTime() < end) {
            Matcher started = STARTED.matcher(Files.readString(log));
            if (started.find()) {
                return Integer.parseInt(started.group(1));
            }
            try {
                process.waitFor(100, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        process.destroyForcibly();
        throw new IllegalStateException("S3Mock did not start:\n" + Files.readString(log));
    }

    public String endpoint() {
        return endpoint;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
