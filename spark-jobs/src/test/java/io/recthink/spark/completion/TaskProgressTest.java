package io.recthink.spark.completion;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.SparkTest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.Test;
import scala.Option;
import scala.Tuple4;
import scala.collection.JavaConverters;

class TaskProgressTest {
    @Test
    void rowsOfARunningTaskAreShown() {
        LongAccumulator ended = SparkTest.spark().sparkContext().longAccumulator();
        ended.add(100); // of an earlier policy
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        PrintStream errors = System.err;
        System.setErr(new PrintStream(shown, true, StandardCharsets.UTF_8));
        try {
            TaskProgress progress = new TaskProgress("predict", ended, 100);
            ended.add(30);
            progress.onExecutorMetricsUpdate(heartbeat(7, ended.id(), 20));
            progress.onExecutorMetricsUpdate(heartbeat(8, ended.id() + 1, 70));
            assertThat(shown.toString(StandardCharsets.UTF_8)).doesNotContain("100/100");
            progress.onExecutorMetricsUpdate(heartbeat(8, ended.id(), 50));
        } finally {
            System.setErr(errors);
        }
        assertThat(shown.toString(StandardCharsets.UTF_8)).contains("predict 100/100");
    }

    private static SparkListenerExecutorMetricsUpdate heartbeat(long task, long counter, long rows) {
        AccumulableInfo update = new AccumulableInfo(
                counter, Option.empty(), Option.apply((Object) rows), Option.empty(), false, false, Option.empty());
        return new SparkListenerExecutorMetricsUpdate(
                "1",
                JavaConverters.asScalaBuffer(
                                List.of(new Tuple4<>((Object) task, (Object) 0, (Object) 0, seq(List.of(update)))))
                        .toSeq(),
                scala.collection.immutable.Map$.MODULE$.empty());
    }

    private static scala.collection.Seq<AccumulableInfo> seq(List<AccumulableInfo> list) {
        return JavaConverters.asScalaBuffer(list).toSeq();
    }
}
