package io.recthink.spark.evaluate;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.aggregate;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.forall;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.recthink.InvalidInputException;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Checks the predictions of one system. */
final class SystemCheck {
    /** Tolerance of the sum of probabilities, which may be rounded to few digits. */
    private static final double NEARLY = 1e-3;

    private final String setting;
    private final Row row;
    private final PredictionScale scale;

    private SystemCheck(String setting, Row row, PredictionScale scale) {
        this.setting = setting;
        this.row = row;
        this.scale = scale;
    }

    /**
     * Counts the defects of all systems in one pass.
     *
     * @param setting the setting that names the tables, for messages
     * @param predictions as {@link PredictionColumns#SCHEMA}
     * @param examples all rows of the data set, with rowId
     * @param rows the scored rows, with rowId
     */
    static List<SystemCheck> of(
            String setting, Dataset<Row> predictions, Dataset<Row> examples, Dataset<Row> rows, PredictionScale scale) {
        Dataset<Row> known = examples.select(col("rowId"), lit(true).as("known"))
                .join(rows.select(col("rowId"), lit(true).as("scored")), new String[] {"rowId"}, "left");
        Column scored = col("scored").isNotNull();
        Column unknown = col("known").isNull();
        Column off = scored.and(scale.off());
        Column noProbabilities = scored.and(not(probabilities(scale)));
        return predictions
                .join(known, new String[] {"rowId"}, "left")
                .groupBy("system", "readout", "seed")
                .agg(
                        count(when(scored, 1)).as("rows"),
                        count_distinct(when(scored, col("rowId"))).as("distinct"),
                        count(when(unknown, 1)).as("unknown"),
                        min(when(unknown, col("rowId"))).as("unknownRow"),
                        count(when(off, 1)).as("off"),
                        min(when(off, struct("rowId", "yhat"))).as("offRow"),
                        count(col(PredictionColumns.PROBLEM)).as("problems"),
                        min(when(
                                        col(PredictionColumns.PROBLEM).isNotNull(),
                                        struct(coalesce(col("rowId"), lit("")), col(PredictionColumns.PROBLEM))))
                                .as("problemRow"),
                        count(when(noProbabilities, 1)).as("improbable"),
                        min(when(noProbabilities, col("rowId"))).as("improbableRow"))
                .orderBy("system", "readout", "seed")
                .collectAsList()
                .stream()
                .map(row -> new SystemCheck(setting, row, scale))
                .toList();
    }

    /**
     * Whether {@code probs} is null, the row failed, or the probabilities are valid: one for each rating of the scale,
     * not negative, with the sum 1.
     */
    private static Column probabilities(PredictionScale scale) {
        Column probs = col("probs");
        Column sum = aggregate(probs, lit(0.0), (all, one) -> all.plus(one));
        Column number = scale.grid().step() == 0
                ? size(probs).gt(1)
                : size(probs).equalTo(scale.grid().size());
        Column right = number.and(forall(probs, one -> coalesce(one.between(0, 1 + NEARLY), lit(false))))
                .and(coalesce(abs(sum.minus(1)).leq(NEARLY), lit(false)));
        return col("failed").or(probs.isNull()).or(right);
    }

    /** The system for messages, or "a system" when its key is incomplete. */
    private String name() {
        return row.isNullAt(0) || row.isNullAt(1) || row.isNullAt(2) ? "a system" : key().toString();
    }

    private SystemKey key() {
        return SystemKey.of(row.getString(0), row.getString(1), row.getLong(2));
    }

    PredictionFolders.Saved saved() {
        return new PredictionFolders.Saved(key(), number("off"));
    }

    private long number(String column) {
        return row.<Long>getAs(column);
    }

    private Row example(String column) {
        return row.getAs(column);
    }

    /**
     * Refuses predictions that cannot be scored: unreadable values, rows of other data, repeated rows, values outside
     * the scale.
     */
    void requireReadable() {
        if (number("problems") > 0) {
            Row example = example("problemRow");
            throw new InvalidInputException(
                    ("%s: %s: %d rows cannot be read, for example row '%s', where %s; correct them, or leave yhat"
                                    + " empty where nothing was predicted")
                            .formatted(
                                    setting, name(), number("problems"), example.getString(0), example.getString(1)));
        }
        if (TrivialPredictors.SYSTEMS.contains(key().system())) {
            throw new InvalidInputException(
                    key() + ": this name belongs to a trivial row; give the system another name");
        }
        if (number("unknown") > 0) {
            throw new InvalidInputException(
                    ("%s: %d predicted rows are not in the data set, for example %s; the system was predicted for"
                                    + " other data: predict it again")
                            .formatted(key(), number("unknown"), row.getAs("unknownRow")));
        }
        if (number("rows") > number("distinct")) {
            throw new InvalidInputException(
                    "%s: %d rows are predicted more than once or by two tables; keep one prediction a row"
                            .formatted(key(), number("rows") - number("distinct")));
        }
        requireScale();
    }

    private void requireScale() {
        if (number("off") > 0 && !scale.clip()) {
            Row example = example("offRow");
            throw new InvalidInputException(
                    ("%s: %d of %d predictions are outside the rating scale %s to %s, for example %s for row %s;"
                                    + " correct them, or clip them to the scale with --clip (compare.clip: true)")
                            .formatted(
                                    key(),
                                    number("off"),
                                    number("rows"),
                                    scale.grid().min(),
                                    scale.grid().max(),
                                    example.getDouble(1),
                                    example.getString(0)));
        }
        if (number("improbable") > 0) {
            throw new InvalidInputException(
                    ("%s: %d rows have probs that are not probabilities of the ratings %s to %s in steps of %s (%d"
                                    + " numbers of at least 0 with the sum 1), for example %s; correct them or leave"
                                    + " the column out")
                            .formatted(
                                    key(),
                                    number("improbable"),
                                    scale.grid().min(),
                                    scale.grid().max(),
                                    scale.grid().step(),
                                    scale.grid().size(),
                                    row.getAs("improbableRow")));
        }
    }

    /** Refuses a system that lacks rows. */
    void requireRows(long expected, String rowsAre) {
        long distinct = number("distinct");
        if (distinct < expected) {
            throw new InvalidInputException(
                    ("%s: has predictions for %d of the %d rows (%s); %d are missing. All systems are scored on the"
                                    + " same rows: predict the missing rows, set predict.split and predict.rows to"
                                    + " their values at the time of the prediction, or score only the rows that all"
                                    + " systems have with --intersect")
                            .formatted(key(), distinct, expected, rowsAre, expected - distinct));
        }
    }
}
