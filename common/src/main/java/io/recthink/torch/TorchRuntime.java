package io.recthink.torch;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import io.recthink.InvalidInputException;
import io.recthink.NativeLibraries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Loads libtorch into this JVM and prepares threads that compute with it.
 *
 * <p>Three settings of libtorch belong to a thread and not to the process: whether it records gradients (a new thread
 * does), whether it optimises kernel graphs, and how many OpenMP threads it uses. So every thread that computes is
 * prepared first. The thread count is part of the result: another count takes sums in another order.
 */
public final class TorchRuntime {
    private static final ThreadLocal<Integer> PREPARED = new ThreadLocal<>();

    private TorchRuntime() {}

    /** Loads libtorch, once a JVM. Nothing is downloaded: the natives are on the classpath. */
    public static void load() {
        Library.engine();
    }

    /** The version of PyTorch. */
    public static String version() {
        return Library.engine().getVersion();
    }

    /** The version of DJL. */
    public static String djlVersion() {
        load();
        return Engine.getDjlVersion();
    }

    /**
     * Makes the calling thread ready to compute: it records no gradients, runs kernels as they are written, and uses
     * the given number of threads inside an operation.
     *
     * @param threads at least 1
     */
    public static void prepareThread(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1 (was " + threads + ")");
        }
        load();
        JniUtils.setGradMode(false);
        JniUtils.setGraphExecutorOptimize(false);
        fixThreadCount(threads);
        PREPARED.set(threads);
    }

    /** Prepares the calling thread with one thread unless it has been prepared already. */
    static void ensurePrepared() {
        if (PREPARED.get() == null) {
            prepareThread(1);
        }
    }

    /** The largest resident set this process has had, in bytes. */
    public static long peakResidentBytes() {
        return statusBytes("VmHWM:");
    }

    /** The resident set of this process now, in bytes. */
    public static long residentBytes() {
        return statusBytes("VmRSS:");
    }

    private static void fixThreadCount(int threads) {
        // libtorch initialises a thread's count on first use, from the count that any thread of the process set last.
        // Reading the count here triggers this before the count is set, so that no other thread's setting can replace
        // it later.
        JniUtils.getNumThreads();
        JniUtils.setNumThreads(threads);
        int actual = JniUtils.getNumThreads();
        if (actual != threads) {
            throw new IllegalStateException("libtorch computes with " + actual + " threads where " + threads
                    + " were asked for;" + " unset OMP_THREAD_LIMIT and MKL_NUM_THREADS");
        }
    }

    private static long statusBytes(String key) {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith(key))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read /proc/self/status", e);
        }
    }

    /**
     * Loads libtorch outside of a class initialiser: an exception there becomes an error of the JVM, and another error
     * at the second call.
     */
    private static final class Library {
        private static final String GRAPH_OPTIMIZER = "ai.djl.pytorch.graph_optimizer";
        private static Engine engine;

        /** Loads libtorch once; other threads wait. */
        static synchronized Engine engine() {
            if (engine == null) {
                if (System.getProperty(GRAPH_OPTIMIZER) == null) {
                    System.setProperty(GRAPH_OPTIMIZER, "false");
                }
                engine = load();
                NativeCalls.instance().closeAtExit();
            }
            return engine;
        }

        private static Engine load() {
            try {
                return NativeLibraries.load("PyTorch", () -> Engine.getEngine("PyTorch"));
            } catch (InvalidInputException e) {
                String version = System.getenv("PYTORCH_VERSION");
                if (version == null || System.getenv("PYTORCH_LIBRARY_PATH") != null) {
                    throw e;
                }
                throw new InvalidInputException(
                        "PYTORCH_VERSION is %s in the environment, but the PyTorch of the application cannot be used as this version. Name the folder of your PyTorch by PYTORCH_LIBRARY_PATH, or unset PYTORCH_VERSION and PYTORCH_FLAVOR."
                                .formatted(version),
                        e);
            }
        }
    }
}
