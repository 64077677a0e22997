package io.recthink.spark.report;

import static org.apache.spark.sql.functions.col;

import io.recthink.InvalidInputException;
import io.recthink.config.Paths;
import io.recthink.config.RecordedConfiguration;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.table.PreparedData;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Collects example traces of a run: a few rows at a few steps, with the content of their prompts. */
final class TraceTables {
    private static final int STEPS = 4;
    private static final int VALIDATION_ROWS = 2;
    private static final int HISTORY = 10;

    private final SparkSession spark;
    private final RunFolder run;

    TraceTables(SparkSession spark, RunFolder run) {
        this.spark = spark;
        this.run = run;
    }

    /** The tables of all kinds of traces that the run has; {@code steps} are its complete steps. */
    List<TraceComparison> of(List<Integer> steps) {
        List<TraceComparison> tables = new ArrayList<>();
        List<Integer> evaluated = spread(run.evaluated());
        if (!evaluated.isEmpty()) {
            tables.addAll(validation(evaluated));
        }
        List<Integer> sampled = spread(
                steps.stream().filter(step -> run.hasTable(step, "scored")).toList());
        if (!sampled.isEmpty()) {
            tables.add(rollouts(sampled));
        }
        return tables;
    }

    /** Traces of the first and the newest step side by side; none when the run has no rollouts. */
    List<TraceComparison> firstAndNewest(List<Integer> steps) {
        List<Integer> sampled =
                steps.stream().filter(step -> run.hasTable(step, "scored")).toList();
        if (sampled.isEmpty()) {
            return List.of();
        }
        List<List<FirstAndNewest.Written>> traces =
                FirstAndNewest.of(new RolloutTraces(spark, run), sampled.get(0), sampled.get(sampled.size() - 1));
        Map<String, Known> known = known(traces.stream()
                .flatMap(List::stream)
                .map(FirstAndNewest.Written::rowId)
                .distinct()
                .toList());
        return IntStream.range(0, traces.size())
                .mapToObj(i -> firstAndNewest(i + 1, traces.get(i), known))
                .toList();
    }

    private static TraceComparison firstAndNewest(
            int number, List<FirstAndNewest.Written> traces, Map<String, Known> known) {
        return new TraceComparison(
                "Trace %d, first and newest step".formatted(number),
                traces.stream().map(FirstAndNewest.Written::rowId).distinct().count() == 1
                        ? "The same row at each of the steps, chosen by a hash of its id, not by the outcome."
                        : "The steps have sampled different rows; each was chosen by a hash of its id, not by the outcome.",
                traces.stream()
                        .map(written -> column(
                                written.step(),
                                written.rowId(),
                                Optional.of(written.truth()),
                                known,
                                List.of(written.trace())))
                        .toList());
    }

    private List<TraceComparison> validation(List<Integer> steps) {
        Map<String, List<ValidationTraces.Written>> rows = new ValidationTraces(spark, run)
                .of(steps, VALIDATION_ROWS).stream()
                        .collect(Collectors.groupingBy(
                                ValidationTraces.Written::rowId, LinkedHashMap::new, Collectors.toList()));
        Map<String, Known> known = known(rows.keySet());
        return rows.entrySet().stream()
                .map(row -> new TraceComparison(
                        "Validation row " + row.getKey(),
                        "The same prompt, answered greedily by the policies of several steps. The row was chosen by its"
                                + " id, not by the outcome.",
                        row.getValue().stream()
                                .map(written -> column(
                                        written.step(),
                                        row.getKey(),
                                        Optional.empty(),
                                        known,
                                        List.of(written.trace())))
                                .toList()))
                .toList();
    }

    private TraceComparison rollouts(List<Integer> steps) {
        Map<Integer, RolloutTraces.Group> groups = new RolloutTraces(spark, run).of(steps);
        List<String> rows = groups.values().stream()
                .map(RolloutTraces.Group::rowId)
                .distinct()
                .toList();
        Map<String, Known> known = known(rows);
        return new TraceComparison(
                "Sampled groups",
                (rows.size() == 1
                                ? "Completions of the same prompt, sampled at several steps. "
                                : "No prompt was sampled at all of these steps, so each step shows a group with the same"
                                        + " truth where there is one. ")
                        + "Of each group: the completions with the highest, the middle and the lowest reward.",
                groups.entrySet().stream()
                        .map(group -> column(
                                group.getKey(),
                                group.getValue().rowId(),
                                Optional.of(group.getValue().truth()),
                                known,
                                group.getValue().traces()))
                        .toList());
    }

    private static TraceComparison.Column column(
            int step, String rowId, Optional<Double> truth, Map<String, Known> known, List<ShownTrace> traces) {
        Optional<Known> row = Optional.ofNullable(known.get(rowId));
        return new TraceComparison.Column(
                step, rowId, truth.or(() -> row.map(Known::truth)), row.map(Known::example), traces);
    }

    /** Truth and prompt content of a row, from the examples. */
    private record Known(double truth, TraceComparison.Example example) {}

    /** The rows in the examples of the run; empty when the examples no longer exist. */
    private Map<String, Known> known(Collection<String> rowIds) {
        return examples()
                .map(examples -> examples.where(col("rowId").isin(rowIds.toArray())).collectAsList().stream()
                        .collect(Collectors.toMap(row -> row.<String>getAs("rowId"), TraceTables::known)))
                .orElse(Map.of());
    }

    private Optional<Dataset<Row>> examples() {
        try {
            Paths paths = RecordedConfiguration.read(run.path() + "/config.yaml", run.configuration())
                    .paths();
            return Optional.of(PreparedData.examples(spark, paths.resolve(paths.data()))
                    .select("rowId", "truth", "target.title", "userHistory.title", "userHistory.rating")
                    .toDF("rowId", "truth", "target", "titles", "ratings"));
        } catch (InvalidInputException e) {
            // A run folder is complete without its data: then the page shows only the traces.
            return Optional.empty();
        }
    }

    private static Known known(Row row) {
        List<String> titles = row.getList(row.fieldIndex("titles"));
        List<Double> ratings = row.getList(row.fieldIndex("ratings"));
        List<String> history = IntStream.range(Math.max(0, titles.size() - HISTORY), titles.size())
                .mapToObj(i -> String.format(Locale.ROOT, "%.1f  %s", ratings.get(i), named(titles.get(i))))
                .toList();
        return new Known(row.getAs("truth"), new TraceComparison.Example(named(row.getAs("target")), history));
    }

    private static String named(String title) {
        return title == null ? "(no title)" : title;
    }

    /** At most {@link #STEPS} steps: the first, the last, and some between. */
    private static List<Integer> spread(List<Integer> steps) {
        int shown = Math.min(STEPS, steps.size());
        return IntStream.range(0, shown)
                .map(i -> shown == 1 ? 0 : Math.round((float) i * (steps.size() - 1) / (shown - 1)))
                .mapToObj(steps::get)
                .toList();
    }
}
