package io.recthink.spark.baseline.review;

import com.sun.management.OperatingSystemMXBean;
import io.recthink.InvalidInputException;
import io.recthink.review.ReviewNetwork;
import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The memory of trainings, compared with what executors and driver have before any training starts. A task keeps the
 * values of its network, two moments and a gradient of each; these and the tensors of a batch are outside of the Java
 * heap. In the heap are the reviews, once an executor, and for each training its best values so far. A training of
 * several tasks also has its state, three numbers a value, in the heaps of executors and driver.
 */
final class ReviewMemory {
    private static final long BYTES = Float.BYTES;
    private static final int COPIES = 4;
    private static final int STATE = 3; // values and two moments
    private static final int HEAP_COPIES = 2; // the best values, and those on their way to a file
    private static final int TASK_STATES = 4; // of averaged trainings: the start, the end, its pieces, those of others
    private static final int DRIVER_STATES = 4; // the state, its pieces, its broadcast, the best values
    private static final int REVIEW_BYTES = 72; // arrays and references of a review, without its tokens
    private static final double USABLE = 0.8;
    private static final double OVERHEAD = 0.1; // Spark's default
    private static final long LEAST_OVERHEAD = 384;
    private static final long MIB = 1 << 20;
    private static final long UNLIMITED = 0;

    private ReviewMemory() {}

    /**
     * What an executor and the driver have.
     *
     * @param heap the largest Java heap of an executor
     * @param outside the memory of the machine or container beside it
     * @param tasks the number of tasks at a time on an executor
     * @param driverHeap the largest Java heap of the driver
     * @param result the most bytes of the results of a Spark job; 0: no limit
     */
    record Room(long heap, long outside, int tasks, long driverHeap, long result) {
        static Room of(SparkSession spark) {
            SparkConf settings = spark.sparkContext().conf();
            int parts = spark.sparkContext().defaultParallelism();
            boolean container = List.of("yarn", "k8s").stream()
                    .anyMatch(spark.sparkContext().master()::startsWith);
            long overhead = container ? overhead(settings) : Long.MAX_VALUE;
            long[] least = JavaSparkContext.fromSparkContext(spark.sparkContext())
                    .parallelize(IntStream.range(0, parts).boxed().toList(), parts)
                    .map(any -> ofThisJvm())
                    .reduce((one, other) -> new long[] {Math.min(one[0], other[0]), Math.min(one[1], other[1])});
            return new Room(
                    least[0],
                    Math.min(least[1], overhead),
                    tasks(spark),
                    Runtime.getRuntime().maxMemory(),
                    settings.getSizeAsBytes("spark.driver.maxResultSize", "1g"));
        }

        private static long[] ofThisJvm() {
            long machine = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
            long heap = Runtime.getRuntime().maxMemory();
            return new long[] {heap, Math.max(0, machine - heap)};
        }

        private static long overhead(SparkConf settings) {
            long memory = settings.getSizeAsMb("spark.executor.memory", "1g");
            long least = Math.max(LEAST_OVERHEAD, (long) (OVERHEAD * memory));
            return MIB * settings.getSizeAsMb("spark.executor.memoryOverhead", least + "m");
        }

        private static int tasks(SparkSession spark) {
            SparkConf settings = spark.sparkContext().conf();
            int parts = spark.sparkContext().defaultParallelism();
            int executors =
                    Math.max(1, spark.sparkContext().getExecutorMemoryStatus().size() - 1);
            int cores = spark.sparkContext().isLocal()
                    ? Math.min(parts, Runtime.getRuntime().availableProcessors())
                    : settings.getInt("spark.executor.cores", Math.max(1, parts / executors));
            return Math.max(1, cores / settings.getInt("spark.task.cpus", 1));
        }
    }

    /**
     * Compares the largest network of each system with the executor that has least, and with the driver.
     *
     * @param refit whether a second corpus, with the validation rows, is read too
     * @throws InvalidInputException when it does not fit
     */
    static void require(
            SparkSession spark,
            ReviewSettings settings,
            boolean refit,
            int vocabulary,
            ReviewCorpus corpus,
            ReviewLimits limits) {
        Room room = Room.of(spark);
        Reading reading = new Reading(
                corpus.folder().users(),
                corpus.folder().items(),
                vocabulary,
                settings.wordDimension(),
                settings.filters(),
                limits);
        long reviews = (refit ? 2 : 1) * (corpus.tokens() * Integer.BYTES + corpus.trainRows() * REVIEW_BYTES);
        int turns = settings.tasks() == 1 ? 0 : ReviewRun.turns(spark, settings);
        settings.chosen().forEach(network -> network.settings().stream()
                .map(setting -> network.network(setting, reading))
                .max(Comparator.comparing(ReviewNetwork::size))
                .ifPresent(largest -> require(room, network, largest, reviews, turns)));
    }

    /**
     * Compares one network with an executor and the driver.
     *
     * @param reviews the bytes of the reviews in the heap
     * @param turns the number of averaged trainings at a time; 0: each training is one task
     */
    static void require(Room room, NetworkSettings kind, ReviewNetwork network, long reviews, int turns) {
        long values = network.size() * BYTES;
        String size = "%,d values (%,d words of review.wordDimension %d, review.filters %d)"
                .formatted(
                        network.size(),
                        network.sizes().vocabulary(),
                        network.sizes().wordDimension(),
                        network.sizes().filters());
        long outside = room.tasks * (COPIES * values + batch(kind, network));
        if (outside > USABLE * room.outside) {
            throw new InvalidInputException(
                    "%s needs %,d MiB outside of the Java heap for %d trainings at a time on an executor: %s and batches of review.%s.batch %d; %,d MiB are there. Lower these settings or review.vocabulary.words, start with fewer --executor-cores, or (YARN, Kubernetes) raise spark.executor.memoryOverhead"
                            .formatted(
                                    kind.system(),
                                    outside / MIB,
                                    room.tasks,
                                    size,
                                    kind.system().toLowerCase(Locale.ROOT),
                                    kind.batch(),
                                    room.outside / MIB));
        }
        long heap = reviews + room.tasks * values * (turns == 0 ? HEAP_COPIES : STATE * TASK_STATES);
        if (heap > USABLE * room.heap) {
            throw new InvalidInputException(
                    "%s needs %,d MiB of Java heap on an executor: %,d for the train reviews, the rest for %d trainings at a time; %,d MiB are there. Start with a larger --executor-memory (with a local master: --driver-memory)"
                            .formatted(kind.system(), heap / MIB, reviews / MIB, room.tasks, room.heap / MIB));
        }
        if (turns > 0) {
            requireDriver(room, kind, network, size, turns);
        }
    }

    private static void requireDriver(Room room, NetworkSettings kind, ReviewNetwork network, String size, int turns) {
        long state = STATE * network.size() * BYTES;
        if (STATE * network.size() > Integer.MAX_VALUE) {
            throw new InvalidInputException(
                    "%s has %s; a network that several tasks train may have %,d. Set review.tasks to 1, or lower these settings"
                            .formatted(kind.system(), size, Integer.MAX_VALUE / STATE));
        }
        if (room.result != UNLIMITED && state > USABLE * room.result) {
            throw new InvalidInputException(
                    "%s sends %,d MiB to the driver after a round: %s, three numbers each; spark.driver.maxResultSize allows %,d MiB. Raise it"
                            .formatted(kind.system(), state / MIB, size, room.result / MIB));
        }
        long heap = (long) turns * DRIVER_STATES * state;
        if (heap > USABLE * room.driverHeap) {
            throw new InvalidInputException(
                    "%s needs %,d MiB of Java heap on the driver for %d trainings at a time: %s; %,d MiB are there. Start with a larger --driver-memory, or raise review.tasks"
                            .formatted(kind.system(), heap / MIB, turns, size, room.driverHeap / MIB));
        }
    }

    /** The largest tensors of a step: features of all places and their gradients. */
    private static long batch(NetworkSettings kind, ReviewNetwork network) {
        long places = (long) kind.batch() * network.sizes().tokens() * (long) texts(kind);
        return COPIES * places * network.sizes().filters() * BYTES
                + (kind instanceof DamlSettings ? 2L * places * network.sizes().tokens() * BYTES : 0);
    }

    private static int texts(NetworkSettings kind) {
        return kind instanceof NarreSettings narre ? 2 * narre.maxReviews() : 2;
    }
}
