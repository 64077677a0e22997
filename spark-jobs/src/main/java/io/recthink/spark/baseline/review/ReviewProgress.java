package io.recthink.spark.baseline.review;

import io.recthink.progress.Progress;
import io.recthink.spark.Heartbeat;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;

/**
 * Shows how many pairs all trainings have learnt from, how many a second, and the newest validation score. A training
 * takes minutes, so the counts of running tasks are read from their heartbeats. The end of the work is estimated from
 * the largest number of epochs; a training that ends earlier moves it forward.
 */
final class ReviewProgress extends SparkListener implements AutoCloseable {
    private final SparkContext spark;
    private final LongAccumulator pairs;
    private final CollectionAccumulator<String> scores;
    private final long total;
    private final Progress progress;
    private final Map<Long, Long> running = new HashMap<>();
    private long skipped;
    private long shown;
    private String newest = "";

    /** @param total the largest number of pairs that all trainings may learn from */
    ReviewProgress(SparkContext spark, long total) {
        this.spark = spark;
        this.pairs = spark.longAccumulator("pairs learnt from");
        this.scores = spark.collectionAccumulator("validation scores");
        this.total = total;
        this.progress = new Progress("review", 0, total);
        spark.addSparkListener(this);
    }

    /** Counts the pairs of tasks. */
    LongAccumulator pairs() {
        return pairs;
    }

    /** Takes the validation scores of tasks, in words. */
    CollectionAccumulator<String> scores() {
        return scores;
    }

    /** A training has ended before its last epoch. */
    synchronized void skip(long notLearntFrom) {
        skipped += notLearntFrom;
        show();
    }

    /** Shows a score that the driver has found. */
    synchronized void score(String words) {
        newest = words;
        show();
    }

    @Override
    public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
        Heartbeat.counters(heartbeat).forEach((task, counters) -> counters.forEach(counter -> read(task, counter)));
        show();
    }

    private void read(long task, AccumulableInfo counter) {
        if (counter.id() == pairs.id() && counter.update().get() instanceof Long count) {
            running.put(task, count);
        } else if (counter.id() == scores.id() && counter.update().get() instanceof List<?> said && !said.isEmpty()) {
            newest = said.get(said.size() - 1).toString();
        }
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
        running.remove(end.taskInfo().taskId());
        show();
    }

    private void show() {
        long now = pairs.value()
                + skipped
                + running.values().stream().mapToLong(Long::longValue).sum();
        long done = Math.min(total, now);
        if (done > shown) {
            shown = done;
            progress.done(done, newest);
        }
    }

    @Override
    public void close() {
        spark.removeSparkListener(this);
    }
}
