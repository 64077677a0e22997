package io.recthink.prompt;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What traces are like together. Shares are of all of them, empty ones and cut off ones too.
 *
 * @param distinct different traces as a share, above 0 and at most 1
 * @param copied mean share of a trace's sequences of four words that stand in the instruction, over the traces that have
 *     such sequences; empty when none has
 * @param about share of traces that are about their row
 */
public record TraceSummary(double distinct, OptionalDouble copied, double about) {
    /** The traces in an order that decides how the shares are summed; nothing without any. */
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
