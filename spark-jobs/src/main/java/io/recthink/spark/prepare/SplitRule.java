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
 * Which rows a model learns from, is chosen on and is tested on.
 *
 * <p>Whatever the rule, a history holds train rows alone (for test rows after a refit validation rows too), all of them
 * strictly before the row's horizon. With one cut in time the horizon of a held-out row is the cut, because nothing
 * later is visible anyway. Elsewhere train rows lie on both sides of a held-out row, so its horizon is its own time: the
 * prompt stays honest where the fitted model is not.
 */
sealed interface SplitRule permits TimeSplit, LastOfUserSplit, RandomSplit {

    /**
     * The configured rule for a log.
     *
     * @param rows with the columns rowId, userId and time
     * @param times of the rows
     * @throws InvalidInputException when it would leave a split empty
     */
    static SplitRule of(Dataset<Row> rows, TimeCounts times, PrepareSettings options, long seed) {
        return switch (options.split()) {
            case GLOBAL_TIME -> TimeSplit.of(times, options.validationFrom(), options.testFrom());
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
     * {@code rows} with the column split, the same however they are partitioned.
     *
     * @param rows with the columns rowId, userId and time; of a user all rows that are kept
     */
    Dataset<Row> assign(Dataset<Row> rows);

    /** The split of a row from its columns rowId and time, where no other row decides about it. */
    Optional<Column> ofRow();

    /** The time before which a row may look back, from its columns time and split. */
    Column horizon(boolean refit);

    /** Whether a time alone says in which split it lies. */
    boolean timeDecides();

    /** The rule in words. */
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
