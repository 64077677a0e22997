package io.recthink.spark.cli;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * Reads a configuration file where the driver finds it. On a cluster, the driver does not always run on the machine of
 * the user.
 */
final class ConfigurationFile {
    /** The settings in which spark-submit lists the files of {@code --files}; the master decides which setting. */
    private static final List<String> BROUGHT = List.of("spark.files", "spark.yarn.dist.files");

    private ConfigurationFile() {}

    /**
     * Reads the text of a file.
     *
     * @param name a path on this machine, a URI of a Hadoop file system, or the name of a file that {@code --files}
     *     brings
     * @throws InvalidInputException when the file is missing or cannot be read
     */
    static String read(String name) {
        SparkConf settings = new SparkConf();
        try {
            if (name.matches("[A-Za-z][A-Za-z0-9+.-]+:.*")) {
                return text(new Path(name), settings);
            }
            java.nio.file.Path local = java.nio.file.Path.of(name);
            Optional<Path> brought = Files.exists(local) ? Optional.empty() : brought(name, settings);
            return brought.isPresent() ? text(brought.get(), settings) : Files.readString(local);
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidInputException(
                    ("--config %s: cannot be read on the machine of the driver: %s. If the driver does not run on this"
                                    + " machine, name a URI (hdfs:, s3a:, file:) or pass the file with --files.")
                            .formatted(name, e),
                    e);
        }
    }

    private static Optional<Path> brought(String name, SparkConf settings) {
        return BROUGHT.stream()
                .flatMap(key -> Stream.of(settings.get(key, "").split(",", -1)))
                .filter(file -> !file.isEmpty())
                .map(ConfigurationFile::uri)
                .filter(file ->
                        name.equals(file.getFragment()) || file.getPath().endsWith("/" + name))
                .map(file -> new Path(file.getScheme(), file.getAuthority(), file.getPath()))
                .findFirst();
    }

    /**
     * Parses a URI of spark-submit: a blank is {@code %20}, and the file's name in the container is behind {@code #}.
     */
    private static URI uri(String file) {
        try {
            return new URI(file);
        } catch (URISyntaxException e) {
            return new Path(file).toUri();
        }
    }

    private static String text(Path file, SparkConf settings) throws IOException {
        try (InputStream in = file.getFileSystem(SparkHadoopUtil.get().newConfiguration(settings))
                .open(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
