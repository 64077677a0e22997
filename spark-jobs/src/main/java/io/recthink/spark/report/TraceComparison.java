package io.recthink.spark.report;

import java.util.List;
import java.util.Optional;

/** Traces of several steps side by side. */
record TraceComparison(String title, String note, List<Column> columns) {
    /**
     * Traces of one row at one step.
     *
     * @param truth the true rating; empty when the examples no longer exist
     * @param example content of the prompt; empty when the examples no longer exist
     */
    record Column(int step, String rowId, Optional<Double> truth, Optional<Example> example, List<ShownTrace> traces) {}

    /** The content of a prompt: the target, and the user's past purchases with their ratings, oldest first. */
    record Example(String target, List<String> history) {}
}
