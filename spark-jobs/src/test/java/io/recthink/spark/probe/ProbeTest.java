package io.recthink.spark.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.recthink.config.Configuration;
import io.recthink.config.ConfigurationReader;
import io.recthink.spark.SparkTest;
import io.recthink.spark.table.Examples;
import io.recthink.spark.table.Tables;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;

class ProbeTest {
    private static final int ROWS = 40;

    private final Dataset<Row> rows = SparkTest.spark()
            .createDataFrame(IntStream.range(0, ROWS).mapToObj(ProbeTest::row).toList(), Tables.EXAMPLES);
    private final List<Probe> probes = Probe.of(prompt("prompt.meanFeatures=true"), 1, 5);

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
        assertThat(Probe.of(prompt(), 1, 5)).extracting(Probe::name).noneMatch(name -> name.contains("means"));
        assertThat(Probe.of(prompt("prompt.historyItems=3"), 1, 5))
                .extracting(Probe::name)
                .doesNotContain("history of 5");
    }

    private static Configuration.Prompt prompt(String... settings) {
        return ConfigurationReader.read("test", "", List.of(settings)).prompt();
    }

    private Map<String, Row> changed(String name) {
        Probe probe = probes.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow();
        return probe.change().apply(rows).collectAsList().stream()
                .collect(Collectors.toMap(row -> row.getAs("rowId"), row -> row));
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
