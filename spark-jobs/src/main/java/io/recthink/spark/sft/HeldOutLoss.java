package io.recthink.spark.sft;

import io.recthink.learn.Group;
import io.recthink.learn.LearningCompletion;
import io.recthink.learn.LogProbabilities;
import io.recthink.model.ModelSettings;
import io.recthink.spark.policy.PolicyHolder;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.training.Validation;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.SparkSession;

/**
 * The loss of a policy on held-out instructions: the mean negative log-likelihood of a completion token, in nats. The
 * number of tasks is fixed and sums are added in the order of the keys. Therefore the loss is bit-identical on every
 * cluster.
 */
final class HeldOutLoss implements Validation {
    private final JavaSparkContext spark;
    private final ModelSettings model;
    private final List<Batch> batches;
    private final int partitions;

    /** @param heldOut at least one, in the order of their keys */
    HeldOutLoss(SparkSession session, List<EncodedInstruction> heldOut, SupervisedSettings settings) {
        this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        this.model = settings.model();
        this.partitions = settings.partitions();
        int size = settings.microBatch();
        this.batches = IntStream.range(0, (heldOut.size() + size - 1) / size)
                .mapToObj(i ->
                        new Batch(new ArrayList<>(heldOut.subList(i * size, Math.min(heldOut.size(), (i + 1) * size)))))
                .toList();
    }

    private record Batch(ArrayList<EncodedInstruction> rows) implements Serializable {}

    /** Weighted sum of negative log-likelihoods, and weighted number of tokens. */
    private record Sum(double loss, double tokens) implements Serializable {
        Sum plus(Sum other) {
            return new Sum(loss + other.loss, tokens + other.tokens);
        }
    }

    @Override
    public Measured of(PolicyReference policy, String path) {
        Sum sum = spark.parallelize(batches, partitions).mapPartitions(new Likelihood(policy, model)).collect().stream()
                .reduce(new Sum(0, 0), Sum::plus);
        return new Measured("loss", sum.loss / sum.tokens, false);
    }

    /** One task: a sum for each of its batches. */
    private record Likelihood(PolicyReference policy, ModelSettings model)
            implements FlatMapFunction<Iterator<Batch>, Sum> {
        @Override
        public Iterator<Sum> call(Iterator<Batch> batches) {
            List<Sum> sums = new ArrayList<>();
            if (!batches.hasNext()) {
                return sums.iterator();
            }
            try (PolicyHolder.Lease lease = PolicyHolder.policy(policy, model)) {
                batches.forEachRemaining(batch -> {
                    List<Group> groups = batch.rows.stream()
                            .map(row ->
                                    new Group(row.prompt(), List.of(LearningCompletion.supervised(row.completion()))))
                            .toList();
                    sums.add(sum(batch.rows, LogProbabilities.of(lease.decoder(), groups, 1)));
                });
            }
            return sums.iterator();
        }

        private static Sum sum(List<EncodedInstruction> rows, List<List<float[]>> logprobs) {
            double loss = 0;
            double tokens = 0;
            for (int i = 0; i < rows.size(); i++) {
                double row = 0;
                for (float logprob : logprobs.get(i).get(0)) {
                    row -= logprob;
                }
                loss += rows.get(i).weight() * row;
                tokens += rows.get(i).weightedTokens();
            }
            return new Sum(loss, tokens);
        }
    }
}
