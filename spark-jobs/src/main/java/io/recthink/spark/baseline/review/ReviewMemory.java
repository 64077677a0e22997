package io.recthink.spark.baseline.review;

import com.sun.management.OperatingSystemMXBean;
import io.recthink.InvalidInputException;
import io.recthink.review.ReviewNetwork;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The memory of trainings, compared with what executors have before any training starts. A task keeps the values of its
 * network, two moments and a gradient of each, and the best values so far; these and the tensors of a batch are outside
 * of the Java heap but for the best values. The reviews are in the heap, once an executor.
 */
final class ReviewMemory {
    private static final long BYTES = Float.BYTES;
    private static final int COPIES = 4;
    private static final int HEAP_COPIES = 2; // the best values, and those on their way to a file
    private static final int REVIEW_BYTES = 72; // arrays and references of a review, without its tokens
    private static final double USABLE = 0.8;
    private static final long MIB = 1 << 20;

    private ReviewMemory() {}

    /**
     * What an executor has.
     *
     * @param heap the largest Java heap
     * @param outside the memory of the machine or container beside it
     * @param tasks the number of tasks at a time
     */
    record Room(long heap, long outside, int tasks) implements Serializable {
        static Room ofThisJvm(int tasks) {
            long machine = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
            long heap = Runtime.getRuntime().maxMemory();
            return new Room(heap, Math.max(0, machine - heap), tasks);
        }
    }

    /**
     * Compares the largest network of the run with the executor that has least.
     *
     * @throws InvalidInputException when it does not fit
     */
    static void require(
            SparkSession spark, ReviewSettings settings, int vocabulary, ReviewCorpus corpus, ReviewLimits limits) {
        int executors =
                Math.max(1, spark.sparkContext().getExecutorMemoryStatus().size() - 1);
        int cores = spark.sparkContext().defaultParallelism();
        int tasks = Math.max(1, cores / (spark.sparkContext().isLocal() ? 1 : executors));
        Room room = JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(IntStream.range(0, cores).boxed().toList(), cores)
                .map(any -> Room.ofThisJvm(tasks))
                .collect()
                .stream()
                .min(Comparator.comparing(Room::outside))
                .orElseThrow();
        Reading reading = new Reading(
                corpus.folder().users(),
                corpus.folder().items(),
                vocabulary,
                settings.wordDimension(),
                settings.filters(),
                limits);
        settings.chosen().forEach(network -> network.settings().stream()
                .map(setting -> network.network(setting, reading))
                .max(Comparator.comparing(ReviewNetwork::size))
                .ifPresent(largest -> require(
                        room,
                        network,
                        largest,
                        Math.addExact(corpus.tokens() * Integer.BYTES, corpus.trainRows() * REVIEW_BYTES))));
    }

    /**
     * Compares one network with an executor.
     *
     * @param reviews the bytes of the reviews in the heap
     */
    static void require(Room room, NetworkSettings kind, ReviewNetwork network, long reviews) {
        long outside = room.tasks * (COPIES * network.size() * BYTES + batch(kind, network));
        if (outside > USABLE * room.outside) {
            throw new InvalidInputException(
                    "%s needs %,d MiB outside of the Java heap for %d trainings at a time on an executor: %,d values (%,d words of review.wordDimension %d, review.filters %d) and batches of review.%s.batch %d; %,d MiB are there. Lower these settings or review.vocabulary.words, or start with fewer --executor-cores"
                            .formatted(
                                    kind.system(),
                                    outside / MIB,
                                    room.tasks,
                                    network.size(),
                                    network.sizes().vocabulary(),
                                    network.sizes().wordDimension(),
                                    network.sizes().filters(),
                                    kind.system().toLowerCase(Locale.ROOT),
                                    kind.batch(),
                                    room.outside / MIB));
        }
        long heap = reviews + (long) room.tasks * HEAP_COPIES * network.size() * BYTES;
        if (heap > USABLE * room.heap) {
            throw new InvalidInputException(
                    "%s needs %,d MiB of Java heap on an executor: %,d for the train reviews, the rest for %d trainings at a time; %,d MiB are there. Start with a larger --executor-memory (with a local master: --driver-memory)"
                            .formatted(kind.system(), heap / MIB, reviews / MIB, room.tasks, room.heap / MIB));
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
