package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.table.PrepareSettings;
import io.recthink.spark.table.RowId;
import io.recthink.spark.table.Tables;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;

/** Two of three rows are one user's, and several of them fall on one second. */
class HeavyUserTest {
    private static final int HEAVY = 20_000;
    private static final int OTHERS = 10_000;
    private static final int SECONDS = 9_000;
    private static final int HISTORY = 3;
    private static final Instant VALIDATION = Instant.ofEpochSecond(SECONDS * 8L / 10);
    private static final Instant TEST = Instant.ofEpochSecond(SECONDS * 9L / 10);

    /** What an example says of its past. */
    private record Known(
            List<String> userHistory,
            List<String> itemHistory,
            Double userMean,
            Double itemMean,
            long nUser,
            long nItem) {}

    @Test
    void theHeavyUserLooksBackLikeAnyOther() {
        Dataset<Row> log = SparkTest.spark().createDataFrame(log(), Tables.REVIEWS);
        TimeSplit split = new TimeSplit(VALIDATION, TEST);
        Dataset<Row> reviews = split.assign(log)
                .withColumn("target", lit(null).cast(Tables.TARGET))
                .withColumn("horizon", split.horizon(false));
        Map<String, Known> found = new ExampleRows(JobSettings.SECTIONS
                        .read("test", "", List.of("prepare.historyItems=" + HISTORY))
                        .get(PrepareSettings.class))
                .of(reviews.repartition(5, col("itemId"))).collectAsList().stream()
                        .collect(Collectors.toMap(row -> row.getAs("rowId"), HeavyUserTest::known));
        assertThat(found).isEqualTo(walked(log.collectAsList()));
    }

    private static List<Row> log() {
        Random random = new Random(5);
        List<Row> log = new ArrayList<>();
        for (int i = 0; i < HEAVY; i++) {
            log.add(review(random, "heavy", "i" + i));
        }
        for (int i = 0; i < OTHERS; i++) {
            log.add(review(random, "u" + i % 700, "i" + i / 700 * random.nextInt(1, 20)));
        }
        return log;
    }

    private static Row review(Random random, String user, String item) {
        long second = random.nextInt(SECONDS);
        String id = RowId.of("test", user, item, second);
        Timestamp time = Timestamp.from(Instant.ofEpochSecond(second));
        return RowFactory.create(id, user, item, time, 1.0 + random.nextInt(5), null, null);
    }

    private static Known known(Row row) {
        return new Known(
                names(row, "userHistory", "itemId"),
                names(row, "itemHistory", "userId"),
                row.getAs("userMean"),
                row.getAs("itemMean"),
                row.getAs("nUser"),
                row.getAs("nItem"));
    }

    private static List<String> names(Row row, String history, String name) {
        return row.<Row>getList(row.fieldIndex(history)).stream()
                .map(entry -> entry.<String>getAs(name))
                .toList();
    }

    /** The train rows of a user, or of an item, so far. */
    private static final class Past {
        private final List<String> names = new ArrayList<>();
        private double ratings;

        void add(String name, double rating) {
            names.add(name);
            ratings += rating;
        }

        List<String> latest() {
            return List.copyOf(names.subList(Math.max(0, names.size() - HISTORY), names.size()));
        }

        Double mean() {
            return names.isEmpty() ? null : ratings / names.size();
        }
    }

    /** One walk through time in plain lists; the rows of one second are added after all of them have looked back. */
    private static Map<String, Known> walked(List<Row> log) {
        List<Row> rows = new ArrayList<>(log);
        rows.sort(Comparator.<Row, Timestamp>comparing(row -> row.getAs("time"))
                .thenComparing(row -> row.<String>getAs("rowId")));
        Map<String, Past> users = new HashMap<>();
        Map<String, Past> items = new HashMap<>();
        Map<String, Known> known = new HashMap<>();
        for (int from = 0, to; from < rows.size(); from = to) {
            Timestamp time = rows.get(from).getAs("time");
            for (to = from; to < rows.size() && rows.get(to).getAs("time").equals(time); to++) {
                Row row = rows.get(to);
                Past user = users.computeIfAbsent(row.getAs("userId"), id -> new Past());
                Past item = items.computeIfAbsent(row.getAs("itemId"), id -> new Past());
                known.put(
                        row.getAs("rowId"),
                        new Known(
                                user.latest(),
                                item.latest(),
                                user.mean(),
                                item.mean(),
                                user.names.size(),
                                item.names.size()));
            }
            if (time.toInstant().isBefore(VALIDATION)) {
                for (Row row : rows.subList(from, to)) {
                    users.get(row.<String>getAs("userId")).add(row.getAs("itemId"), row.getAs("rating"));
                    items.get(row.<String>getAs("itemId")).add(row.getAs("userId"), row.getAs("rating"));
                }
            }
        }
        return known;
    }
}
