package io.recthink.spark.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import io.recthink.InvalidInputException;
import io.recthink.config.RecordedConfiguration;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.PromptSource;
import io.recthink.prompt.TraceMeasure;
import io.recthink.prompt.TraceSummary;
import io.recthink.spark.table.PolicyOrigin;
import io.recthink.spark.table.RatingGrid;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Summaries of the thoughts in the traces of the systems of a comparison. A trace is measured against the instruction of the run that
 * trained the policy. It is measured against the configured instruction when the training is not known, or when
 * prompt.source is {@code configuration}.
 */
final class SystemTraces {
    private final PromptSettings asked;
    private final RatingGrid grid;
    private final Map<String, String> trainings;

    /**
     * Measures against instructions.
     *
     * @param asked prompt settings of the systems whose training is not known
     * @param origins the policies of the systems, where known
     */
    SystemTraces(PromptSettings asked, RatingGrid grid, List<PolicyOrigin> origins) {
        this.asked = asked;
        this.grid = grid;
        this.trainings = asked.source() == PromptSource.CONFIGURATION
                ? Map.of()
                : origins.stream()
                        .filter(origin ->
                                origin.training() != null && origin.training().configuration() != null)
                        .collect(Collectors.toMap(
                                PolicyOrigin::system,
                                origin -> origin.training().configuration(),
                                (one, same) -> one));
    }

    /**
     * Measures the traces.
     *
     * @param predictions with trace, null where a system has none
     * @param rows the examples of the predictions
     * @return a summary for each system that has traces
     */
    Map<SystemKey, TraceSummary> of(Dataset<Row> predictions, Dataset<Row> rows, List<SystemKey> keys) {
        Dataset<Row> traces = predictions
                .select("rowId", "system", "readout", "seed", "trace")
                .where(col("trace").isNotNull().and(not(ExplainedRow.isExplanation(col("trace")))));
        Map<SystemKey, TraceSummary> summaries = new HashMap<>();
        if (traces.isEmpty()) {
            return summaries;
        }
        Dataset<Row> withWords = traces.join(rows.select(col("rowId"), MeasuredTraces.ownWords()), "rowId");
        systemsByPrompt(keys).forEach((prompt, systems) -> TraceMeasure.of(prompt, grid.min(), grid.max())
                .ifPresent(measure ->
                        summaries.putAll(summaries(withWords.where(col("system").isin(systems.toArray())), measure))));
        return summaries;
    }

    private static Map<SystemKey, TraceSummary> summaries(Dataset<Row> traces, TraceMeasure measure) {
        List<Column> totals = MeasuredTraces.totals();
        Map<SystemKey, TraceSummary> summaries = new HashMap<>();
        MeasuredTraces.figures(traces, measure)
                .groupBy("system", "readout", "seed")
                .agg(totals.get(0), totals.subList(1, totals.size()).toArray(Column[]::new))
                .collectAsList()
                .forEach(row -> MeasuredTraces.summary(row)
                        .ifPresent(summary -> summaries.put(
                                SystemKey.of(row.getString(0), row.getString(1), row.getLong(2)), summary)));
        return summaries;
    }

    private Map<PromptSettings, Set<String>> systemsByPrompt(List<SystemKey> keys) {
        Map<PromptSettings, Set<String>> systems = new LinkedHashMap<>();
        keys.stream().map(SystemKey::system).distinct().forEach(system -> prompt(system)
                .ifPresent(prompt -> systems.computeIfAbsent(prompt, any -> new LinkedHashSet<>())
                        .add(system)));
        return systems;
    }

    private Optional<PromptSettings> prompt(String system) {
        String training = trainings.get(system);
        if (training == null) {
            return Optional.of(asked);
        }
        try {
            return Optional.of(RecordedConfiguration.read(system, training).get(PromptSettings.class));
        } catch (InvalidInputException e) { // a run of another version, whose instruction cannot be read
            return Optional.empty();
        }
    }
}
