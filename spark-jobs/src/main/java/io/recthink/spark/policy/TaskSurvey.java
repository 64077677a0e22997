package io.recthink.spark.policy;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Asks the executors something before a job starts. */
final class TaskSurvey {
    private TaskSurvey() {}

    /** What a task is asked; not every task has an answer. */
    @FunctionalInterface
    interface Question extends Serializable {
        Optional<String> answer();
    }

    /** The distinct answers in their order, of a task for each core unless {@code spark.default.parallelism} says how many. */
    static List<String> answers(SparkSession spark, Question question) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        int tasks = context.defaultParallelism();
        return context
                .parallelize(IntStream.range(0, tasks).boxed().toList(), tasks)
                .flatMap(task -> question.answer().stream().iterator())
                .collect()
                .stream()
                .distinct()
                .sorted()
                .toList();
    }
}
