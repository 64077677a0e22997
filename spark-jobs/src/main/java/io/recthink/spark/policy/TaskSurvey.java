package io.recthink.spark.policy;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Asks the executors a question before a job starts. */
final class TaskSurvey {
    private TaskSurvey() {}

    /** The question to a task; the answer may be empty. */
    @FunctionalInterface
    interface Question extends Serializable {
        Optional<String> answer();
    }

    /** The distinct answers, sorted. Runs {@code spark.default.parallelism} tasks; its default is one task a core. */
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
