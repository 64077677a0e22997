package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.aggregate;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_compact;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.recthink.spark.datacard.LeakRules;
import io.recthink.spark.table.PrepareSettings;
import io.recthink.spark.table.Splits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Tests that no row of an examples table contains information that it must not have. The tests read the written table
 * and the reviews. They use no code that computes the histories. They check:
 *
 * <ul>
 *   <li>no row is lost;
 *   <li>a row's histories do not contain the review to predict under its own name;
 *   <li>from {@value LeakRules#MIN_CHARACTERS} characters on, the text of the review to predict is not part of another
 *       history entry. People paste one text under several products. So such an entry is no leak if the log has the
 *       text in the earlier review that the entry names. The tests count these copies;
 *   <li>every row is in the split that the rule assigns to it;
 *   <li>every time in a history is before the time of the row. With one cut in time, it is also before the end of the
 *       fitted data for rows outside train;
 *   <li>with the other splits, every history entry is a row of the train split (for test rows after a refit also of the
 *       validation split);
 *   <li>counts and means equal the result of a scan of all earlier rows, and every history has the expected length;
 *   <li>no row id occurs twice, and no row outside train is in a pool.
 * </ul>
 *
 * <p>Two findings are only counted. The first is a text of at least {@value LeakRules#MIN_CHARACTERS} characters that
 * is both in train and in test: shops copy reviews between editions of a product. The second is a row whose item
 * description contains the review.
 */
final class LeakTests {
    private static final double TOLERANCE = 1e-9;
    private static final String UNUSABLE = "prepare: the examples must not be used: ";
    private static final String WRONG_SPLIT = "a split that the rule does not give";

    private final Dataset<Row> examples;
    private final Dataset<Row> reviews;
    private final long expectedRows;
    private final SplitRule split;
    private final boolean refit;
    private final int historyItems;

    /**
     * Counts that are not leaks but are useful to know. {@code users} and {@code items} count distinct users and items.
     */
    record Findings(
            long users,
            long items,
            long copiedTexts,
            long textsOfTargets,
            long testTextsInTrain,
            long testTextsInTrainOfUser,
            long userTies,
            long itemTies) {}

    /**
     * @param examples as in Tables.EXAMPLES
     * @param reviews the reviews of the same rows: rowId, userId, itemId, time, review
     * @param rows the expected number of rows
     */
    LeakTests(Dataset<Row> examples, Dataset<Row> reviews, long rows, SplitRule split, PrepareSettings options) {
        this.examples = examples;
        this.reviews = reviews;
        this.expectedRows = rows;
        this.split = split;
        this.refit = options.refit();
        this.historyItems = options.historyItems();
    }

    /**
     * Runs all tests.
     *
     * @throws LeakException at the first test that fails
     */
    Findings run() {
        return run(Figures.of(Figures.joined(examples, reviews), figures()), Fingerprint.of(examples));
    }

    /**
     * Runs all tests with counts that other passes over the table have computed.
     *
     * @param figures must include the aggregates of {@link #figures}
     * @param fingerprint of the table
     * @throws LeakException at the first test that fails
     */
    Findings run(Figures figures, Fingerprint fingerprint) {
        testRows(figures);
        long copies = figures.total("suspects") == 0 ? 0 : testCopies();
        if (split.ofRow().isEmpty()) {
            testSplits();
        }
        if (!split.timeDecides()) {
            testVisibility();
        }
        testIds(fingerprint);
        Row counts = testMeans();
        Row copied = testTextsInTrain();
        return new Findings(
                counts.getAs("users"),
                counts.getAs("items"),
                copies,
                figures.total("sayReview"),
                copied.getAs("test"),
                copied.getAs("testOfUser"),
                counts.getAs("userTies"),
                counts.getAs("itemTies"));
    }

    private Dataset<Row> withReview() {
        return Figures.joined(examples, reviews);
    }

    private static Column saysOwnReview(Column entry) {
        return length(trim(col("ownReview")))
                .geq(LeakRules.MIN_CHARACTERS)
                .and(entry.getField("review").contains(trim(col("ownReview"))));
    }

    private static Column describedByOwnReview() {
        return length(trim(col("ownReview")))
                .geq(LeakRules.MIN_CHARACTERS)
                .and(coalesce(col("target.description"), lit("")).contains(trim(col("ownReview"))));
    }

    /** Returns the aggregates that the tests need from a pass over the examples of {@link Figures#joined}. */
    List<Column> figures() {
        Column suspicious = exists(col("userHistory"), LeakTests::saysOwnReview)
                .or(exists(col("itemHistory"), LeakTests::saysOwnReview));
        return List.of(
                count(lit(1)).as("tested"),
                count(when(any(rulesOfRows()), true)).as("broken"),
                count(when(suspicious, true)).as("suspects"),
                count(when(describedByOwnReview(), true)).as("sayReview"));
    }

    /** Returns the conditions that break a rule and that one row shows without other rows. */
    private Map<String, Column> rulesOfRows() {
        Column horizon = split.horizon(refit);
        Map<String, Column> rules = new LinkedHashMap<>();
        rules.put(
                "the row's own review in its history",
                exists(col("userHistory"), entry -> entry.getField("itemId").equalTo(col("itemId")))
                        .or(exists(col("itemHistory"), entry -> entry.getField("userId")
                                .equalTo(col("userId")))));
        rules.put(
                "a history entry that is not before the row's time",
                exists(col("userHistory"), entry -> entry.getField("time").geq(horizon))
                        .or(exists(col("itemHistory"), entry -> entry.getField("time")
                                .geq(horizon))));
        split.ofRow().ifPresent(given -> rules.put(WRONG_SPLIT, given.notEqual(col("split"))));
        rules.put(
                "a pool outside the train split",
                col("pool").isNotNull().and(col("split").notEqual(Splits.TRAIN)));
        return rules;
    }

    private void testRows(Figures figures) {
        if (figures.total("broken") > 0) {
            throw new LeakException(UNUSABLE + broken(examples, rulesOfRows()));
        }
        long rows = figures.total("tested");
        if (rows != expectedRows) {
            throw new LeakException(UNUSABLE + "%d of %d rows were written".formatted(rows, expectedRows));
        }
    }

    /**
     * Checks the entries that contain the text of the review to predict: each must be an earlier review with this text
     * in the log.
     */
    private long testCopies() {
        Column users = transform(
                filter(col("userHistory"), LeakTests::saysOwnReview),
                entry -> struct(
                        col("userId").as("userId"),
                        entry.getField("itemId").as("itemId"),
                        entry.getField("review").as("text")));
        Column items = transform(
                filter(col("itemHistory"), LeakTests::saysOwnReview),
                entry -> struct(
                        entry.getField("userId").as("userId"),
                        col("itemId").as("itemId"),
                        entry.getField("review").as("text")));
        Dataset<Row> rows = withReview();
        Dataset<Row> entries = rows.select(
                        col("rowId").as("exampleId"), explode(users).as("said"))
                .union(rows.select(col("rowId").as("exampleId"), explode(items).as("said")))
                .select("exampleId", "said.*");
        Dataset<Row> logged = reviews.select("userId", "itemId", "review");
        Dataset<Row> compared = entries.join(
                logged,
                entries.col("userId")
                        .equalTo(logged.col("userId"))
                        .and(entries.col("itemId").equalTo(logged.col("itemId")))
                        .and(entries.col("text").equalTo(logged.col("review"))),
                "left");
        Dataset<Row> named = compared.select(col("exampleId").as("rowId"), col("review"));
        Row result = refuse(
                named,
                Map.of(
                        "the text of the row's own review in its history",
                        col("review").isNull()),
                count(lit(1)).as("copies"));
        return result.getAs("copies");
    }

    private void testSplits() {
        Dataset<Row> written =
                examples.select("rowId", "userId", "time", "split").withColumnRenamed("split", "written");
        refuse(
                split.assign(written),
                Map.of(WRONG_SPLIT, col("split").notEqual(col("written"))),
                count(lit(1)).as("rows"));
    }

    /**
     * Checks the split of every history entry. If train rows are before and after a held-out row, times do not decide
     * which rows a history may contain.
     */
    private void testVisibility() {
        Column users = transform(
                col("userHistory"),
                entry -> struct(
                        col("userId").as("userId"),
                        entry.getField("itemId").as("itemId"),
                        entry.getField("time").as("time")));
        Column items = transform(
                col("itemHistory"),
                entry -> struct(
                        entry.getField("userId").as("userId"),
                        col("itemId").as("itemId"),
                        entry.getField("time").as("time")));
        Dataset<Row> entries = examples.select(
                        col("rowId"), col("split"), explode(users).as("said"))
                .union(examples.select(
                        col("rowId"), col("split"), explode(items).as("said")))
                .select("rowId", "split", "said.*");
        Dataset<Row> rows = examples.select(
                col("userId"), col("itemId"), col("time"), col("split").as("saidSplit"));
        Column train = col("saidSplit").equalTo(Splits.TRAIN);
        Column refitted = lit(refit)
                .and(col("split").equalTo(Splits.TEST))
                .and(col("saidSplit").equalTo(Splits.VALIDATION));
        refuse(
                entries.join(rows, new String[] {"userId", "itemId", "time"}, "left"),
                Map.of(
                        "a history entry that is no visible row of the log",
                        coalesce(not(train.or(refitted)), lit(true))),
                count(lit(1)).as("entries"));
    }

    private Row testMeans() {
        Dataset<Row> rows = examples.select(
                col("rowId"),
                col("userId"),
                col("itemId"),
                col("split"),
                col("truth"),
                unix_micros(col("time")).as("micros"),
                col("userMean"),
                col("itemMean"),
                col("nUser"),
                col("nItem"),
                col("seenUser"),
                col("seenItem"),
                size(col("userHistory")).as("userHistorySize"),
                size(col("itemHistory")).as("itemHistorySize"),
                ratings("userHistory").as("userHistoryRatings"),
                ratings("itemHistory").as("itemHistoryRatings"));
        Dataset<Row> scanned = scan(scan(rows, "user"), "item");
        Map<String, Column> rules = new LinkedHashMap<>();
        for (String side : new String[] {"user", "item"}) {
            String name = side.equals("user") ? "User" : "Item";
            Column seen = col(side + "Seen");
            Column mean = col(side + "Mean");
            Column recomputed = col(side + "Ratings").divide(seen);
            Column inHistory = when(seen.gt(0), col(side + "HistoryRatings").divide(seen));
            rules.put(
                    "n" + name + " that is not the count of earlier train rows",
                    col("n" + name).notEqual(col(side + "Trained")));
            rules.put(
                    "seen" + name + " that contradicts n" + name,
                    col("seen" + name).notEqual(col("n" + name).gt(0)));
            rules.put(
                    side + "Mean that is not the mean of the earlier rows", differ(mean, when(seen.gt(0), recomputed)));
            rules.put(
                    side + "Mean that is not the mean of the history",
                    seen.gt(0).and(col(side + "HistorySize").equalTo(seen)).and(differ(mean, inHistory)));
            rules.put(
                    side + "History of the wrong length",
                    col(side + "HistorySize").notEqual(least(seen, lit((long) historyItems))));
        }
        return refuse(
                scanned,
                rules,
                count(when(col("userFirst"), true)).as("users"),
                count(when(col("itemFirst"), true)).as("items"),
                count(when(col("userAtOnce").gt(1), true)).as("userTies"),
                count(when(col("itemAtOnce").gt(1), true)).as("itemTies"));
    }

    private static Column ratings(String history) {
        return aggregate(col(history), lit(0.0), (total, entry) -> total.plus(entry.getField("rating")));
    }

    private static Column differ(Column one, Column other) {
        return one.isNull()
                .notEqual(other.isNull())
                .or(coalesce(abs(one.minus(other)).gt(TOLERANCE), lit(false)));
    }

    /** Counts and sums all rows of the key strictly before each row, in growing window frames. */
    private Dataset<Row> scan(Dataset<Row> rows, String side) {
        WindowSpec byTime = Window.partitionBy(side + "Id").orderBy("micros");
        WindowSpec before = byTime.rangeBetween(Window.unboundedPreceding(), -1);
        Column train = col("split").equalTo(Splits.TRAIN);
        Dataset<Row> scanned = rows.withColumn(
                        side + "Trained", count(when(train, true)).over(before))
                .withColumn(side + "Ratings", sum(when(train, col("truth"))).over(before))
                .withColumn(side + "Seen", col(side + "Trained"))
                .withColumn(side + "First", row_number().over(byTime).equalTo(1))
                .withColumn(side + "AtOnce", count(lit(1)).over(byTime.rangeBetween(0, 0)));
        return refit ? withValidation(scanned, side, before) : scanned;
    }

    /** Replaces the counts and sums of test rows: after a refit, test rows see the validation rows too. */
    private static Dataset<Row> withValidation(Dataset<Row> rows, String side, WindowSpec before) {
        Column visible = col("split").notEqual(Splits.TEST);
        Column test = col("split").equalTo(Splits.TEST);
        Column all = count(when(visible, true)).over(before);
        Column ratings = sum(when(visible, col("truth"))).over(before);
        return rows.withColumn(side + "Seen", when(test, all).otherwise(col(side + "Seen")))
                .withColumn(side + "Ratings", when(test, ratings).otherwise(col(side + "Ratings")));
    }

    private void testIds(Fingerprint fingerprint) {
        if (fingerprint.repeatedIds() > 0) {
            Dataset<Row> ids = examples.groupBy("rowId").agg(count(lit(1)).as("times"));
            Column repeated = col("times").gt(1);
            throw new LeakException(
                    UNUSABLE + broken(ids, Map.of("a row id that another row or pool has too", repeated)));
        }
    }

    private Row testTextsInTrain() {
        Dataset<Row> ofUsers = reviews.select("rowId", "userId", "review")
                .where(length(trim(col("review"))).geq(LeakRules.MIN_CHARACTERS))
                .join(examples.select("rowId", "split"), "rowId")
                .groupBy(xxhash64(trim(col("review"))).as("text"), col("userId"))
                .agg(
                        count(when(col("split").equalTo(Splits.TRAIN), true)).as("train"),
                        count(when(col("split").equalTo(Splits.TEST), true)).as("test"));
        Dataset<Row> texts = ofUsers.groupBy("text")
                .agg(
                        sum("train").as("train"),
                        sum("test").as("test"),
                        sum(when(col("train").gt(0), col("test")).otherwise(0L)).as("testOfUser"));
        return texts.where(col("train").gt(0))
                .agg(
                        coalesce(sum("test"), lit(0L)).as("test"),
                        coalesce(sum("testOfUser"), lit(0L)).as("testOfUser"))
                .first();
    }

    /** Looks for rows that break a rule, in one pass with {@code counts}. Refuses the table if it finds any. */
    private static Row refuse(Dataset<Row> rows, Map<String, Column> rules, Column... counts) {
        Row result =
                rows.agg(count(when(any(rules), true)).as("broken"), counts).first();
        if (result.<Long>getAs("broken") > 0) {
            throw new LeakException(UNUSABLE + broken(rows, rules));
        }
        return result;
    }

    private static Column any(Map<String, Column> rules) {
        return rules.values().stream().reduce(lit(false), Column::or);
    }

    private static String broken(Dataset<Row> rows, Map<String, Column> rules) {
        Column[] names = rules.entrySet().stream()
                .map(rule -> when(rule.getValue(), rule.getKey()))
                .toArray(Column[]::new);
        return rows
                .select(col("rowId"), explode(array_compact(array(names))).as("rule"))
                .groupBy("rule")
                .agg(count(lit(1)).as("times"), min("rowId").as("first"))
                .orderBy("rule")
                .collectAsList()
                .stream()
                .map(row -> "%s (%d, first in row %s)".formatted(row.getString(0), row.getLong(1), row.getString(2)))
                .collect(Collectors.joining("; "));
    }
}
