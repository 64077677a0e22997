package io.recthink.spark.policy;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.apache.spark.util.CollectionAccumulator;

/**
 * Measures when the tasks of a stage compute with the model. The rest of the stage's time is the cost of the cluster:
 * scheduling, loading policies, shuffling gradients, reading and writing tables. Times are from the clocks of the
 * executors, so that their accuracy depends on the synchronisation of these clocks. Each task sends one entry to the
 * driver.
 */
public final class EngineTime implements Serializable {
    private final CollectionAccumulator<Span> spans;

    private EngineTime(CollectionAccumulator<Span> spans) {
        this.spans = spans;
    }

    /** For the tasks of one stage, in every step. */
    public static EngineTime of(SparkContext spark) {
        CollectionAccumulator<Span> spans = new CollectionAccumulator<>();
        spark.register(spans);
        return new EngineTime(spans);
    }

    /** In a task: runs the work and measures its time. */
    public <T> T during(Supplier<T> work) {
        long begin = System.currentTimeMillis();
        T result = work.get();
        spans.add(new Span(begin, System.currentTimeMillis()));
        return result;
    }

    /** On the driver: the seconds since the last call in which at least one task computed. */
    public double lap() {
        List<Span> since = List.copyOf(spans.value());
        spans.reset();
        return union(since);
    }

    static double union(List<Span> spans) {
        long covered = 0;
        long reached = Long.MIN_VALUE;
        for (Span span :
                spans.stream().sorted(Comparator.comparingLong(Span::begin)).toList()) {
            covered += Math.max(0, span.end - Math.max(span.begin, reached));
            reached = Math.max(reached, span.end);
        }
        return covered / 1e3;
    }

    /** Milliseconds since the epoch. */
    record Span(long begin, long end) implements Serializable {}
}
