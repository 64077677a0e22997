package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.aggregate;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.percentile_approx;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.size;

import io.recthink.config.Configuration.Prepare;
import io.recthink.spark.prepare.DataCard.Counts;
import io.recthink.spark.prepare.DataCard.Percentiles;
import io.recthink.spark.prepare.DataCard.Split;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The numbers of the data card that come from the examples as they were written. */
final class Statistics {
    private static final int ACCURACY = 10_000;

    private Statistics() {}

    /** The data card of {@code examples}. */
    static DataCard card(
            String name,
            LogReader log,
            Quarantine quarantine,
            long distinct,
            KeptReviews kept,
            Prepare options,
            Dataset<Row> examples,
            LeakTests.Findings findings) {
        Counts counts = new Counts(
                quarantine.read(),
                quarantine.usable(),
                distinct,
                kept.count(),
                kept.countOfWholeCore(),
                options.kcore(),
                options.strictCore(),
                kept.rounds(),
                findings.users(),
                findings.items());
        Column halfStars = round(col("truth").multiply(2)).divide(2);
        List<Row> ratings = examples.groupBy(col("split"), col("pool"), halfStars.as("rating"))
                .count()
                .collectAsList();
        Fingerprint fingerprint = Fingerprint.of(examples);
        return new DataCard(
                name,
                log.reviewsPath(),
                log.itemsPath(),
                counts,
                quarantine.reasons(),
                kept.split().label(),
                splits(examples, ratings),
                pools(ratings),
                Map.of(
                        "user", (double) findings.userTies() / kept.count(),
                        "item", (double) findings.itemTies() / kept.count()),
                findings.copiedTexts(),
                findings.testTextsInTrain(),
                fingerprint.rowIds(),
                fingerprint.table());
    }

    private static Map<String, Long> pools(List<Row> counts) {
        Map<String, Long> pools = new LinkedHashMap<>();
        List.of(PoolChoice.COLD_START, PoolChoice.SFT, PoolChoice.RL).forEach(pool -> pools.put(pool, 0L));
        counts.stream()
                .filter(row -> row.getAs("pool") != null)
                .forEach(row -> pools.merge(row.getAs("pool"), row.getAs("count"), Long::sum));
        return pools;
    }

    private static SortedMap<Double, Long> histogram(List<Row> counts, String split) {
        SortedMap<Double, Long> histogram = new TreeMap<>();
        counts.stream()
                .filter(row -> row.getAs("split").equals(split))
                .forEach(row -> histogram.merge(row.getAs("rating"), row.getAs("count"), Long::sum));
        return histogram;
    }

    private static Map<String, Split> splits(Dataset<Row> examples, List<Row> counts) {
        Column newUser = col("seenUser").equalTo(false);
        Column newItem = col("seenItem").equalTo(false);
        Column target = col("target");
        Column described = coalesce(target.getField("title"), target.getField("brand"), target.getField("description"))
                .isNotNull()
                .or(coalesce(size(target.getField("categories")).gt(0), lit(false)));
        Map<String, Split> splits = new LinkedHashMap<>();
        for (Row row : examples.groupBy("split")
                .agg(
                        count(lit(1)).as("rows"),
                        avg("truth").as("mean"),
                        percentile_approx(col("truth"), lit(0.5), lit(ACCURACY)).as("median"),
                        share(newUser).as("newUsers"),
                        share(newItem).as("newItems"),
                        share(newUser.and(newItem)).as("newBoth"),
                        share(described).as("described"),
                        percentiles(characters("userHistory", "title", "summary", "review"))
                                .as("user history"),
                        percentiles(characters("itemHistory", "summary", "review"))
                                .as("item history"),
                        percentiles(targetCharacters()).as("target"))
                .collectAsList()) {
            String split = row.getAs("split");
            splits.put(
                    split,
                    new Split(
                            row.getAs("rows"),
                            row.getAs("mean"),
                            row.getAs("median"),
                            histogram(counts, split),
                            row.getAs("newUsers"),
                            row.getAs("newItems"),
                            row.getAs("newBoth"),
                            row.getAs("described"),
                            lengths(row)));
        }
        return splits;
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
