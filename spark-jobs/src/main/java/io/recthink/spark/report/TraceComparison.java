package io.recthink.spark.report;

import java.util.List;
import java.util.Optional;

/** Traces of several steps side by side. */
record TraceComparison(String title, String note, List<Column> columns) {
    /**
     * Traces of one row at one step.
     *
     * @param truth the true rating, or nothing where the examples are not at hand
     * @param example what the prompt showed, or nothing where the examples are not at hand
     */
    record Column(int step, String rowId, Optional<Double> truth, Optional<Example> example, List<ShownTrace> traces) {}

    /** What a prompt showed: the target, and the user's past purchases with their ratings, oldest first. */
    record Example(String target, List<String> history) {}
}
