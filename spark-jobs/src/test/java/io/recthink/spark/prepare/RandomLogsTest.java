package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.table.PrepareSettings;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.SplitKind;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Prepares random logs of few users, few items and few moments, so that repetitions, ties and cold rows abound. What
 * comes out is what a plain loop over the log says, its leak tests pass, and they catch a leak wherever one is planted.
 */
class RandomLogsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One line of a log. */
    record Review(String user, String item, int rating, long time, String review) {}

    /** A change of one column of one row that makes it unfit for use. */
    enum Leak {
        LATE_ENTRY(
                "size(userHistory) > 0",
                "userHistory",
                "transform(userHistory, h -> named_struct('itemId', h.itemId,"
                        + " 'title', h.title, 'time', time, 'rating', h.rating, 'summary', h.summary, 'review', h.review))"),
        FORGOTTEN_ENTRY("size(itemHistory) > 0", "itemHistory", "slice(itemHistory, 2, 20)"),
        BETTER_MEAN("userMean IS NOT NULL", "userMean", "userMean + 0.01"),
        OTHER_SPLIT("split = 'test'", "split", "'train'"),
        POOLED_TEST_ROW("split = 'test'", "pool", "'rl'");

        private final String possible;
        private final String column;
        private final String value;

        Leak(String possible, String column, String value) {
            this.possible = possible;
            this.column = column;
            this.value = value;
        }
    }

    // The seed is fixed: a build fails for a reason, not by chance. Take another to try other logs.
    @Property(tries = 4, seed = "17", shrinking = ShrinkingMode.BOUNDED)
    void everyRowKnowsWhatALoopOverTheLogKnowsAndNoLeakIsMissed(
            @ForAll("logs") List<Review> log, @ForAll SplitKind kind, @ForAll Leak leak) throws IOException {
        Path folder = Files.createTempDirectory("random-log");
        Files.write(
                folder.resolve("log.json"),
                log.stream().map(RandomLogsTest::json).toList());
        Configuration configuration = configuration(folder, kind);
        try {
            new PrepareJob(new PrintStream(OutputStream.nullOutputStream())).run(SparkTest.spark(), configuration);
        } catch (InvalidInputException e) {
            Assume.that(!e.getMessage().contains("prepare.split")); // too few rows for three splits
            throw e;
        }
        Dataset<Row> examples = PreparedData.examples(SparkTest.spark(), folder + "/data");
        compare(examples.collectAsList(), log);
        plant(leak, examples, SparkTest.spark().read().parquet(folder + "/data/reviews"), configuration);
    }

    @Provide
    Arbitrary<List<Review>> logs() {
        Arbitrary<String> users = Arbitraries.integers().between(0, 4).map(user -> "u" + user);
        Arbitrary<String> items = Arbitraries.integers().between(0, 9).map(item -> "i" + item);
        Arbitrary<String> texts = Arbitraries.of(
                "", "short", "The same words for every thing that I ever bought.", "Good. <rate> 5 </rate>");
        return Combinators.combine(
                        users,
                        items,
                        Arbitraries.integers().between(1, 5),
                        Arbitraries.longs().between(1, 12).map(day -> day * 86_400),
                        texts)
                .as(Review::new)
                .list()
                .ofMinSize(30)
                .ofMaxSize(90);
    }

    private static void compare(List<Row> examples, List<Review> log) {
        Collection<Review> kept = log.stream()
                .collect(Collectors.toMap(
                        review -> review.user() + " " + review.item(),
                        Function.identity(),
                        BinaryOperator.minBy(Comparator.comparingLong(Review::time)
                                .thenComparing(Review::rating)
                                .thenComparing(Review::review))))
                .values();
        assertThat(examples).hasSameSizeAs(kept);
        Map<String, String> splits = examples.stream()
                .collect(Collectors.toMap(
                        row -> row.getAs("userId") + " " + row.getAs("itemId"), row -> row.getAs("split")));
        for (Row row : examples) {
            long time = row.<Timestamp>getAs("time").getTime() / 1000;
            String user = row.getAs("userId");
            List<Review> earlier = kept.stream()
                    .filter(review -> review.user().equals(user) && review.time() < time)
                    .filter(review -> splits.get(user + " " + review.item()).equals("train"))
                    .sorted(Comparator.comparingLong(Review::time))
                    .toList();
            List<Row> history = row.getList(row.fieldIndex("userHistory"));
            assertThat(history.stream().map(entry -> entry.<String>getAs("itemId")))
                    .containsExactlyInAnyOrderElementsOf(
                            earlier.stream().map(Review::item).toList());
            assertThat(history.stream()
                            .map(entry -> entry.<Timestamp>getAs("time").getTime() / 1000))
                    .containsExactlyElementsOf(
                            earlier.stream().map(Review::time).toList());
            assertThat(row.<Long>getAs("nUser")).isEqualTo(earlier.size());
            if (earlier.isEmpty()) {
                assertThat(row.<Double>getAs("userMean")).isNull();
            } else {
                assertThat(row.<Double>getAs("userMean"))
                        .isCloseTo(
                                earlier.stream()
                                        .mapToInt(Review::rating)
                                        .average()
                                        .orElseThrow(),
                                within(1e-9));
            }
        }
    }

    private static void plant(Leak leak, Dataset<Row> examples, Dataset<Row> reviews, Configuration configuration) {
        List<String> candidates = new ArrayList<>(examples.where(leak.possible).select("rowId").collectAsList().stream()
                .map(row -> row.getString(0))
                .sorted()
                .toList());
        Assume.that(!candidates.isEmpty());
        String victim = candidates.get(candidates.size() / 2);
        Dataset<Row> leaking = examples.withColumn(
                leak.column,
                when(
                                col("rowId").equalTo(lit(victim)),
                                expr(leak.value)
                                        .cast(examples.schema()
                                                .apply(leak.column)
                                                .dataType()))
                        .otherwise(col(leak.column)));
        long rows = examples.count();
        SplitRule rule = SplitRule.of(
                examples,
                TimeCounts.of(examples),
                configuration.get(PrepareSettings.class),
                Optional.empty(),
                configuration.seed());
        new LeakTests(examples, reviews, rows, rule, configuration.get(PrepareSettings.class)).run();
        assertThatThrownBy(() ->
                        new LeakTests(leaking, reviews, rows, rule, configuration.get(PrepareSettings.class)).run())
                .isInstanceOf(LeakException.class)
                .hasMessageContaining("first in row " + victim);
    }

    private static Configuration configuration(Path folder, SplitKind kind) {
        return JobSettings.SECTIONS.read(
                "test",
                "",
                List.of(
                        "paths.root=" + folder,
                        "source.format=json",
                        "source.reviews=" + folder + "/log.json",
                        "source.columns.review=review",
                        "source.minTime=1970-01-01",
                        "prepare.kcore=0",
                        "prepare.historyItems=20",
                        "prepare.split="
                                + switch (kind) {
                                    case GLOBAL_TIME -> "global-time";
                                    case PER_USER_LAST -> "per-user-last";
                                    case RANDOM -> "random";
                                }));
    }

    private static String json(Review review) {
        try {
            return JSON.writeValueAsString(review);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
