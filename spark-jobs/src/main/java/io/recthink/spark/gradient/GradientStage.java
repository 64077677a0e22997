package io.recthink.spark.gradient;

import io.recthink.InvalidInputException;
import io.recthink.learn.GradientStatistics;
import io.recthink.learn.ParameterVector;
import io.recthink.model.ParameterLayout;
import io.recthink.spark.gradient.LearningGroup.LearningCompletion;
import io.recthink.spark.run.EngineTime;
import io.recthink.spark.run.PolicyReference;
import io.recthink.spark.run.TableFailure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.Partitioner;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * The gradient of an optimiser step. A fixed number of tasks compute one gradient each, over the groups whose index falls to
 * them; the gradients are cut into chunks, shuffled by chunk, and each chunk is summed in the order of the partitions, so
 * that the sum is the same to the bit whatever the cluster looks like and whatever was computed twice.
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
     * @param partitions gradient tasks a step; part of the result
     * @throws InvalidInputException when Spark's limits do not allow the driver to receive the gradient
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
        // Master weights, two moments, the gradient, and the gradient once more while it arrives.
        double needed = 6 * gradient + 256;
        double heap = Runtime.getRuntime().maxMemory() / MIB;
        if (heap < needed) {
            throw new InvalidInputException(
                    "The driver has %.0f MiB of heap, the optimizer of %d parameters needs about %.0f MiB. Start with --conf spark.driver.memory=%.0fm."
                            .formatted(heap, layout.size(), needed, Math.ceil(1.15 * needed)));
        }
    }

    /**
     * The gradient over groups that the driver has.
     *
     * @param groups the whole step
     */
    public StepGradient of(List<LearningGroup> groups, GradientRequest request) {
        List<List<LearningGroup>> slices = IntStream.range(0, partitions)
                .mapToObj(partition -> groups.stream()
                        .filter(group -> group.index() % partitions == partition)
                        .toList())
                .toList();
        return compute(spark.parallelize(slices, partitions).flatMap(List::iterator), request);
    }

    /**
     * The gradient over scored rollouts. Dead groups cost nothing.
     *
     * @param scored the rollouts of one step with their advantages
     * @param order the row ids of the step in their order; a group's place decides its partition
     */
    public StepGradient of(Dataset<Row> scored, List<String> order, GradientRequest request) {
        Map<String, Integer> indices = new TreeMap<>();
        order.forEach(rowId -> indices.put(rowId, indices.size()));
        JavaRDD<LearningGroup> groups = scored.filter("not dead")
                .select("rowId", "sample", "promptTokens", "completionTokens", "logprobs", "advantage", "policySha256")
                .toJavaRDD()
                .mapToPair(row -> new Tuple2<>(indices.get(row.getString(0)), Sample.of(row, request.policy())))
                .partitionBy(new IndexPartitioner(partitions))
                .mapPartitions(GradientStage::groups);
        return compute(groups, request);
    }

    private static Iterator<LearningGroup> groups(Iterator<Tuple2<Integer, Sample>> samples) {
        Map<Integer, List<Sample>> byIndex = new TreeMap<>();
        samples.forEachRemaining(pair ->
                byIndex.computeIfAbsent(pair._1, index -> new ArrayList<>()).add(pair._2));
        List<LearningGroup> groups = new ArrayList<>();
        byIndex.forEach((index, group) -> {
            group.sort(Comparator.comparingInt(Sample::number));
            List<LearningCompletion> completions =
                    group.stream().map(Sample::completion).toList();
            groups.add(new LearningGroup(index, group.get(0).prompt(), new ArrayList<>(completions)));
        });
        return groups.iterator();
    }

    private StepGradient compute(JavaRDD<LearningGroup> groups, GradientRequest request) {
        JavaPairRDD<Integer, GradientPart> sums = groups.mapPartitionsWithIndex(
                        new PartitionGradient(request, engine), true)
                .mapToPair(pair -> pair)
                .groupByKey(new IndexPartitioner(partitions))
                .mapValues(GradientStage::sum);
        ParameterVector gradient = ParameterVector.zeros(layout);
        GradientPart.Statistics seen = new GradientPart.Statistics(0, GradientStatistics.ZERO, 0);
        for (Tuple2<Integer, GradientPart> pair : collect(sums)) {
            if (pair._2 instanceof GradientPart.Chunk chunk) {
                System.arraycopy(chunk.values(), 0, gradient.chunk(pair._1), 0, chunk.values().length);
            } else if (pair._2 instanceof GradientPart.Statistics statistics) {
                seen = statistics;
            }
        }
        return new StepGradient(gradient, seen.sums(), engine.lap(), seen.peakResidentBytes());
    }

    private static List<Tuple2<Integer, GradientPart>> collect(JavaPairRDD<Integer, GradientPart> sums) {
        try {
            return sums.collect();
        } catch (Exception e) { // Spark throws checked exceptions that it does not declare
            throw TableFailure.explain("The shuffle of the gradient in spark.local.dir", e);
        }
    }

    private static GradientPart sum(Iterable<GradientPart> parts) {
        List<GradientPart> ordered = new ArrayList<>();
        parts.forEach(ordered::add);
        ordered.sort(Comparator.comparingInt(GradientPart::partition));
        return ordered.stream().reduce(GradientPart::plus).orElseThrow();
    }

    /** One completion on its way to its group. */
    @SuppressWarnings("ArrayRecordComponent") // one number a token; never compared
    private record Sample(int number, int[] prompt, LearningCompletion completion) implements java.io.Serializable {
        static Sample of(Row row, PolicyReference policy) {
            if (!row.getString(6).equals(policy.sha256())) {
                throw new InvalidInputException(
                        "The rollouts of row %s were sampled by policy %s, the gradient is asked for policy %s; only the policy that sampled can learn from them."
                                .formatted(row.getString(0), row.getString(6), policy.sha256()));
            }
            int[] prompt =
                    row.<Integer>getList(2).stream().mapToInt(Integer::intValue).toArray();
            int[] tokens =
                    row.<Integer>getList(3).stream().mapToInt(Integer::intValue).toArray();
            List<Float> logprobs = row.getList(4);
            float[] old = new float[logprobs.size()];
            for (int i = 0; i < old.length; i++) {
                old[i] = logprobs.get(i);
            }
            return new Sample(row.getInt(1), prompt, new LearningCompletion(tokens, old, row.getDouble(5)));
        }
    }

    /** Partition = key modulo partitions. */
    private static final class IndexPartitioner extends Partitioner {
        private final int partitions;

        IndexPartitioner(int partitions) {
            this.partitions = partitions;
        }

        @Override
        public int numPartitions() {
            return partitions;
        }

        @Override
        public int getPartition(Object key) {
            return Math.floorMod((Integer) key, partitions);
        }
    }
}
