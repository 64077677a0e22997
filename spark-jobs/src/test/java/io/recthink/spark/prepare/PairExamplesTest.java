package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The histories of new pairs, against a search through all reviews. */
class PairExamplesTest {
    private static final SparkSession SPARK = SparkTest.spark();
    private static final int HISTORY = 3;
    private static final long DAY = 86_400;

    @TempDir
    private static Path folder;

    private static List<Row> reviews;

    @BeforeAll
    static void prepare() throws IOException {
        Random random = new Random(5);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            lines.add("{\"user\":\"u%d\",\"item\":\"i%d\",\"rating\":%d,\"time\":%d,\"review\":\"review %d\"}"
                    .formatted(
                            random.nextInt(9), random.nextInt(40), 1 + random.nextInt(5), DAY * random.nextInt(60), i));
        }
        Files.write(folder.resolve("log.json"), lines);
        String yaml =
                """
                paths: {root: "%s"}
                source: {format: json, minTime: 1970-01-01, reviews: "%s/log.json", columns: {review: review}}
                prepare: {kcore: 0, historyItems: %d}
                """
                        .formatted(folder, folder, HISTORY);
        Configuration configuration = JobSettings.SECTIONS.read("test", yaml, List.of());
        new PrepareJob(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8))
                .run(SPARK, configuration);
        reviews = SPARK.read().parquet(data() + "/reviews").collectAsList();
    }

    @Test
    void aPairSeesAllEarlierReviewsWhateverTheirSplit() {
        List<Row> examples = examples("SELECT concat('u', id % 10) AS userId, concat('i', id * 7 % 43) AS itemId,"
                + " timestamp_seconds(86400 * (id % 62)) AS time FROM range(120)");
        assertThat(examples).hasSize(120);
        for (Row pair : examples) {
            Timestamp time = pair.getAs("time");
            List<Row> ofUser =
                    before(time, review -> review.<String>getAs("userId").equals(pair.getAs("userId")));
            List<Row> ofItem =
                    before(time, review -> review.<String>getAs("itemId").equals(pair.getAs("itemId")));
            same(pair, "user", ofUser);
            same(pair, "item", ofItem);
        }
        assertThat(examples).anyMatch(row -> !row.<Boolean>getAs("seenUser")); // u9 does not exist
        assertThat(examples).anyMatch(row -> row.<Long>getAs("nUser") > HISTORY);
    }

    @Test
    void thePairOfAReviewDoesNotSeeThatReview() {
        Row review = reviews.get(0);
        List<Row> examples = examples("SELECT '%s' AS userId, '%s' AS itemId, timestamp_micros(%d) AS time"
                .formatted(
                        review.getAs("userId"),
                        review.getAs("itemId"),
                        review.<Timestamp>getAs("time").getTime() * 1000));
        assertThat(examples.get(0).<Row>getList(examples.get(0).fieldIndex("userHistory")))
                .extracting(entry -> entry.<String>getAs("review"))
                .doesNotContain(review.<String>getAs("review"));
    }

    @Test
    void aPairThatOccursTwiceIsOneExample() {
        assertThat(examples("SELECT 'u1' AS userId, 'i1' AS itemId, timestamp_seconds(5000000) AS time FROM range(3)"))
                .hasSize(1);
    }

    @Test
    void aDataSetWithoutReviewsIsRefused() {
        assertThatThrownBy(() ->
                        PairExamples.of(SPARK, folder + "/none", SPARK.range(1).toDF()))
                .isInstanceOf(InvalidInputException.class);
    }

    private static void same(Row pair, String side, List<Row> earlier) {
        List<String> last = earlier.stream()
                .skip(Math.max(0, earlier.size() - HISTORY))
                .map(review -> review.<String>getAs("review"))
                .toList();
        assertThat(pair.<Row>getList(pair.fieldIndex(side + "History")))
                .extracting(entry -> entry.<String>getAs("review"))
                .isEqualTo(last);
        String upper = side.equals("user") ? "User" : "Item";
        assertThat(pair.<Long>getAs("n" + upper)).isEqualTo(earlier.size());
        assertThat(pair.<Boolean>getAs("seen" + upper)).isEqualTo(!earlier.isEmpty());
        if (earlier.isEmpty()) {
            assertThat(pair.<Double>getAs(side + "Mean")).isNull();
        } else {
            double mean = earlier.stream()
                    .mapToDouble(review -> review.<Double>getAs("rating"))
                    .average()
                    .orElseThrow();
            assertThat(pair.<Double>getAs(side + "Mean")).isCloseTo(mean, within(1e-9));
        }
    }

    /** The reviews before a time, in the order of a history. */
    private static List<Row> before(Timestamp time, Predicate<Row> wanted) {
        return reviews.stream()
                .filter(wanted)
                .filter(review -> review.<Timestamp>getAs("time").before(time))
                .sorted(Comparator.comparing((Row review) -> review.<Timestamp>getAs("time"))
                        .thenComparing(review -> review.<String>getAs("rowId")))
                .toList();
    }

    private static List<Row> examples(String pairs) {
        Dataset<Row> table = SPARK.sql(pairs)
                .withColumn("time", expr("time"))
                .where(col("userId").isNotNull());
        return PairExamples.of(SPARK, data(), table).collectAsList();
    }

    private static String data() {
        return folder + "/data";
    }
}
