package io.recthink.spark.gradient;

import io.recthink.InvalidInputException;
import io.recthink.learn.GradientStatistics;
import io.recthink.learn.ParameterVector;
import io.recthink.model.ParameterLayout;
import io.recthink.plan.MemoryPlan;
import io.recthink.spark.files.TableFailure;
import io.recthink.spark.policy.EngineTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.ShuffledRDD;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Computes the gradient of an optimiser step. A fixed number of tasks compute one gradient each, over their groups. The
 * gradients are cut into chunks and shuffled by chunk. Each chunk is summed in the order of the partitions. So the sum
 * is the same to the bit on any cluster and after any retry.
 */
public final class GradientStage {
    private static final double MIB = 1 << 20;

    private final JavaSparkContext spark;
    private final int partitions;
    private final ParameterLayout layout;
    private final EngineTime engine;

    /**
     * The stage for one model.
     *
     * @param partitions the number of gradient tasks per step; it changes the result
     * @throws InvalidInputException when Spark's limits do not allow the driver to receive the gradient, or the
     *     driver's heap is too small for the optimizer
     */
    public GradientStage(SparkSession session, int partitions, ParameterLayout layout) {
        this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        this.partitions = partitions;
        this.layout = layout;
        this.engine = EngineTime.of(session.sparkContext());
        checkLimits(spark.getConf());
    }

    private void checkLimits(SparkConf settings) {
        double gradient = 4.0 * layout.size() / MIB;
        double received = settings.getSizeAsBytes("spark.driver.maxResultSize", "1g") / MIB;
        if (received > 0 && received < 1.1 * gradient + 1) {
            throw new InvalidInputException(
                    "spark.driver.maxResultSize is %.0f MiB, the gradient of %d parameters has %.0f MiB. Start with --conf spark.driver.maxResultSize=0."
                            .formatted(received, layout.size(), gradient));
        }
        long live = MemoryPlan.learnerHeap(layout.size());
        double heap = Runtime.getRuntime().maxMemory();
        if (heap < MemoryPlan.leastHeap(live)) {
            throw new InvalidInputException(
                    "The driver has %.0f MiB of heap, the optimizer of %d parameters needs at least %.0f MiB. Start with --conf spark.driver.memory=%.0fm."
                            .formatted(
                                    heap / MIB,
                                    layout.size(),
                                    MemoryPlan.leastHeap(live) / MIB,
                                    MemoryPlan.heapSetting(live) / MIB));
        }
    }

    /** Computes the gradient of a whole step, over all its groups. */
    public StepGradient of(List<LearningGroup> groups, GradientRequest request) {
        return start(groups, request).await();
    }

    /** Starts to compute the gradient of a whole step, over all its groups. */
    public Running start(List<LearningGroup> groups, GradientRequest request) {
        JavaPairRDD<Integer, GradientPart> parts = spark.parallelize(GroupAssignment.of(groups, partitions), partitions)
                .flatMap(List::iterator)
                .mapPartitionsWithIndex(new PartitionGradient(request, engine), true)
                .mapToPair(pair -> pair);
        JavaRDD<Tuple2<Integer, GradientPart>> sums = shuffled(parts).mapPartitions(GradientStage::sums);
        return new Running(sums, sums.collectAsync());
    }

    private JavaRDD<Tuple2<Integer, GradientPart>> shuffled(JavaPairRDD<Integer, GradientPart> parts) {
        ClassTag<Integer> key = ClassTag$.MODULE$.apply(Integer.class);
        ClassTag<GradientPart> part = ClassTag$.MODULE$.apply(GradientPart.class);
        ShuffledRDD<Integer, GradientPart, GradientPart> shuffled = new ShuffledRDD<>(
                parts.rdd(), new ChunkPartitioner(ParameterVector.chunkCount(layout), partitions), key, part, part);
        shuffled.setSerializer(new GradientPartSerializer());
        return new JavaPairRDD<>(shuffled, key, part).map(pair -> pair);
    }

    private static Iterator<Tuple2<Integer, GradientPart>> sums(Iterator<Tuple2<Integer, GradientPart>> parts) {
        Map<Integer, List<GradientPart>> byKey = new TreeMap<>();
        parts.forEachRemaining(
                pair -> byKey.computeIfAbsent(pair._1, key -> new ArrayList<>()).add(pair._2));
        return byKey.entrySet().stream()
                .map(entry -> new Tuple2<>(entry.getKey(), sum(entry.getValue())))
                .iterator();
    }

    private static GradientPart sum(List<GradientPart> parts) {
        parts.sort(Comparator.comparingInt(GradientPart::partition));
        return parts.stream().reduce(GradientPart::plus).orElseThrow();
    }

    /** A gradient that tasks are computing. */
    public final class Running {
        private final JavaRDD<Tuple2<Integer, GradientPart>> sums;
        private final JavaFutureAction<List<Tuple2<Integer, GradientPart>>> collected;

        private Running(
                JavaRDD<Tuple2<Integer, GradientPart>> sums,
                JavaFutureAction<List<Tuple2<Integer, GradientPart>>> collected) {
            this.sums = sums;
            this.collected = collected;
        }

        /** Waits for the gradient. */
        public StepGradient await() {
            List<Tuple2<Integer, GradientPart>> received = received();
            // Removes the shuffle files now: otherwise they stay on the executors' disks until the driver collects
            // garbage.
            sums.rdd().cleanShuffleDependencies(false);
            float[][] chunks = new float[ParameterVector.chunkCount(layout)][];
            GradientPart.Statistics seen = new GradientPart.Statistics(0, GradientStatistics.ZERO, 0);
            for (Tuple2<Integer, GradientPart> pair : received) {
                if (pair._2 instanceof GradientPart.Chunk chunk) {
                    chunks[pair._1] = chunk.values();
                } else if (pair._2 instanceof GradientPart.Statistics statistics) {
                    seen = statistics;
                }
            }
            ParameterVector gradient =
                    received.isEmpty() ? ParameterVector.zeros(layout) : ParameterVector.of(layout, chunks);
            return new StepGradient(gradient, seen.sums(), engine.lap(), seen.peakResidentBytes());
        }

        private List<Tuple2<Integer, GradientPart>> received() {
            try {
                return collected.get();
            } catch (InterruptedException e) {
                cancel();
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the gradient was computed", e);
            } catch (ExecutionException e) {
                Exception cause = e.getCause() instanceof Exception failure ? failure : e;
                throw TableFailure.explain("The shuffle of the gradient in spark.local.dir", cause);
            }
        }

        /** Cancels the computation. */
        public void cancel() {
            collected.cancel(true);
        }
    }
}
