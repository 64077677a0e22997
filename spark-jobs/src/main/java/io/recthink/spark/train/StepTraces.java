package io.recthink.spark.train;

import io.recthink.prompt.TraceFigures;
import io.recthink.prompt.TraceMeasure;
import io.recthink.prompt.TraceSummary;
import io.recthink.spark.completion.Prompt;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Measures the traces of a step. Tasks measure the texts. The driver collects three numbers a completion and combines
 * them in the order of row ids and samples.
 */
final class StepTraces {
    private static final int QUOTED = 160; // largest number of characters of a trace in a message

    private StepTraces() {}

    /**
     * Summary of the traces of a step.
     *
     * @param shared share of completions whose trace also occurs at another row of the step
     */
    record Summary(TraceSummary traces, double shared) {}

    /**
     * Measures the traces of a step.
     *
     * @param rollouts with rowId, sample and text
     * @param prompts the prompts of their rows
     */
    static Optional<Summary> summary(Dataset<Row> rollouts, List<Prompt> prompts, TraceMeasure measure) {
        Map<String, long[]> ownWords =
                prompts.stream().collect(Collectors.toMap(Prompt::rowId, Prompt::ownWords, (words, same) -> words));
        JavaRDD<Measured> measured = rollouts.select("rowId", "sample", "text")
                .toJavaRDD()
                .map(row -> new Measured(
                        row.getString(0),
                        row.getInt(1),
                        measure.measure(row.getString(2), ownWords.get(row.getString(0)))));
        List<Measured> all = measured.collect().stream()
                .sorted(Comparator.comparing(Measured::rowId).thenComparingInt(Measured::sample))
                .toList();
        return TraceSummary.of(all.stream().map(Measured::figures).toList())
                .map(traces -> new Summary(traces, shared(all)));
    }

    private static double shared(List<Measured> all) {
        Map<Long, Set<String>> rows = all.stream()
                .collect(Collectors.groupingBy(
                        one -> one.figures().trace(), Collectors.mapping(Measured::rowId, Collectors.toSet())));
        long shared = all.stream()
                .filter(one -> rows.get(one.figures().trace()).size() > 1)
                .count();
        return (double) shared / all.size();
    }

    private record Measured(String rowId, int sample, TraceFigures figures) implements Serializable {}

    /**
     * Two traces as a sentence for a message: the first completions of the two rows with the lowest ids.
     *
     * @param rollouts with rowId, sample and text
     */
    static String quoted(Dataset<Row> rollouts) {
        List<String> traces =
                rollouts.where("sample = 0").orderBy("rowId").limit(2).select("text").collectAsList().stream()
                        .map(row -> "\"" + shortened(TraceMeasure.trace(row.getString(0))) + "\"")
                        .toList();
        return traces.isEmpty() ? "" : " Two of the traces: " + String.join(" and ", traces) + ".";
    }

    private static String shortened(String trace) {
        String shown = trace.codePoints()
                .filter(character -> !Character.isISOControl(character))
                .limit(QUOTED)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return shown.length() < trace.length() ? shown + " ..." : shown;
    }
}
