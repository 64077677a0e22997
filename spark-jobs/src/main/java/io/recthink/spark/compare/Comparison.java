package io.recthink.spark.compare;

import java.util.List;
import java.util.Optional;

/**
 * The whole table.
 *
 * @param rows trivial predictors first
 * @param reference the system that differences are taken to
 * @param focus the system of the second block, when there is one
 * @param focusRows the second block
 * @param notes what a reader must know of the rows, a sentence each
 */
record Comparison(
        List<ComparisonRow> rows,
        SystemKey reference,
        double confidence,
        Optional<SystemKey> focus,
        List<FocusRow> focusRows,
        List<String> notes) {
    Comparison {
        rows = List.copyOf(rows);
        focusRows = List.copyOf(focusRows);
        notes = List.copyOf(notes);
    }
}
