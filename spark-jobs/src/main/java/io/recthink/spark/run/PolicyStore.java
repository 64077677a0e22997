package io.recthink.spark.run;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/**
 * Folders of models and adapters of any Hadoop file system as local ones, on the driver and on executors. A folder of a local file system
 * is used where it is. Another one is copied once a JVM; the two newest copies stay, all are removed when the JVM ends.
 */
public final class PolicyStore {
    private static final int COPIES = 2;
    private static final String ANY = "";
    private static final Set<String> WEIGHTS = Set.of("model.safetensors", "adapter_model.safetensors");
    private static final Deque<Copy> COPIED = new ArrayDeque<>();

    private record Copy(String path, String sha256, Path folder) {}

    private PolicyStore() {}

    /**
     * A local folder with the model or adapter at a Hadoop path.
     *
     * @param sha256 of its weights; a copy that differs is refused
     * @throws InvalidInputException when it is not there or differs
     */
    public static synchronized Path localize(String path, String sha256) {
        org.apache.hadoop.fs.Path source = new org.apache.hadoop.fs.Path(path);
        String scheme = source.toUri().getScheme();
        if (scheme == null || scheme.equals("file")) {
            return local(Path.of(source.toUri().getPath()));
        }
        return COPIED.stream()
                .filter(copy -> copy.path.equals(path) && copy.sha256.equals(sha256))
                .findFirst()
                .map(Copy::folder)
                .orElseGet(() -> copy(source, sha256));
    }

    /** A local folder with the model at a Hadoop path that no run has published: whatever is there. */
    public static Path localize(String path) {
        return localize(path, ANY);
    }

    private static Path local(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException(folder
                    + " is not there for this process. On several machines the run folder and the models must lie"
                    + " on storage that all of them reach: HDFS, s3a or a shared mount.");
        }
        return folder;
    }

    private static Path copy(org.apache.hadoop.fs.Path source, String sha256) {
        try {
            Path folder = Files.createTempDirectory("recthink-policy");
            if (COPIED.isEmpty()) {
                Runtime.getRuntime().addShutdownHook(new Thread(PolicyStore::removeAll));
            }
            COPIED.addLast(new Copy(source.toString(), sha256, folder));
            FileSystem files = source.getFileSystem(hadoop());
            for (FileStatus file : files.listStatus(source)) {
                copy(files, file, folder, sha256);
            }
            while (COPIED.size() > COPIES) {
                remove(COPIED.removeFirst().folder());
            }
            return folder;
        } catch (IOException | InvalidInputException e) {
            COPIED.removeIf(copy -> copy.sha256.equals(sha256));
            if (e instanceof InvalidInputException refused) {
                throw refused;
            }
            throw new InvalidInputException("The policy " + source + " cannot be copied to this machine: " + e, e);
        }
    }

    private static void copy(FileSystem files, FileStatus file, Path folder, String sha256) throws IOException {
        String name = file.getPath().getName();
        MessageDigest digest = digest();
        try (InputStream in = new DigestInputStream(files.open(file.getPath()), digest);
                OutputStream out = Files.newOutputStream(folder.resolve(name))) {
            in.transferTo(out);
        }
        String found = HexFormat.of().formatHex(digest.digest());
        if (WEIGHTS.contains(name) && !sha256.equals(ANY) && !found.equals(sha256)) {
            throw new InvalidInputException(
                    "%s has the sha256 %s, expected %s. It was changed after it was published: restore it."
                            .formatted(file.getPath(), found, sha256));
        }
    }

    // The driver's settings may have been changed in its session; executors know those that the application started
    // with.
    private static Configuration hadoop() {
        Option<SparkSession> session = SparkSession.getDefaultSession();
        if (session.isDefined()) {
            return session.get().sparkContext().hadoopConfiguration();
        }
        SparkConf settings =
                SparkEnv.get() == null ? new SparkConf() : SparkEnv.get().conf();
        return SparkHadoopUtil.get().newConfiguration(settings);
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static synchronized void removeAll() {
        COPIED.forEach(copy -> remove(copy.folder()));
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
