package io.recthink.spark.probe;

import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.recthink.prompt.PromptSettings;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.completion.PromptEncoding;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.predict.WordChain;
import io.recthink.spark.table.Examples;
import io.recthink.spark.table.Tables;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeTest {
    private static final int ROWS = 40;

    private final Dataset<Row> rows = SparkTest.spark()
            .createDataFrame(IntStream.range(0, ROWS).mapToObj(ProbeTest::row).toList(), Tables.EXAMPLES);
    private final List<Probe> probes = Probe.of(encoding("prompt.meanFeatures=true"));

    @TempDir
    static Path folder;

    @BeforeAll
    static void writeModel() throws IOException {
        WordChain.write(folder.resolve("model"));
    }

    @Test
    void everyProbeKeepsRowsAndTruthsAndCanBePrompted() {
        for (Probe probe : probes) {
            Map<String, Row> changed = changed(probe.name());
            assertThat(changed).as(probe.name()).hasSize(ROWS);
            for (int i = 0; i < ROWS; i++) {
                Row row = changed.get("row-" + i);
                assertThat(row.<Double>getAs("truth")).isEqualTo(1.0 + i % 5);
                assertThat(Examples.input(row)).isNotNull();
            }
        }
        assertThat(probes.get(0).name()).isEqualTo(Probe.UNCHANGED);
    }

    @Test
    void shuffledHistoriesHoldTheSameItemsInAnotherOrder() {
        Map<String, Row> unchanged = changed(Probe.UNCHANGED);
        Map<String, Row> changed = changed("history shuffled");
        int moved = 0;
        for (int i = 0; i < ROWS; i++) {
            List<String> items = items(changed.get("row-" + i));
            List<String> before = items(unchanged.get("row-" + i));
            assertThat(items).containsExactlyInAnyOrderElementsOf(before);
            moved += items.equals(before) ? 0 : 1;
        }
        // Of 7 items in a random order, few histories come out as they were.
        assertThat(moved).isGreaterThan(35);
    }

    @Test
    void shortHistoriesKeepTheLatestItems() {
        assertThat(items(changed("history of 0").get("row-3"))).isEmpty();
        assertThat(items(changed("history of 1").get("row-3"))).containsExactly("item-3-6");
        assertThat(items(changed("history of 5").get("row-3"))).hasSize(5).startsWith("item-3-2");
    }

    @Test
    void noRowKeepsTheHistoryOfItsOwnUser() {
        Map<String, Row> changed = changed("another user's history");
        for (int i = 0; i < ROWS; i++) {
            int own = user(i);
            Row row = changed.get("row-" + i);
            assertThat(items(row)).noneMatch(item -> user(Integer.parseInt(item.split("-", -1)[1])) == own);
            assertThat(row.<Double>getAs("userMean")).isNotEqualTo(mean(own));
        }
    }

    @Test
    void textsTitlesAndMeansAreTakenAway() {
        Row untold = changed("no review text").get("row-1");
        assertThat(Examples.input(untold).userHistory()).allSatisfy(entry -> {
            assertThat(entry.review()).isEmpty();
            assertThat(entry.summary()).isEmpty();
            assertThat(entry.item().title()).isNotEmpty();
        });
        assertThat(Examples.input(untold).itemHistory()).hasSize(1).allSatisfy(entry -> assertThat(entry.review())
                .isEmpty());
        Row untitled = changed("no titles").get("row-1");
        assertThat(Examples.input(untitled).target().title()).isEmpty();
        assertThat(Examples.input(untitled).userHistory())
                .allSatisfy(entry -> assertThat(entry.item().title()).isEmpty());
        assertThat(Examples.input(changed("no means").get("row-1")).userMean()).isEmpty();
        assertThat(Examples.input(changed("means falsified by +1").get("row-1")).userMean())
                .hasValueCloseTo(mean(user(1)) + 1, within(1e-12));
        assertThat(Examples.input(changed("no item history").get("row-1")).itemHistory())
                .isEmpty();
    }

    @Test
    void aPromptWithoutMeansHasNoProbesOfThem() {
        assertThat(Probe.of(encoding())).extracting(Probe::name).noneMatch(name -> name.contains("means"));
        assertThat(Probe.of(encoding("prompt.historyItems=3")))
                .extracting(Probe::name)
                .contains("history of 3, tokens of 1")
                .doesNotContain("history of 5", "history of 5, tokens of 1");
    }

    @Test
    void entriesShareTheTokensOfTheLatestOne() {
        // The latest review has 12 words, the others 6; a prompt shows nothing else. The tokenizer makes words tokens.
        PromptEncoding encoding =
                encoding("prompt.user='{history} {target_item}'", "prompt.historyItem='{summary} {review}'");
        Dataset<Row> wordy = rows.withColumn(
                "userHistory",
                expr(
                        "transform(userHistory, (h, i) -> named_struct('itemId', h.itemId, 'title', h.title, 'time', h.time,"
                                + " 'rating', h.rating, 'summary', 'ab', 'review', repeat('häb ', if(i = 6, 11, 5))))"));
        Map<String, Probe> named = Probe.of(encoding).stream().collect(Collectors.toMap(Probe::name, probe -> probe));
        Map<String, Row> one = byId(named.get("history of 1").change().apply(wordy));
        Map<String, Row> five =
                byId(named.get("history of 5, tokens of 1").change().apply(wordy));
        Map<String, Row> all =
                byId(named.get("history of 10, tokens of 1").change().apply(wordy));
        assertThat(texts(five.get("row-1"))).hasSize(5).containsOnly("ab|häb ");
        assertThat(texts(all.get("row-1"))).hasSize(7).containsOnly("ab|");
        try (PromptEncoding.Open open = encoding.open()) {
            int most = open.encoder().encode(Examples.input(one.get("row-1"))).length;
            // Two words of each of five entries are 10, of at most 12; of seven entries there is no room for two words.
            assertThat(open.encoder().encode(Examples.input(five.get("row-1")))).hasSize(most - 2);
            assertThat(open.encoder().encode(Examples.input(all.get("row-1")))).hasSizeLessThan(most);
        }
    }

    private static List<String> texts(Row row) {
        return row.<Row>getList(row.fieldIndex("userHistory")).stream()
                .map(entry -> entry.<String>getAs("summary") + "|" + entry.<String>getAs("review"))
                .toList();
    }

    private static PromptEncoding encoding(String... settings) {
        return new PromptEncoding(
                new PolicyReference(folder + "/model", 0, "weights", "digest"),
                JobSettings.SECTIONS.read("test", "", List.of(settings)).get(PromptSettings.class),
                1,
                5);
    }

    private Map<String, Row> changed(String name) {
        Probe probe = probes.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow();
        return byId(probe.change().apply(rows));
    }

    private static Map<String, Row> byId(Dataset<Row> table) {
        return table.collectAsList().stream().collect(Collectors.toMap(row -> row.getAs("rowId"), row -> row));
    }

    private static List<String> items(Row row) {
        return row.<Row>getList(row.fieldIndex("userHistory")).stream()
                .map(entry -> entry.getString(0))
                .toList();
    }

    /** User 0 has every fourth row. */
    private static int user(int row) {
        return row % 4 == 0 ? 0 : row;
    }

    private static double mean(int user) {
        return 1 + user / 20.0;
    }

    private static Row row(int i) {
        List<Row> history = new ArrayList<>();
        for (int h = 0; h < 7; h++) {
            history.add(RowFactory.create(
                    "item-" + i + "-" + h, "title " + h, new Timestamp(h), 3.0, "summary " + h, "review " + h));
        }
        return RowFactory.create(
                "row-" + i,
                "user-" + user(i),
                "target-" + i,
                new Timestamp(100),
                1.0 + i % 5,
                "test",
                null,
                RowFactory.create("the target", List.of("music"), null, null, null),
                history,
                List.of(RowFactory.create("other", new Timestamp(1), 4.0, "short", "long")),
                mean(user(i)),
                3.0,
                7L,
                1L,
                true,
                true);
    }
}
