package io.recthink.spark.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.Gauge;
import io.recthink.spark.SparkTest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;
import org.junit.jupiter.api.Test;
import scala.collection.JavaConverters;

class TrainingSourceTest {
    @Test
    void theNewestStepIsInSparksMetricsUntilTheRunEnds() {
        SparkTest.spark();
        Clock clock = Clock.fixed(Instant.ofEpochMilli(1_800_000_000_500L), ZoneOffset.UTC);
        TrainingSource source = TrainingSource.register(3, 40, clock);
        assertThat(registered()).containsExactly(source);
        assertThat(value(source, "step")).isEqualTo(3);
        assertThat(value(source, "reward")).isNaN();
        source.saved(4, Map.of("reward", 1.25, "eval/mae", 0.5, "tokens_per_second/rollout", 900L));
        source.saved(5, Map.of("reward", 1.5, "text", "no number"));
        assertThat(value(source, "step")).isEqualTo(5);
        assertThat(value(source, "steps")).isEqualTo(40);
        assertThat(value(source, "reward")).isEqualTo(1.5);
        assertThat(value(source, "eval.mae")).isEqualTo(0.5);
        assertThat(value(source, "tokens_per_second.rollout")).isEqualTo(900);
        assertThat(value(source, "saved_at")).isEqualTo(1_800_000_000.5);
        source.close();
        assertThat(registered()).isEmpty();
    }

    private static List<Source> registered() {
        return JavaConverters.seqAsJavaList(SparkEnv.get()
                        .metricsSystem()
                        .getSourcesByName("recthink")
                        .toSeq())
                .stream()
                .toList();
    }

    private static double value(TrainingSource source, String name) {
        Gauge<?> gauge = source.metricRegistry().getGauges().get(name);
        return (Double) gauge.getValue();
    }
}
