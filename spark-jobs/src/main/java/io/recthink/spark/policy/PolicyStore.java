package io.recthink.spark.policy;

import io.recthink.InvalidInputException;
import io.recthink.spark.files.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/**
 * Local copies of model and adapter folders from any Hadoop file system, on the driver and on executors. A folder on a
 * local file system is used directly. From other file systems the files of the policy are copied, once a JVM. The two
 * newest copies are kept; the JVM removes all copies when it ends.
 */
public final class PolicyStore {
    private static final int COPIES = 2;
    private static final Deque<Copy> COPIED = new ArrayDeque<>();

    private record Copy(String path, String key, Path folder) {}

    private PolicyStore() {}

    /**
     * A local folder with the model or adapter that was published at a Hadoop path.
     *
     * @param policy the expected policy; a copy with other weights or settings is refused
     * @throws InvalidInputException when the folder is missing or differs
     */
    public static Path localize(PolicyReference policy) {
        URI place = new org.apache.hadoop.fs.Path(policy.path()).toUri();
        if (place.getScheme() == null || place.getScheme().equals("file")) {
            return local(Path.of(place.getPath()));
        }
        return localize(policy.path(), policy.digest(), Optional.of(policy));
    }

    /** A local folder with the model at a Hadoop path that no run published: its current content. */
    public static Path localize(String path) {
        Storage storage = Storage.at(path, hadoop());
        return storage.local("")
                .map(PolicyStore::local)
                .orElseGet(() -> localize(storage.toString(), state(storage), Optional.empty()));
    }

    private static synchronized Path localize(String source, String key, Optional<PolicyReference> expected) {
        return COPIED.stream()
                .filter(copy -> copy.path.equals(source) && copy.key.equals(key))
                .findFirst()
                .map(Copy::folder)
                .orElseGet(() -> copy(Storage.at(source, hadoop()), key, expected));
    }

    /** A text that changes when the folder's content changes: names, sizes and modification times. */
    private static String state(Storage storage) {
        return storage.list("").stream()
                .map(file -> "%s %d %d".formatted(file.getPath().getName(), file.getLen(), file.getModificationTime()))
                .collect(Collectors.joining("\n"));
    }

    private static Path local(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException(folder
                    + " does not exist for this process. On several machines the run folder and the models must be"
                    + " on storage that all machines can read: HDFS, s3a or a shared mount.");
        }
        return folder;
    }

    private static Path copy(Storage source, String key, Optional<PolicyReference> expected) {
        Path folder = createFolder();
        try {
            copy(source, folder);
            expected.ifPresent(policy -> requirePublished(source, PolicyFolder.at(folder), policy));
        } catch (RuntimeException e) {
            remove(folder);
            throw e;
        }
        if (COPIED.isEmpty()) {
            Runtime.getRuntime().addShutdownHook(new Thread(PolicyStore::removeAll));
        }
        COPIED.addLast(new Copy(source.toString(), key, folder));
        while (COPIED.size() > COPIES) {
            remove(COPIED.removeFirst().folder());
        }
        return folder;
    }

    private static Path createFolder() {
        try {
            return Files.createTempDirectory("recthink-policy");
        } catch (IOException e) {
            throw Storage.unwritable("the temporary folder", e);
        }
    }

    private static void copy(Storage source, Path folder) {
        PolicyFiles files = new PolicyFiles(source);
        Stream.of(files.settings(), files.index(), files.weights())
                .flatMap(List::stream)
                .forEach(name -> source.download(name, folder.resolve(name)));
    }

    private static void requirePublished(Storage source, PolicyFolder copy, PolicyReference policy) {
        String found = copy.sha256();
        if (!found.equals(policy.sha256())) {
            throw new InvalidInputException(
                    "%s: its weights have the sha256 %s, expected %s. They were changed after they were published: restore them."
                            .formatted(source, found, policy.sha256()));
        }
        if (!copy.digest(found).equals(policy.digest())) {
            throw new InvalidInputException(
                    "%s: its configuration, tokenizer or template was changed after it was published. Restore it, or start again."
                            .formatted(source));
        }
    }

    // The session of the driver may have changed settings; executors know only the settings of the application's start.
    private static Configuration hadoop() {
        Option<SparkSession> session = SparkSession.getDefaultSession();
        if (session.isDefined()) {
            return session.get().sparkContext().hadoopConfiguration();
        }
        SparkConf settings =
                SparkEnv.get() == null ? new SparkConf() : SparkEnv.get().conf();
        return SparkHadoopUtil.get().newConfiguration(settings);
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
