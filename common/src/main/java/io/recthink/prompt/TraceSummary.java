package io.recthink.prompt;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The measures of many traces. The shares are of all traces, including empty and cut off traces.
 *
 * @param distinct the number of different traces divided by the number of traces, above 0 and at most 1
 * @param copied the mean share of a trace's sequences of four words that the instruction contains, over the traces with
 *     sequences; empty without sequences
 * @param about the share of traces that are about their row
 */
public record TraceSummary(double distinct, OptionalDouble copied, double about) {
    /** Summarises traces; empty without traces. The order of the traces decides the order of the sums. */
    public static Optional<TraceSummary> of(List<TraceFigures> traces) {
        if (traces.isEmpty()) {
            return Optional.empty();
        }
        double count = traces.size();
        return Optional.of(new TraceSummary(
                traces.stream().mapToLong(TraceFigures::trace).distinct().count() / count,
                traces.stream()
                        .mapToDouble(TraceFigures::copied)
                        .filter(copied -> !Double.isNaN(copied))
                        .average(),
                traces.stream().filter(TraceFigures::about).count() / count));
    }
}
