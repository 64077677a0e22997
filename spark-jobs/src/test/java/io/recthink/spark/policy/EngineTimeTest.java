package io.recthink.spark.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.policy.EngineTime.Span;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineTimeTest {
    @Test
    void timeInWhichSeveralTasksComputeCountsOnce() {
        List<Span> spans = List.of(new Span(5000, 7000), new Span(1000, 3000), new Span(2000, 4500));

        assertThat(EngineTime.union(spans)).isEqualTo(5.5);
    }

    @Test
    void aSpanInsideAnotherAddsNothing() {
        assertThat(EngineTime.union(List.of(new Span(0, 10_000), new Span(2000, 3000))))
                .isEqualTo(10);
    }

    @Test
    void withoutTasksThereIsNoTime() {
        assertThat(EngineTime.union(List.of())).isZero();
    }
}
