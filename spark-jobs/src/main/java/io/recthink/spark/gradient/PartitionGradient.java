package io.recthink.spark.gradient;

import io.recthink.learn.GradientComputation;
import io.recthink.learn.Group;
import io.recthink.learn.LogProbabilities;
import io.recthink.learn.Objective;
import io.recthink.learn.ParameterVector;
import io.recthink.spark.policy.EngineTime;
import io.recthink.spark.policy.PolicyHolder;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.Function2;
import scala.Tuple2;

/** A gradient task: computes the gradient of a partition's groups, in their order and by micro-batches, as chunks. */
final class PartitionGradient
        implements Function2<Integer, Iterator<LearningGroup>, Iterator<Tuple2<Integer, GradientPart>>> {
    private final GradientRequest request;
    private final EngineTime engine;

    PartitionGradient(GradientRequest request, EngineTime engine) {
        this.request = request;
        this.engine = engine;
    }

    @Override
    public Iterator<Tuple2<Integer, GradientPart>> call(Integer partition, Iterator<LearningGroup> groups) {
        List<LearningGroup> all = new ArrayList<>();
        groups.forEachRemaining(all::add);
        return all.isEmpty() ? List.<Tuple2<Integer, GradientPart>>of().iterator() : parts(partition, all);
    }

    private Iterator<Tuple2<Integer, GradientPart>> parts(int partition, List<LearningGroup> groups) {
        Objective objective = request.loss().objective();
        List<Group> batches = withReference(groups, objective);
        try (PolicyHolder.Lease policy = PolicyHolder.policy(request.policy(), request.model());
                GradientComputation computation = new GradientComputation(
                        policy.decoder(), objective, request.model().recompute())) {
            ParameterVector gradient = engine.during(() -> {
                microBatches(batches).forEach(computation::add);
                return computation.gradient();
            });
            GradientPart statistics =
                    new GradientPart.Statistics(partition, computation.statistics(), TorchRuntime.peakResidentBytes());
            List<Tuple2<Integer, GradientPart>> parts = new ArrayList<>();
            parts.add(new Tuple2<>(ChunkPartitioner.STATISTICS, statistics));
            for (int chunk = 0; chunk < gradient.chunkCount(); chunk++) {
                parts.add(new Tuple2<>(chunk, new GradientPart.Chunk(partition, gradient.chunk(chunk))));
            }
            return parts.iterator();
        }
    }

    private List<Group> withReference(List<LearningGroup> groups, Objective objective) {
        PolicyReference reference = request.loss().klReference().orElse(null);
        if (reference == null) {
            return groups.stream().map(LearningGroup::group).toList();
        }
        List<Group> result = new ArrayList<>();
        try (PolicyHolder.Lease lease = PolicyHolder.reference(reference, request.policy(), request.model())) {
            for (List<LearningGroup> batch : microBatches(groups)) {
                List<Group> plain = batch.stream().map(LearningGroup::group).toList();
                List<List<float[]>> logprobs =
                        engine.during(() -> LogProbabilities.of(lease.decoder(), plain, objective.temperature()));
                IntStream.range(0, batch.size())
                        .mapToObj(i -> batch.get(i).withReference(logprobs.get(i)))
                        .forEach(result::add);
            }
        }
        return result;
    }

    private <T> List<List<T>> microBatches(List<T> all) {
        int size = request.microBatch();
        return IntStream.range(0, (all.size() + size - 1) / size)
                .mapToObj(i -> all.subList(i * size, Math.min(all.size(), (i + 1) * size)))
                .toList();
    }
}
