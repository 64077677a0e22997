package io.recthink.spark.completion;

import io.recthink.progress.Progress;
import io.recthink.spark.Heartbeat;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.util.LongAccumulator;

/**
 * Shows how much of their work tasks have done. A task may take minutes, so the counts of running tasks are read from
 * their heartbeats.
 */
public final class TaskProgress extends SparkListener {
    private final LongAccumulator ended;
    private final long before;
    private final long total;
    private final Progress progress;
    private final Map<Long, Long> running = new HashMap<>();
    private long shown;

    /**
     * Progress before the first task.
     *
     * @param name the name of the work
     * @param ended counts the work of ended tasks; its value at this call belongs to earlier work
     * @param total the whole work, such as a number of rows
     */
    public TaskProgress(String name, LongAccumulator ended, long total) {
        this.ended = ended;
        this.before = ended.value();
        this.total = total;
        this.progress = new Progress(name, 0, total);
    }

    @Override
    public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
        Heartbeat.counters(heartbeat).forEach((task, counters) -> counters.stream()
                .filter(counter -> counter.id() == ended.id())
                .forEach(counter -> running.put(task, count(counter))));
        show();
    }

    private static long count(AccumulableInfo counter) {
        return counter.update().get() instanceof Long count ? count : 0;
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
        running.remove(end.taskInfo().taskId());
        show();
    }

    private void show() {
        long now = ended.value()
                - before
                + running.values().stream().mapToLong(Long::longValue).sum();
        long done = Math.min(total, now);
        if (done > shown) {
            shown = done;
            progress.done(done, "");
        }
    }
}
