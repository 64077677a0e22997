package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_union;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.slice;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.table.PrepareSettings;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.RowId;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plants each leak into a sound table and sees it caught. */
class LeakTestsTest {
    private static final String COPY = "The same words for every string that I ever bought.";

    @TempDir
    static Path folder;

    private static Configuration configuration;
    private static SplitRule split;
    private static Dataset<Row> sound;
    private static Dataset<Row> reviews;

    /** Ten users review the same ten items, one a day; user u3 says the same of all, u4 of the last. */
    @BeforeAll
    static void prepare() throws IOException {
        List<String> log = new ArrayList<>();
        for (int item = 0; item < 10; item++) {
            for (int user = 0; user < 10; user++) {
                String text = user == 3 || (user == 4 && item == 9)
                        ? COPY
                        : "User %d finds item %d quite unlike all others.".formatted(user, item);
                log.add("{\"user\":\"u%d\",\"item\":\"i%d\",\"rating\":%d,\"time\":%d,\"review\":\"%s\"}"
                        .formatted(user, item, 1 + (user * item) % 5, 86_400 * (10 * item + user), text));
            }
        }
        Files.write(folder.resolve("log.json"), log);
        configuration = configuration();
        new PrepareJob(new PrintStream(OutputStream.nullOutputStream())).run(SparkTest.spark(), configuration);
        JsonNode card = new ObjectMapper().readTree(Files.readString(folder.resolve("data/data-card.json")));
        split = new TimeSplit(
                Instant.parse(card.at("/split/validationFrom").asText()),
                Instant.parse(card.at("/split/testFrom").asText()));
        sound = PreparedData.examples(SparkTest.spark(), folder + "/data").cache();
        Column time = expr("timestamp_seconds(time)");
        reviews = SparkTest.spark()
                .read()
                .json(folder + "/log.json")
                .select(
                        RowId.column("recthink", col("user"), col("item"), time).as("rowId"),
                        col("user").as("userId"),
                        col("item").as("itemId"),
                        time.as("time"),
                        col("review"))
                .cache();
    }

    @Test
    void aSoundTablePassesAndItsCopiesAreCounted() {
        LeakTests.Findings findings = test(sound);
        // u3 says the same of 10 items: 0 + 1 + ... + 7 of its own in train, 8 in the later two. u4's last says it too,
        // and item 9 has no train reviews.
        assertThat(findings.copiedTexts()).isEqualTo(28 + 8 + 8);
        assertThat(findings.testTextsInTrain()).isEqualTo(2);
        assertThat(findings.testTextsInTrainOfUser()).isEqualTo(1); // u3; u4 had said something else before
        assertThat(findings.textsOfTargets()).isZero();
        assertThat(findings.users()).isEqualTo(10);
        assertThat(findings.items()).isEqualTo(10);
        assertThat(findings.userTies()).isZero();
        assertThat(findings.itemTies()).isZero();
    }

    @Test
    void theReviewItselfUnderItsOwnName() {
        caught(
                changed(
                        "test",
                        "userHistory",
                        array_union(
                                col("userHistory"),
                                array(
                                        expr(
                                                "named_struct('itemId', itemId, 'title', '', 'time', timestamp_seconds(0), 'rating', 1D, 'summary', '', 'review', '')")))),
                "the row's own review in its history");
        caught(
                changed(
                        "test",
                        "itemHistory",
                        array_union(
                                col("itemHistory"),
                                array(
                                        expr(
                                                "named_struct('userId', userId, 'time', timestamp_seconds(0), 'rating', 1D, 'summary', '', 'review', '')")))),
                "the row's own review in its history");
    }

    @Test
    void theReviewItselfUnderAnotherName() {
        Dataset<Row> own = sound.join(reviews.select("rowId", "review"), "rowId");
        Column quoting = transform(
                col("userHistory"), entry -> entry.withField("review", expr("concat('As I said: ', review, ' Yes.')")));
        caught(
                own.withColumn("userHistory", when(victim("train"), quoting).otherwise(col("userHistory"))),
                "the text of the row's own review in its history");
        Column overheard = transform(col("itemHistory"), entry -> entry.withField("review", col("review")));
        caught(
                own.withColumn("itemHistory", when(victim("train"), overheard).otherwise(col("itemHistory"))),
                "the text of the row's own review in its history");
    }

    @Test
    void historiesThatAreNotEarlier() {
        for (String history : List.of("userHistory", "itemHistory")) {
            caught(
                    changed("train", history, transform(col(history), entry -> entry.withField("time", col("time")))),
                    "a history entry that is not before the row's time");
        }
    }

    @Test
    void historiesFromBehindTheCut() {
        for (String held : List.of("validation", "test")) {
            Column late = transform(
                    col("userHistory"), entry -> entry.withField("time", expr("time - INTERVAL 1 MICROSECOND")));
            caught(changed(held, "userHistory", late), "a history entry that is not before the row's time");
        }
    }

    @Test
    void aSplitThatTheRuleDoesNotGive() {
        caught(changed("test", "split", lit("train")), "a split that the rule does not give");
    }

    /** Held-out rows that are earlier than the row: with one cut in time they would have a later time. */
    @ParameterizedTest
    @ValueSource(strings = {"per-user-last", "random"})
    void heldOutRowsInAHistory(String kind) {
        Configuration leaky = configuration("prepare.split=" + kind, "paths.data=" + kind);
        new PrepareJob(new PrintStream(OutputStream.nullOutputStream())).run(SparkTest.spark(), leaky);
        Dataset<Row> examples =
                PreparedData.examples(SparkTest.spark(), folder + "/" + kind).cache();
        SplitRule rule = SplitRule.of(
                examples, TimeCounts.of(examples), leaky.get(PrepareSettings.class), Optional.empty(), leaky.seed());
        assertThat(new LeakTests(examples, reviews, 100, rule, leaky.get(PrepareSettings.class))
                        .run()
                        .users())
                .isEqualTo(10);

        Dataset<Row> heldOuts = examples.where("split = 'validation'")
                .select(
                        col("userId"),
                        col("itemId").as("heldOutItem"),
                        col("time").as("heldOutTime"));
        Row last = examples.where("split = 'test' AND size(userHistory) > 0")
                .join(heldOuts, "userId")
                .where(col("heldOutTime").lt(col("time")))
                .orderBy("rowId", "heldOutTime")
                .first();
        Column entry = transform(slice(col("userHistory"), 1, 1), first -> first.withField(
                        "itemId", lit(last.<String>getAs("heldOutItem")))
                .withField("time", lit(last.<Object>getAs("heldOutTime"))));
        Dataset<Row> leaked = examples.withColumn(
                "userHistory",
                when(col("rowId").equalTo(last.<String>getAs("rowId")), concat(entry, slice(col("userHistory"), 2, 20)))
                        .otherwise(col("userHistory")));
        assertThatThrownBy(() -> new LeakTests(leaked, reviews, 100, rule, leaky.get(PrepareSettings.class)).run())
                .isInstanceOf(LeakException.class)
                .hasMessageContaining("a history entry that is no visible row of the log (1, first in row "
                        + last.<String>getAs("rowId") + ")");
        assertThatThrownBy(() -> new LeakTests(
                                examples.withColumn(
                                        "split",
                                        when(col("rowId").equalTo(last.<String>getAs("rowId")), "validation")
                                                .otherwise(col("split"))),
                                reviews,
                                100,
                                rule,
                                leaky.get(PrepareSettings.class))
                        .run())
                .isInstanceOf(LeakException.class)
                .hasMessageContaining("a split that the rule does not give (1, ");
        examples.unpersist();
    }

    @Test
    void meansThatKnowMore() {
        caught(
                changed("train", "userMean", col("userMean").plus(0.001)),
                "userMean that is not the mean of the earlier rows");
        caught(changed("train", "itemMean", lit(null)), "itemMean that is not the mean of the earlier rows");
    }

    @Test
    void meansThatAreNotThoseOfTheHistory() {
        Column other = transform(col("userHistory"), entry -> entry.withField("rating", lit(5.0)));
        caught(changed("validation", "userHistory", other), "userMean that is not the mean of the history");
    }

    @Test
    void countsThatAreOff() {
        caught(changed("train", "nUser", col("nUser").plus(1)), "nUser that is not the count of earlier train rows");
        caught(changed("test", "nItem", col("nItem").minus(1)), "nItem that is not the count of earlier train rows");
        caught(changed("test", "seenItem", col("seenItem").equalTo(false)), "seenItem that contradicts nItem");
    }

    @Test
    void aHistoryThatMissesSomething() {
        caught(changed("test", "userHistory", slice(col("userHistory"), 2, 20)), "userHistory of the wrong length");
    }

    @Test
    void aPoolOutsideTheTrainSplit() {
        for (String held : List.of("validation", "test")) {
            caught(changed(held, "pool", lit("coldStart")), "a pool outside the train split");
        }
    }

    @Test
    void aRowInTwoPools() {
        Dataset<Row> pooled = sound.where("pool = 'rl'").limit(1);
        String dropped = sound.where("pool = 'coldStart'").first().getAs("rowId");
        Dataset<Row> twice =
                sound.where(col("rowId").notEqual(dropped)).union(pooled.withColumn("pool", lit("coldStart")));
        caught(twice, "a row id that another row or pool has too");
    }

    @Test
    void aRowThatIsMissing() {
        assertThatThrownBy(() -> test(sound.where(victim("train").equalTo(false))))
                .isInstanceOf(LeakException.class)
                .hasMessage("prepare: the examples must not be used: 99 of 100 rows were written");
    }

    // ---- one row of a split, the last one by time

    private static Column victim(String split) {
        int day = split.equals("train") ? 79 : split.equals("validation") ? 89 : 99;
        return col("time").equalTo(expr("timestamp_seconds(%d)".formatted(86_400 * day)));
    }

    private static Dataset<Row> changed(String split, String column, Column value) {
        Column before = col(column);
        return sound.withColumn(
                column,
                when(victim(split), value.cast(sound.schema().apply(column).dataType()))
                        .otherwise(before));
    }

    private static Configuration configuration(String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "paths.root=" + folder,
                "source.format=json",
                "source.reviews=" + folder + "/log.json",
                "source.columns.review=review",
                "source.minTime=1970-01-01",
                "prepare.historyItems=20"));
        settings.addAll(List.of(more));
        return JobSettings.SECTIONS.read("test", "", settings);
    }

    private static void caught(Dataset<Row> examples, String rule) {
        assertThatThrownBy(() -> test(examples))
                .isInstanceOf(LeakException.class)
                .hasMessageStartingWith("prepare: the examples must not be used: ")
                .hasMessageContaining(rule + " (")
                .hasMessageContaining(", first in row ");
    }

    private static LeakTests.Findings test(Dataset<Row> examples) {
        return new LeakTests(examples, reviews, 100, split, configuration.get(PrepareSettings.class)).run();
    }
}
