package io.recthink;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * How DJL finds the native libraries of PyTorch and of the tokenizers. DJL reads its settings when its classes are first
 * used; so whoever uses one calls {@link #configure} before. Then nothing is downloaded, nothing is reported to anybody, and
 * the libraries, some 450 MB, are unpacked once a user and a machine, into
 *
 * <ol>
 *   <li>{@code DJL_CACHE_DIR} or {@code ENGINE_CACHE_DIR}, of the environment or of Java's properties,
 *   <li>{@code .djl.ai} in the home folder, if that can be written,
 *   <li>a folder of the user's own in the temporary folder of the process, which nobody else can write.
 * </ol>
 */
public final class NativeLibraries {
    private static final String CACHE = "DJL_CACHE_DIR";
    private static final String ENGINE_CACHE = "ENGINE_CACHE_DIR";
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private NativeLibraries() {}

    /** Makes the settings, those that the user has made excepted. Costs nothing when called again. */
    public static synchronized void configure() {
        setDefault("ai.djl.offline", "true");
        setDefault("OPT_OUT_TRACKING", "true");
        if (set(CACHE).isEmpty() && set(ENGINE_CACHE).isEmpty() && !Files.isWritable(home())) {
            System.setProperty(
                    CACHE,
                    ownFolder(Path.of(System.getProperty("java.io.tmpdir"))).toString());
        }
    }

    /**
     * Loads a library.
     *
     * @param name of the library, for people
     * @throws InvalidInputException when that fails; names the folder that the libraries are unpacked into
     */
    public static <T> T load(String name, Supplier<T> load) {
        configure();
        try {
            return load.get();
        } catch (RuntimeException | LinkageError e) {
            throw new InvalidInputException(
                    "The native library of %s cannot be loaded from %s: %s. Free 500 MB there, make the folder writable for the user of this process, or name another folder by %s in the environment (on a cluster: spark.executorEnv.%s)."
                            .formatted(name, cache(), root(e), CACHE, CACHE),
                    e);
        }
    }

    /** Where the libraries are unpacked. */
    static Path cache() {
        return set(ENGINE_CACHE).or(() -> set(CACHE)).map(Path::of).orElseGet(() -> home().resolve(".djl.ai"));
    }

    /** The folder of the user of this process below another one, made if it is not there. */
    static Path ownFolder(Path parent) {
        Path folder = parent;
        try {
            folder = parent.resolve("recthink-" + userId());
            make(folder);
            if (!isOurs(folder)) {
                throw new InvalidInputException(
                        "%s belongs to another user, or other users can write it: recthink loads no libraries from it. Name another folder by %s in the environment."
                                .formatted(folder, CACHE));
            }
            return folder;
        } catch (IOException e) {
            throw new InvalidInputException(
                    "%s cannot be created for the native libraries: %s. Name a folder that this process can write, by %s in the environment."
                            .formatted(folder, e, CACHE),
                    e);
        }
    }

    private static void make(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (FileAlreadyExistsException e) {
            // By an earlier process, or by another one of this moment; whose it is is looked at next.
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
        }
    }

    /** The effective user of this process; it may have no name. */
    private static int userId() throws IOException {
        try (Stream<String> status = Files.lines(STATUS)) {
            return status.filter(line -> line.startsWith("Uid:"))
                    .map(line -> Integer.parseInt(line.split("\\s+", -1)[2]))
                    .findFirst()
                    .orElseThrow(() -> new IOException(STATUS + " names no user"));
        }
    }

    private static boolean isOurs(Path folder) throws IOException {
        return (Integer) Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS) == userId()
                && Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS)
                        .equals(OWNER_ONLY);
    }

    private static Path home() {
        return Path.of(System.getProperty("user.home"));
    }

    private static Optional<String> set(String name) {
        return Optional.ofNullable(System.getenv(name))
                .or(() -> Optional.ofNullable(System.getProperty(name)))
                .filter(value -> !value.isEmpty());
    }

    private static void setDefault(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }

    private static String root(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
