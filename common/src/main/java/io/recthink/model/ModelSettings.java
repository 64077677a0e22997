package io.recthink.model;

import io.recthink.config.Problems;
import io.recthink.config.Section;
import java.io.Serializable;

/** The configuration section {@code model}: numerics of the language model. */
public record ModelSettings(ComputeType dtype, int threads, boolean recompute) implements Section, Serializable {
    @Override
    public void check(Problems problems) {
        problems.atLeast(1, "threads", threads);
    }
}
