package io.recthink.spark;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import scala.Tuple4;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/** The counters of running tasks in a heartbeat of an executor. */
public final class Heartbeat {
    private Heartbeat() {}

    /** The counters of each task, by the id of the task. */
    public static Map<Long, List<AccumulableInfo>> counters(SparkListenerExecutorMetricsUpdate heartbeat) {
        Map<Long, List<AccumulableInfo>> counters = new HashMap<>();
        updates(heartbeat).forEach(task -> counters.put((Long) task._1(), JavaConverters.seqAsJavaList(task._4())));
        return counters;
    }

    /**
     * The task, stage, attempt and counters. The value is read by its position, because the type of
     * {@code accumUpdates()} differs in Scala 2.13.
     */
    @SuppressWarnings("unchecked")
    private static List<Tuple4<Object, Object, Object, Seq<AccumulableInfo>>> updates(
            SparkListenerExecutorMetricsUpdate heartbeat) {
        return JavaConverters.seqAsJavaList(
                (Seq<Tuple4<Object, Object, Object, Seq<AccumulableInfo>>>) heartbeat.productElement(1));
    }
}
