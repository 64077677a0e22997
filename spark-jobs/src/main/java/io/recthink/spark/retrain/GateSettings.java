package io.recthink.spark.retrain;

import io.recthink.config.Problems;
import io.recthink.config.Section;
import java.util.List;

/** The section {@code gate}: what a candidate must show on the test rows of its cycle before it serves. */
public record GateSettings(int minRows, double maxWorse, double maxFailed, double maxLengthGrowth, List<String> beats)
        implements Section {
    public GateSettings {
        beats = List.copyOf(beats);
    }

    @Override
    public void check(Problems problems) {
        problems.atLeast(1, "minRows", minRows);
        problems.between(-5, 5, "maxWorse", maxWorse);
        problems.between(0, 1, "maxFailed", maxFailed);
        problems.positive("maxLengthGrowth", maxLengthGrowth);
        problems.require(beats.stream().noneMatch(String::isBlank), "beats", "names of rows of the table", beats);
    }
}
