package io.recthink.spark.distribution;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The Spark distributions that the build makes, and the jars that Apache publishes for these versions. */
enum Distribution {
    SPARK_3_5("spark-3.5", "3.5.7", "2.12"),
    SPARK_4("spark-4", "4.1.0", "2.13");

    private final String folder;
    private final String version;
    private final String scalaVersion;

    Distribution(String folder, String version, String scalaVersion) {
        this.folder = folder;
        this.version = version;
        this.scalaVersion = scalaVersion;
    }

    /** Returns the folder to use as SPARK_HOME. */
    Path home() {
        return Path.of("target", "distribution", folder).toAbsolutePath();
    }

    String version() {
        return version;
    }

    String scalaVersion() {
        return scalaVersion;
    }

    /** Returns the class path of all jars of the distribution. */
    String classPath() {
        return jars().stream()
                .map(jar -> home().resolve("jars").resolve(jar).toString())
                .sorted()
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Returns the names of the jars of the distribution. */
    Set<String> jars() {
        try (Stream<Path> files = Files.list(home().resolve("jars"))) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the names of the jars in {@code jars/} of the published distribution of this version. */
    List<String> published() {
        String name = "spark-%s-jars.txt".formatted(version);
        try (InputStream in = Objects.requireNonNull(Distribution.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
