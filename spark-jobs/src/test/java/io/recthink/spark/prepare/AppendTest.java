package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.source.Period;
import io.recthink.spark.source.SourceSettings;
import io.recthink.spark.table.PreparedData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A log of 250 reviews, one a minute, of which the first 200 are prepared first. */
class AppendTest {
    private static final int FIRST = 200;
    private static final int ALL = 250;
    private static final Instant END =
            Instant.EPOCH.plusSeconds(60L * (FIRST - 1)).plusNanos(1000);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void partByPartIsTheSameAsAtOnce(boolean refit) throws IOException {
        String[] common = {"prepare.refit=" + refit, "prepare.pools={coldStart: 0, sft: 0, rl: 0}"};
        write("log.json", lines(0, ALL));
        prepare("part-1", until(FIRST), Optional.empty(), common);
        prepare("part-2", until(225), Optional.of("part-1"), common);
        prepare("part-3", Period.ALWAYS, Optional.of("part-2"), common);
        long first = data("part-1").rows();
        long all = data("part-3").rows();
        assertThat(data("part-2").rows()).isBetween(first + 1, all - 1);

        // The same cuts, as quantiles of the whole log.
        prepare(
                "at-once",
                Period.ALWAYS,
                Optional.empty(),
                and(
                        common,
                        "prepare.validationFrom=" + (Math.floor(0.6 * first) + 0.5) / all,
                        "prepare.testFrom=" + (Math.floor(0.8 * first) + 0.5) / all));
        assertThat(data("part-3")).isEqualTo(data("at-once"));
        assertThat(table("part-3", "reviews")
                        .except(table("at-once", "reviews"))
                        .count())
                .isZero();
    }

    @Test
    void nothingOfTheEarlierDataSetChangesAndAllThatIsLaterIsTested() throws IOException {
        String[] pools = {"prepare.pools={coldStart: 5, sft: 20, rl: 10}"};
        write("log.json", lines(0, FIRST));
        prepare("old", Period.ALWAYS, Optional.empty(), pools);
        Files.delete(folder.resolve("log.json")); // what was read once is not asked for again
        write("later.json", lines(FIRST, ALL));

        prepare("new", Period.ALWAYS, Optional.of("old"), and(pools, "source.reviews=" + folder + "/later.json"));

        Dataset<Row> old = PreparedData.examples(spark(), folder + "/old");
        Dataset<Row> all = PreparedData.examples(spark(), folder + "/new");
        assertThat(old.except(all).count()).isZero();
        assertThat(all.except(old).select("split", "pool").distinct().collectAsList())
                .extracting(Row::toString)
                .containsExactly("[test,null]");
        PreparedData before = data("old");
        PreparedData after = data("new");
        assertThat(after.split()).isEqualTo(before.split());
        assertThat(after.pools()).isEqualTo(before.pools()).containsEntry("rl", 10L);
        assertThat(after.splits().get("train")).isEqualTo(before.splits().get("train"));
        assertThat(after.splits().get("test")).isGreaterThan(before.splits().get("test"));
        assertThat(all.except(old)
                        .where("size(userHistory) > 0 AND size(itemHistory) > 0")
                        .count())
                .as("later rows look back on earlier ones")
                .isPositive();
        JsonNode card = card("new");
        assertThat(card.at("/appended/to").asText()).isEqualTo(folder + "/old");
        assertThat(card.at("/appended/sha256").asText()).isEqualTo(before.sha256());
        assertThat(card.at("/appended/since").asText()).isEqualTo(END.toString());
        assertThat(card.at("/appended/rows").asLong()).isEqualTo(after.rows() - before.rows());
        assertThat(card.at("/counts/read").asLong()).isEqualTo(ALL);
        assertThat(Files.readString(folder.resolve("new/data-card.md")))
                .contains("of these rows were appended to `" + folder + "/old`")
                .contains("All appended rows are test rows; the cuts are unchanged.");
        assertThat(card("old").has("appended")).isFalse();
    }

    @Test
    void rowsFromBeforeTheEndAreComparedWithThoseThatAreThere() throws IOException {
        write("log.json", lines(0, FIRST));
        prepare("old", Period.ALWAYS, Optional.empty());
        long old = data("old").rows();
        List<String> again = new ArrayList<>(lines(100, ALL));
        again.set(0, line("u0", "i0", 100 * 60 + 1, 1, "late"));
        Row known = table("old", "reviews").orderBy("time").collectAsList().get((int) old - 1);
        long time = known.getTimestamp(3).toInstant().getEpochSecond();
        again.removeIf(line -> line.contains("\"t\":" + time + ","));
        again.add(line(known.getString(1), known.getString(2), time, 1.5, "I never said that"));
        again.add("{\"u\":\"x\"}");
        write("log.json", again);

        prepare("new", Period.of(Optional.of("1970-01-01T01:40"), Optional.empty()), Optional.of("old"));

        Map<String, String> quarantine = new HashMap<>();
        table("new", "quarantine").collectAsList().forEach(row -> quarantine.put(row.getString(0), row.getString(1)));
        assertThat(quarantine)
                .containsOnlyKeys(
                        "item is missing",
                        "the data set appended to has this row with other content",
                        "time is before " + END + ", up to which the data set appended to is closed");
        assertThat(quarantine.get("the data set appended to has this row with other content"))
                .contains("I never said that");
        assertThat(quarantine.get("time is before " + END + ", up to which the data set appended to is closed"))
                .contains("\"late\"");
        assertThat(card("new").get("quarantined")).hasSize(3);
        assertThat(card("new").at("/appended/known").asLong()).isGreaterThan(50);
        assertThat(PreparedData.examples(spark(), folder + "/old")
                        .except(PreparedData.examples(spark(), folder + "/new"))
                        .count())
                .isZero();
        assertThatThrownBy(() -> prepare(
                        "newer",
                        Period.of(Optional.of("1970-01-01T01:40"), Optional.empty()),
                        Optional.of("old"),
                        "source.maxQuarantineShare=0.01"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("3 of 151 rows")
                .hasMessageContaining("more than source.maxQuarantineShare 0.01");
        assertThat(folder.resolve("newer")).doesNotExist();
    }

    @Test
    void theCoreOfTheWholeLogStaysAsItIs() throws IOException {
        List<String> log = new ArrayList<>(lines(0, FIRST));
        log.set(3, line("stranger", "i1", 180, 3, "once"));
        write("log.json", log);
        prepare("old", Period.ALWAYS, Optional.empty(), "prepare.kcore=2");
        assertThat(users("old")).doesNotContain("stranger").contains("u1");
        List<String> later = new ArrayList<>(lines(FIRST, ALL));
        for (int item = 0; item < 5; item++) {
            later.add(line("stranger", "i" + item, 60L * ALL + item, 3, "often now"));
        }
        write("log.json", later);

        prepare("new", Period.ALWAYS, Optional.of("old"), "prepare.kcore=2");

        assertThat(users("new")).isEqualTo(users("old"));
        assertThat(card("new").at("/appended/outsideCore").asLong()).isEqualTo(5);
        assertThat(said()).contains("5 are outside the core");
    }

    @Test
    void whatWouldMakeAnotherDataSetIsRefused() throws IOException {
        write("log.json", lines(0, ALL));
        prepare("old", until(FIRST), Optional.empty());
        Map<String, String> others = Map.of(
                "name=other", "name was \"shop\" there and is \"other\" here",
                "source.maxRating=10", "source.maxRating was 5.0 there and is 10.0 here",
                "source.columns.rating=s / 2", "source.columns.rating was \"s\" there and is \"s / 2\" here",
                "source.columns.review=''", "source.columns.review was \"r\" there and is \"\" here",
                "prepare.refit=true", "prepare.refit was false there and is true here",
                "prepare.testFrom=0.95", "prepare.testFrom was 0.8 there and is 0.95 here",
                "prepare.kcore=3", "prepare.kcore was 0 there and is 3 here");
        others.forEach(
                (setting, difference) -> refused(Period.ALWAYS, "old", setting, "--append-to %s/old: ", difference));
        refused(
                Period.of(Optional.of("1970-01-02"), Optional.empty()),
                "old",
                "seed=1",
                "--since 1970-01-02T00:00:00Z would leave a gap after 1970-01-01T03:20:00Z, where %s/old ends",
                "leave --since out");
        refused(
                Period.of(Optional.of("1970-01-01T00:00"), Optional.of("1970-01-01T03:20")),
                "old",
                "seed=1",
                "--append-to %s/old: nothing is new",
                "wait for new reviews");
        refused(
                Period.ALWAYS,
                "nowhere",
                "seed=1",
                "--append-to %s/nowhere: holds no prepare.json",
                "prepare the whole");
        assertThat(folder.resolve("new")).doesNotExist();
    }

    @Test
    void aLeakySplitCannotGrow() throws IOException {
        write("log.json", lines(0, ALL));
        for (String split : List.of("random", "per-user-last")) {
            prepare(split, until(FIRST), Optional.empty(), "prepare.split=" + split);
            refused(
                    Period.ALWAYS,
                    split,
                    "prepare.split=" + split,
                    "--append-to %s/" + split + ": its split is '",
                    "only prepare.split global-time can be appended to");
        }
    }

    @Test
    void anEarlierRowThatChangedOnTheWayIsSeen() throws IOException {
        write("log.json", lines(0, FIRST));
        prepare("old", Period.ALWAYS, Optional.empty());
        Configuration configuration = configuration("new");
        EarlierData earlier = EarlierData.open(
                spark(),
                folder + "/old",
                Origin.of(configuration, configuration.get(SourceSettings.class).columns(), ""));
        Dataset<Row> examples = earlier.examples();
        earlier.refuseChanged(examples);
        String one = examples.first().getString(0);
        for (Dataset<Row> changed : List.of(
                examples.where(col("rowId").notEqual(one)),
                examples.withColumn(
                        "split", when(col("rowId").equalTo(one), "moved").otherwise(col("split"))),
                examples.withColumn(
                        "truth", when(col("rowId").equalTo(one), lit(1.25)).otherwise(col("truth"))))) {
            assertThatThrownBy(() -> earlier.refuseChanged(changed))
                    .isInstanceOf(LeakException.class)
                    .hasMessageContaining("are not all there as they were");
        }
    }

    @Test
    void eachDataSetListsItsOwnFilesAndOneThatLacksAnyIsNotAppendedTo() throws IOException {
        write("log.json", lines(0, ALL));
        prepare("part-1", until(FIRST), Optional.empty());
        prepare("part-2", Period.ALWAYS, Optional.of("part-1"));
        assertThat(data("part-1").tables()).containsOnlyKeys("biases", "examples", "quarantine", "reviews");
        for (String name : List.of("part-1", "part-2")) {
            PreparedData data = data(name);
            assertThat(data.tables().get("examples").rows()).isEqualTo(data.rows());
            assertThat(data.tables().get("reviews").rows()).isEqualTo(data.rows());
            data.requireContents(spark(), folder + "/" + name);
        }
        for (String table : data("part-1").tables().keySet()) {
            String part = data("part-1").tables().get(table).files().get(0).name();
            Path file = folder.resolve("part-1/" + table).resolve(part);
            Path away = Files.move(file, folder.resolve(part));
            refused(
                    Period.ALWAYS,
                    "part-1",
                    "prepare.kcore=0",
                    "paths.data: the table " + table + " of %s/part-1",
                    "is missing");
            assertThat(folder.resolve("new")).doesNotExist();
            Files.move(away, file);
        }
        withoutList("part-1");
        prepare("part-3", Period.ALWAYS, Optional.of("part-1"));
        assertThat(data("part-3").rows()).isEqualTo(data("part-2").rows());
        Files.delete(folder.resolve("part-1/reviews").resolve(firstPart("part-1/reviews")));
        refused(
                Period.ALWAYS,
                "part-1",
                "prepare.kcore=0",
                "--append-to %s/part-1: the table reviews has ",
                "data.json says");
    }

    /** As an earlier version wrote it. */
    private void withoutList(String data) throws IOException {
        Path file = folder.resolve(data + "/data.json");
        ObjectNode json = (ObjectNode) JSON.readTree(file.toFile());
        json.remove(List.of("format", "tables"));
        JSON.writeValue(file.toFile(), json);
    }

    private String firstPart(String table) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(table))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".parquet"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    // ---- helpers

    private void refused(Period period, String to, String setting, String start, String end) {
        assertThatThrownBy(() -> prepare("new", period, Optional.of(to), setting))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(start.formatted(folder))
                .hasMessageContaining(end);
    }

    private static Period until(int row) {
        return new Period(Optional.empty(), Optional.of(Instant.EPOCH.plusSeconds(60L * row)));
    }

    /** Twelve users and nine items in an order without a pattern that a rule could mistake for another. */
    private static List<String> lines(int from, int to) {
        List<String> lines = new ArrayList<>();
        for (int i = from; i < to; i++) {
            lines.add(
                    line("u" + i * 7 % 23 % 12, "i" + i * i % 31 % 9 + i % 4, 60L * i, 1 + i % 9 / 2.0, "Review " + i));
        }
        return lines;
    }

    private static String line(String user, String item, long time, double rating, String text) {
        return JSON.createObjectNode()
                .put("u", user)
                .put("i", item)
                .put("s", rating)
                .put("t", time)
                .put("r", text)
                .toString();
    }

    private void write(String file, List<String> lines) throws IOException {
        Files.write(folder.resolve(file), lines);
    }

    private void prepare(String data, Period period, Optional<String> appendTo, String... settings) {
        new PrepareJob(new PrintStream(said, true, StandardCharsets.UTF_8), period, appendTo)
                .run(spark(), configuration(data, settings));
    }

    private Configuration configuration(String data, String... settings) {
        String yaml =
                """
                name: shop
                paths: {root: %s, data: %s}
                source:
                  minTime: 1970-01-01
                  format: json
                  reviews: %s/log.json
                  columns: {user: u, item: i, rating: s, time: t, review: r}
                prepare: {kcore: 0, validationFrom: 0.6, testFrom: 0.8, historyItems: 3}
                """
                        .formatted(folder, data, folder);
        return JobSettings.SECTIONS.read("test", yaml, List.of(settings));
    }

    private static String[] and(String[] some, String... more) {
        List<String> all = new ArrayList<>(List.of(some));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static SparkSession spark() {
        return SparkTest.spark();
    }

    private PreparedData data(String name) {
        return PreparedData.read(spark(), folder + "/" + name);
    }

    private Dataset<Row> table(String data, String name) {
        return spark().read().parquet(folder + "/" + data + "/" + name);
    }

    private JsonNode card(String data) throws IOException {
        return JSON.readTree(Files.readString(folder.resolve(data + "/data-card.json")));
    }

    private List<String> users(String data) {
        return table(data, "examples").select("userId").distinct().orderBy("userId").collectAsList().stream()
                .map(row -> row.getString(0))
                .toList();
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }
}
