package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import io.recthink.InvalidInputException;
import io.recthink.spark.table.PrepareSettings;
import io.recthink.spark.table.SplitLabel;
import io.recthink.spark.table.Splits;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Assigns each row to a split: the rows from which a model learns (train), on which it is chosen (validation) and on
 * which it is tested (test).
 *
 * <p>With every rule, a history contains only train rows strictly before the row's horizon (for test rows after a refit
 * also validation rows). With one cut in time, the horizon of a held-out row is the cut, because no later row is
 * visible. With the other rules, train rows are before and after a held-out row, so its horizon is its own time. Then
 * the prompt contains only earlier rows, although the fitted model has learned from later ones.
 */
sealed interface SplitRule permits TimeSplit, LastOfUserSplit, RandomSplit {

    /**
     * Creates the configured rule for a log.
     *
     * @param rows with the columns rowId, userId and time
     * @param times the counts of the rows by time
     * @param cycle replaces the quantiles of {@code options}; empty outside of a cycle of {@code retrain}
     * @throws InvalidInputException when the rule would leave a split empty
     */
    static SplitRule of(
            Dataset<Row> rows, TimeCounts times, PrepareSettings options, Optional<CycleRows> cycle, long seed) {
        return switch (options.split()) {
            case GLOBAL_TIME ->
                cycle.map(newest -> newest.split(times))
                        .orElseGet(() -> TimeSplit.of(times, options.validationFrom(), options.testFrom()));
            case PER_USER_LAST ->
                refuseEmpty(
                        new LastOfUserSplit(),
                        rows,
                        "prepare.split per-user-last",
                        "a user needs three rows to have one in each; choose another split or a longer log");
            case RANDOM ->
                refuseEmpty(
                        new RandomSplit(options.validationFrom(), options.testFrom(), seed),
                        rows,
                        "prepare.split random, prepare.validationFrom %s and prepare.testFrom %s"
                                .formatted(options.validationFrom(), options.testFrom()),
                        "choose other shares or a longer log");
        };
    }

    /**
     * Adds the column split to {@code rows}. The result does not depend on the partitioning.
     *
     * @param rows with the columns rowId, userId and time; must contain all kept rows of each user
     */
    Dataset<Row> assign(Dataset<Row> rows);

    /** Returns the split of a row, from its columns rowId and time; empty if other rows decide it too. */
    Optional<Column> ofRow();

    /** Returns the time before which a row may look back, from its columns time and split. */
    Column horizon(boolean refit);

    /** Returns whether the time of a row alone decides its split. */
    boolean timeDecides();

    /** Returns the description of the rule. */
    SplitLabel label();

    private static SplitRule refuseEmpty(SplitRule rule, Dataset<Row> rows, String what, String remedy) {
        List<Row> sizes = rule.assign(rows)
                .groupBy("split")
                .agg(count(lit(1)).as("rows"))
                .select(col("split"), col("rows"))
                .collectAsList();
        Set<String> filled = sizes.stream().map(row -> row.getString(0)).collect(Collectors.toSet());
        for (String split : Splits.ALL) {
            if (!filled.contains(split)) {
                throw new InvalidInputException("%s: %s of the %d rows would be empty; %s"
                        .formatted(
                                what,
                                split,
                                sizes.stream().mapToLong(row -> row.getLong(1)).sum(),
                                remedy));
            }
        }
        return rule;
    }
}
