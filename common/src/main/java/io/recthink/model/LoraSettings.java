package io.recthink.model;

import io.recthink.config.Problems;
import io.recthink.config.Section;
import java.util.List;

/**
 * The configuration section {@code lora}: the adapter that {@code sft} and {@code train} learn beside frozen weights.
 * With rank 0 they learn all weights.
 */
public record LoraSettings(int rank, double alpha, boolean rankStabilized, List<String> targetModules)
        implements Section {
    /** The modules that may have an adapter. */
    public static final List<String> MODULES =
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");

    private static final int LARGEST_RANK = 1 << 16;

    public LoraSettings {
        targetModules = List.copyOf(targetModules);
    }

    @Override
    public void check(Problems problems) {
        problems.between(0, LARGEST_RANK, "rank", rank);
        problems.positive("alpha", alpha);
        problems.each("targetModules", "some of " + String.join(", ", MODULES), targetModules, MODULES::contains);
    }
}
