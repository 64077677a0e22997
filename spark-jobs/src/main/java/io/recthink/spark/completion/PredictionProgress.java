package io.recthink.spark.completion;

import io.recthink.progress.Progress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple4;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/** Shows how many rows are predicted. A task may take minutes: what it has done so far comes with its heartbeats. */
final class PredictionProgress extends SparkListener {
    private final LongAccumulator ended;
    private final long before;
    private final long total;
    private final Progress progress;
    private final Map<Long, Long> running = new HashMap<>();
    private long shown;

    /**
     * Before the first row.
     *
     * @param name what is being done
     * @param ended counts the rows of the tasks that have ended; what it has counted by now belongs to an earlier policy
     */
    PredictionProgress(String name, LongAccumulator ended, long total) {
        this.ended = ended;
        this.before = ended.value();
        this.total = total;
        this.progress = new Progress(name, 0, total);
    }

    @Override
    public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
        updates(heartbeat).forEach(task -> JavaConverters.seqAsJavaList(task._4()).stream()
                .filter(counter -> counter.id() == ended.id())
                .forEach(counter -> running.put((Long) task._1(), count(counter))));
        show();
    }

    /**
     * Task, stage, attempt and counters. Asked for by its place, as the type of {@code accumUpdates()} is another one in
     * Scala 2.13.
     */
    @SuppressWarnings("unchecked")
    private static List<Tuple4<Object, Object, Object, Seq<AccumulableInfo>>> updates(
            SparkListenerExecutorMetricsUpdate heartbeat) {
        return JavaConverters.seqAsJavaList(
                (Seq<Tuple4<Object, Object, Object, Seq<AccumulableInfo>>>) heartbeat.productElement(1));
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
