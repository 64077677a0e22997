package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import io.recthink.InvalidInputException;
import io.recthink.spark.table.PrepareSettings;
import io.recthink.spark.table.Splits;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Decides which rows of a later part of a log join an existing data set.
 *
 * <p>An append changes nothing in the data set. Its rows keep their ids, splits, pools, histories and means to the last
 * bit. Its cuts and its core stay. The data set is closed up to a time: the end of the period that was read for it. A
 * row at or after this time is later than every row of the data set, so it becomes a <em>test</em> row. Like every test
 * row, its history contains the train rows (after a refit also the validation rows) of its user and its item. These
 * rows do not join:
 *
 * <ul>
 *   <li>a row that the data set already has, with the same content;
 *   <li>a later review of a (user, item) pair that the data set has: the earliest review stays;
 *   <li>a row of a user or an item outside the core, if the core was counted on the whole log. (A core that was counted
 *       on the train rows, or no core, lets every later row pass.)
 *   <li>a row that the data set has with other content. The row goes to the quarantine with this reason.
 *   <li>a row before the end of the data set that the data set does not have: the row is late, or the core removed it
 *       earlier. The row goes to the quarantine with this reason. A late row would change the histories and means of
 *       rows for which predictions exist.
 * </ul>
 *
 * <p>To learn from the newer rows, or to include late rows, prepare the whole log anew. With new cuts the result is
 * another data set, but rows with the same name, user, item and second keep their ids.
 */
public final class Append {
    private static final String NEW = "new";
    private static final String KNOWN = "known";
    private static final String REPEATED = "repeated";
    private static final String OUTSIDE_CORE = "outside the core";
    private static final String CHANGED = "the data set appended to has this row with other content";

    private final EarlierData earlier;
    private final String late;
    private final Dataset<Row> sorted;
    private final Map<String, Long> counts;

    /**
     * @param distinct the rows of the later part, one row per (user, item): rowId, userId, itemId, time, rating,
     *     summary, review
     * @throws InvalidInputException when no row is new
     */
    Append(EarlierData earlier, Dataset<Row> distinct, PrepareSettings options, PersistedTables tables) {
        this.earlier = earlier;
        this.late =
                "time is before %s, up to which the data set appended to is closed".formatted(earlier.closedUntil());
        this.sorted = tables.keep(sort(distinct, options));
        this.counts = sorted.groupBy("fate").count().collectAsList().stream()
                .collect(Collectors.toMap(row -> row.getString(0), row -> row.getLong(1)));
        if (newRows() == 0) {
            throw new InvalidInputException(
                    "--append-to %s: nothing is new (%s); give a later --until, or wait for new reviews"
                            .formatted(earlier.folder(), counts));
        }
    }

    long newRows() {
        return counts.getOrDefault(NEW, 0L);
    }

    long knownRows() {
        return counts.getOrDefault(KNOWN, 0L);
    }

    long repeatedRows() {
        return counts.getOrDefault(REPEATED, 0L);
    }

    long rowsOutsideCore() {
        return counts.getOrDefault(OUTSIDE_CORE, 0L);
    }

    /** Returns the number of rows that go to the quarantine, by reason. */
    Map<String, Long> refused() {
        return counts.entrySet().stream()
                .filter(fate -> fate.getKey().equals(CHANGED) || fate.getKey().equals(late))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Returns the rows that go to the quarantine: {@code reason, record}. */
    Dataset<Row> quarantine() {
        Column record = to_json(struct("userId", "itemId", "rating", "time", "summary", "review"));
        return sorted.where(col("fate").isin(CHANGED, late)).select(col("fate").as("reason"), record.as("record"));
    }

    /** Returns the rows that join: the columns of {@code distinct} and the column {@code split}. */
    Dataset<Row> rows() {
        return sorted.where(col("fate").equalTo(NEW)).drop("fate").withColumn("split", lit(Splits.TEST));
    }

    private Dataset<Row> sort(Dataset<Row> distinct, PrepareSettings options) {
        Dataset<Row> there = earlier.reviews()
                .select(
                        col("userId").as("thereUser"),
                        col("itemId").as("thereItem"),
                        col("time").as("thereTime"),
                        struct("rating", "summary", "review").as("thereContent"));
        Dataset<Row> compared = distinct.join(
                there, col("userId").equalTo(col("thereUser")).and(col("itemId").equalTo(col("thereItem"))), "left");
        boolean wholeCore = options.kcore() > 0 && !options.strictCore();
        Dataset<Row> marked = wholeCore
                ? marked(marked(compared, "userId"), "itemId")
                : compared.withColumn("userIdInCore", lit(true)).withColumn("itemIdInCore", lit(true));
        return marked.withColumn("fate", fate())
                .select("rowId", "userId", "itemId", "time", "rating", "summary", "review", "fate");
    }

    private Column fate() {
        Column sameTime = col("time").equalTo(col("thereTime"));
        Column sameContent = struct("rating", "summary", "review").eqNullSafe(col("thereContent"));
        return when(sameTime.and(sameContent), KNOWN)
                .when(sameTime, CHANGED)
                .when(col("time").gt(col("thereTime")), REPEATED)
                .when(col("time").lt(lit(earlier.closedUntil())), late)
                .when(not(col("userIdInCore").and(col("itemIdInCore"))), OUTSIDE_CORE)
                .otherwise(NEW);
    }

    private Dataset<Row> marked(Dataset<Row> rows, String key) {
        Dataset<Row> members = earlier.reviews().select(col(key).as("member")).distinct();
        return rows.join(members, col(key).equalTo(col("member")), "left")
                .withColumn(key + "InCore", coalesce(col("member").isNotNull(), lit(false)))
                .drop("member");
    }
}
