package io.recthink.model;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A low-rank adapter (Hu et al. 2021, LoRA). Beside the frozen weight W, a projection has the matrices A
 * {@code [rank, input]} and B {@code [output, rank]}. The projection of x is {@code x W^T + scale (x A^T) B^T}.
 *
 * @param rank rows of A, from 1 to 65536
 * @param alpha the scale is {@code alpha / rank}; above 0
 * @param rankStabilized whether the scale is {@code alpha / sqrt(rank)} instead (Kalajdzievski 2023, rsLoRA)
 * @param projections projections that have an adapter, in every layer; at least one
 */
public record LoraConfig(int rank, double alpha, boolean rankStabilized, Set<Projection> projections)
        implements Serializable {
    private static final int LARGEST_RANK = 1 << 16;

    public LoraConfig {
        if (rank < 1 || rank > LARGEST_RANK) {
            throw new IllegalArgumentException("rank must be from 1 to " + LARGEST_RANK + " (was " + rank + ")");
        }
        if (!(alpha > 0) || !Double.isFinite(alpha)) {
            throw new IllegalArgumentException("alpha must be above 0 (was " + alpha + ")");
        }
        if (projections.isEmpty()) {
            throw new IllegalArgumentException("an adapter needs at least one projection");
        }
        projections = Collections.unmodifiableSet(EnumSet.copyOf(projections));
    }

    /** Returns the adapter of the section {@code lora}; empty where its rank is 0. */
    public static Optional<LoraConfig> of(LoraSettings settings) {
        if (settings.rank() == 0) {
            return Optional.empty();
        }
        Set<Projection> projections = Arrays.stream(Projection.values())
                .filter(projection -> settings.targetModules().contains(projection.module()))
                .collect(Collectors.toSet());
        return Optional.of(new LoraConfig(settings.rank(), settings.alpha(), settings.rankStabilized(), projections));
    }

    /** The factor of the product of B and A. */
    public double scale() {
        return alpha / (rankStabilized ? Math.sqrt(rank) : rank);
    }
}
