package io.recthink.spark.baseline.review;

import io.recthink.spark.SparkTest;
import io.recthink.spark.files.TableFiles;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.SplitLabel;
import io.recthink.spark.table.Tables;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * A log whose reviews say what users and items are like. Row i is written at second i; its review has the word {@code
 * marki}, which no other review has, and every user writes {@code everyone}. The last rows of the test split are by new
 * users, of new items, or both.
 */
final class ReviewLog {
    static final int TRAIN = 420;
    static final int VALIDATION = 60;
    static final int TEST = 60;
    static final int COLD = 9;

    private static final int USERS = 30;
    private static final int ITEMS = 20;
    private static final int KINDS = 3;

    /** A row of the log. */
    record Entry(String rowId, String user, String item, long time, double rating, String split, String review) {}

    private final List<Entry> entries = new ArrayList<>();

    /** @param times how many rows have the same second */
    ReviewLog(int times) {
        Random random = new Random(8);
        for (int i = 0; i < TRAIN + VALIDATION + TEST; i++) {
            int user = random.nextInt(USERS);
            int item = random.nextInt(ITEMS);
            String split = i < TRAIN ? "train" : i < TRAIN + VALIDATION ? "validation" : "test";
            int cold = TRAIN + VALIDATION + TEST - i;
            boolean liked = user % KINDS == item % KINDS;
            double rating = liked ? 4 + random.nextInt(2) : 1 + random.nextInt(3);
            entries.add(new Entry(
                    "row%04d".formatted((i * 7919) % 10000), // not in the order of time
                    cold <= COLD && cold % 3 != 0 ? "new" + i : "user" + user,
                    cold <= COLD && cold % 3 != 1 ? "new" + i : "item" + item,
                    i / times,
                    rating,
                    split,
                    i % 13 == 5
                            ? null
                            : "Everyone, mark%d taste%d KIND%d: %s"
                                    .formatted(i, user % KINDS, item % KINDS, liked ? "good good" : "bad")));
        }
    }

    List<Entry> entries() {
        return entries;
    }

    List<Entry> split(String split) {
        return entries.stream().filter(entry -> entry.split.equals(split)).toList();
    }

    private Dataset<Row> reviews() {
        return SparkTest.spark()
                .createDataFrame(
                        entries.stream()
                                .map(entry -> RowFactory.create(
                                        entry.rowId,
                                        entry.user,
                                        entry.item,
                                        moment(entry),
                                        entry.rating,
                                        null,
                                        entry.review))
                                .toList(),
                        Tables.REVIEWS);
    }

    private static Timestamp moment(Entry entry) {
        return Timestamp.from(Instant.ofEpochSecond(entry.time));
    }

    /** The examples: rowId, userId, itemId, time, truth, split, and the other columns without a content. */
    Dataset<Row> examples() {
        return SparkTest.spark()
                .createDataFrame(
                        entries.stream()
                                .map(entry -> RowFactory.create(
                                        entry.rowId,
                                        entry.user,
                                        entry.item,
                                        moment(entry),
                                        entry.rating,
                                        entry.split,
                                        null,
                                        RowFactory.create(entry.item, List.of(), null, null, null),
                                        List.of(),
                                        List.of(),
                                        null,
                                        null,
                                        0L,
                                        0L,
                                        true,
                                        true))
                                .toList(),
                        Tables.EXAMPLES);
    }

    /** Writes a data folder as {@code prepare} does. */
    void write(Path folder) throws IOException {
        examples().write().parquet(folder + "/examples");
        reviews().write().parquet(folder + "/reviews");
        new PreparedData(
                        "reviews",
                        1,
                        5,
                        "d1",
                        "d2",
                        entries.size(),
                        Map.of(),
                        Map.of(),
                        1.0,
                        SplitLabel.globalTime(Instant.ofEpochSecond(TRAIN), Instant.ofEpochSecond(TRAIN + VALIDATION)),
                        Map.of(
                                "examples", TableFiles.of(SparkTest.spark(), folder + "/examples"),
                                "reviews", TableFiles.of(SparkTest.spark(), folder + "/reviews")))
                .write(SparkTest.spark(), folder.toString());
    }
}
