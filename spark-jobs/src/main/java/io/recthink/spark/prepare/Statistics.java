package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.aggregate;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.date_trunc;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.percentile_approx;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;

import io.recthink.spark.datacard.DataCard;
import io.recthink.spark.datacard.DataCard.Appended;
import io.recthink.spark.datacard.DataCard.Bin;
import io.recthink.spark.datacard.DataCard.Content;
import io.recthink.spark.datacard.DataCard.Copies;
import io.recthink.spark.datacard.DataCard.Counts;
import io.recthink.spark.datacard.DataCard.Lengths;
import io.recthink.spark.datacard.DataCard.Percentiles;
import io.recthink.spark.datacard.DataCard.Split;
import io.recthink.spark.datacard.DataCard.Ties;
import io.recthink.spark.datacard.DataCard.TimeLine;
import io.recthink.spark.source.LogReader;
import io.recthink.spark.table.HistoryBuckets;
import io.recthink.spark.table.SplitLabel;
import io.recthink.spark.table.Splits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Computes the numbers of the data card that are based on the written examples. */
final class Statistics {
    private static final int ACCURACY = 10_000;
    private static final int MOST_BINS = 120;
    private static final Map<String, Duration> UNITS = units();

    private final Dataset<Row> examples;
    private final Map<String, Row> splits;

    /**
     * @param examples as in Tables.EXAMPLES
     * @param figures must include the aggregates of {@link #figures()}
     */
    Statistics(Dataset<Row> examples, Figures figures) {
        this.examples = examples;
        this.splits = figures.splits().stream().collect(Collectors.toMap(row -> row.getAs("split"), row -> row));
    }

    /** Creates the data card. */
    DataCard card(
            String name,
            LogReader log,
            Counts counts,
            Map<String, Long> quarantined,
            Map<String, Long> quarantinedItems,
            Content content,
            SplitLabel split,
            Lengths lengths,
            LeakTests.Findings findings,
            Fingerprint fingerprint,
            Optional<Appended> appended) {
        Counted counted = counted();
        return new DataCard(
                name,
                log.reviewsPath(),
                log.itemsPath(),
                log.minRating(),
                log.maxRating(),
                counts,
                quarantined,
                quarantinedItems,
                content,
                split,
                splits(counted.ratings()),
                counted.timeLine(),
                counted.pools(),
                new TreeMap<>(Map.of(
                        "item", ties(findings.itemTies(), counts),
                        "user", ties(findings.userTies(), counts))),
                lengths,
                new Copies(
                        findings.copiedTexts(),
                        findings.textsOfTargets(),
                        findings.testTextsInTrain(),
                        findings.testTextsInTrainOfUser()),
                fingerprint.rowIds(),
                fingerprint.table(),
                appended.orElse(null));
    }

    /** Returns the number of rows of each split. */
    Map<String, Long> rows() {
        return splits.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, split -> split.getValue()
                .getAs("rows")));
    }

    private static Ties ties(long rows, Counts counts) {
        return new Ties(rows, (double) rows / counts.kept());
    }

    /**
     * Counts of one more pass, which needs the first and the last time.
     *
     * @param ratings by split, the number of rows of each rating, rounded to half stars
     */
    private record Counted(Map<String, SortedMap<Double, Long>> ratings, Map<String, Long> pools, TimeLine timeLine) {}

    private Counted counted() {
        String unit = unit(Duration.between(
                TimeCounts.instant(splits.values().stream()
                        .mapToLong(row -> row.getAs("first"))
                        .min()
                        .orElseThrow()),
                TimeCounts.instant(splits.values().stream()
                        .mapToLong(row -> row.getAs("last"))
                        .max()
                        .orElseThrow())));
        Map<String, SortedMap<Double, Long>> ratings = new TreeMap<>();
        Map<String, Long> pools = new LinkedHashMap<>();
        List.of(PoolChoice.COLD_START, PoolChoice.SFT, PoolChoice.RL).forEach(pool -> pools.put(pool, 0L));
        SortedMap<Instant, Map<String, Long>> bins = new TreeMap<>();
        for (Row row : counts(unit).collectAsList()) {
            String split = row.getAs("split");
            long rows = row.getAs("count");
            if (row.getAs("from") != null) {
                bins.computeIfAbsent(TimeCounts.instant(row.getAs("from")), from -> new LinkedHashMap<>())
                        .put(split, rows);
                continue;
            }
            ratings.computeIfAbsent(split, rated -> new TreeMap<>()).merge(row.getAs("rating"), rows, Long::sum);
            if (row.getAs("pool") != null) {
                pools.merge(row.getAs("pool"), rows, Long::sum);
            }
        }
        TimeLine timeLine = new TimeLine(
                unit,
                bins.entrySet().stream()
                        .map(bin -> new Bin(bin.getKey().toString(), inOrder(bin.getValue())))
                        .toList());
        return new Counted(ratings, pools, timeLine);
    }

    /** Counts each row twice: once for its rating and pool, once for its time. */
    private Dataset<Row> counts(String unit) {
        Column halfStars = round(col("truth").multiply(2)).divide(2);
        Column rating = struct(
                col("split").as("split"),
                col("pool").as("pool"),
                halfStars.as("rating"),
                lit(null).cast("long").as("from"));
        Column time = struct(
                col("split").as("split"),
                lit(null).cast("string").as("pool"),
                lit(null).cast("double").as("rating"),
                unix_micros(date_trunc(unit, col("time"))).as("from"));
        return examples.select(explode(array(rating, time)).as("counted"))
                .select("counted.*")
                .groupBy("split", "pool", "rating", "from")
                .count();
    }

    /** Returns the aggregates that the data card needs for each split, from a pass over the examples. */
    static List<Column> figures() {
        Column newUser = col("seenUser").equalTo(false);
        Column newItem = col("seenItem").equalTo(false);
        Column target = col("target");
        Column described = coalesce(target.getField("title"), target.getField("brand"), target.getField("description"))
                .isNotNull()
                .or(coalesce(size(target.getField("categories")).gt(0), lit(false)));
        Column paperLike = col("seenUser")
                .and(col("seenItem"))
                .and(col("nUser").plus(col("nItem")).geq(5));
        List<Column> figures = new ArrayList<>(List.of(
                count(lit(1)).as("rows"),
                unix_micros(min("time")).as("first"),
                unix_micros(max("time")).as("last"),
                avg("truth").as("mean"),
                percentile_approx(col("truth"), lit(0.5), lit(ACCURACY)).as("median"),
                share(newUser).as("newUsers"),
                share(newItem).as("newItems"),
                share(newUser.and(newItem)).as("newBoth"),
                share(described).as("described"),
                count(when(paperLike, true)).as("paperLike"),
                percentiles(characters("userHistory", "title", "summary", "review"))
                        .as("user history"),
                percentiles(characters("itemHistory", "summary", "review")).as("item history"),
                percentiles(targetCharacters()).as("target")));
        for (String side : List.of("nUser", "nItem")) {
            for (int bucket = 0; bucket < HistoryBuckets.LABELS.size(); bucket++) {
                Column inside = HistoryBuckets.index(col(side)).equalTo(bucket);
                figures.add(count(when(inside, true)).as(side + HistoryBuckets.LABELS.get(bucket)));
            }
        }
        return figures;
    }

    private Map<String, Split> splits(Map<String, SortedMap<Double, Long>> ratings) {
        Map<String, Split> described = new LinkedHashMap<>();
        for (String split : Splits.ALL) {
            Row row = splits.get(split);
            described.put(
                    split,
                    new Split(
                            row.getAs("rows"),
                            TimeCounts.instant(row.getAs("first")).toString(),
                            TimeCounts.instant(row.getAs("last")).toString(),
                            row.getAs("mean"),
                            row.getAs("median"),
                            ratings.get(split),
                            row.getAs("newUsers"),
                            row.getAs("newItems"),
                            row.getAs("newBoth"),
                            row.getAs("described"),
                            buckets(row, "nUser"),
                            buckets(row, "nItem"),
                            row.getAs("paperLike"),
                            lengths(row)));
        }
        return described;
    }

    private static Map<String, Long> buckets(Row row, String side) {
        Map<String, Long> buckets = new LinkedHashMap<>();
        HistoryBuckets.LABELS.forEach(label -> buckets.put(label, row.getAs(side + label)));
        return buckets;
    }

    /**
     * Returns the finest unit whose duration fits into the range fewer than {@value #MOST_BINS} times; year if none
     * does.
     */
    private static String unit(Duration range) {
        return UNITS.entrySet().stream()
                .filter(unit -> range.dividedBy(unit.getValue()) < MOST_BINS)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("year"); // at most the two centuries between 1970 and 2199
    }

    private static Map<String, Duration> units() {
        Map<String, Duration> units = new LinkedHashMap<>();
        units.put("hour", Duration.ofHours(1));
        units.put("day", Duration.ofDays(1));
        units.put("week", Duration.ofDays(7));
        units.put("month", Duration.ofDays(28));
        units.put("quarter", Duration.ofDays(90));
        return units;
    }

    private static Map<String, Long> inOrder(Map<String, Long> rows) {
        Map<String, Long> ordered = new LinkedHashMap<>();
        Splits.ALL.forEach(split -> ordered.put(split, rows.getOrDefault(split, 0L)));
        return ordered;
    }

    private static Map<String, Percentiles> lengths(Row row) {
        Map<String, Percentiles> lengths = new LinkedHashMap<>();
        for (String text : List.of("user history", "item history", "target")) {
            List<Long> of = row.getList(row.fieldIndex(text));
            lengths.put(text, new Percentiles(of.get(0), of.get(1), of.get(2), of.get(3)));
        }
        return lengths;
    }

    private static Column share(Column condition) {
        return avg(condition.cast("double"));
    }

    private static Column percentiles(Column characters) {
        return percentile_approx(characters, array(lit(0.5), lit(0.9), lit(0.99), lit(1.0)), lit(ACCURACY));
    }

    private static Column characters(String history, String... texts) {
        return aggregate(col(history), lit(0L), (total, entry) -> {
            Column sum = total;
            for (String text : texts) {
                sum = sum.plus(characters(entry.getField(text)));
            }
            return sum;
        });
    }

    private static Column targetCharacters() {
        Column total = aggregate(
                coalesce(col("target.categories"), array().cast("array<string>")),
                lit(0L),
                (sum, name) -> sum.plus(characters(name)));
        for (String text : List.of("title", "brand", "price", "description")) {
            total = total.plus(characters(col("target." + text)));
        }
        return total;
    }

    private static Column characters(Column text) {
        return coalesce(length(text), lit(0)).cast("long");
    }
}
