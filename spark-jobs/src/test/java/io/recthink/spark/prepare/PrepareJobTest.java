package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.prepare.ReferenceProtocol.Expected;
import io.recthink.spark.prepare.ReferenceProtocol.Review;
import io.recthink.spark.source.Period;
import io.recthink.spark.table.PoolSizes;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.RowId;
import io.recthink.spark.table.Tables;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrepareJobTest {
    private static final String NAME = "shop";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    // ---- every rule, against the same protocol in plain lists

    @ParameterizedTest
    @CsvSource({
        "1, global-time, 0, false, false, 3",
        "2, global-time, 2, false, false, 2",
        "3, global-time, 3, true, false, 4",
        "4, global-time, 2, false, true, 3",
        "5, global-time, 2, true, true, 0",
        "6, per-user-last, 2, false, false, 3",
        "7, per-user-last, 2, true, true, 2",
        "8, random, 0, false, false, 2",
        "9, random, 2, true, true, 3"
    })
    void followsTheProtocol(long seed, String split, int kcore, boolean strict, boolean refit, int historyItems)
            throws IOException {
        List<Review> log = randomLog(seed);
        String[] settings = {
            "prepare.split=" + split,
            "prepare.kcore=" + kcore,
            "prepare.strictCore=" + strict,
            "prepare.refit=" + refit,
            "prepare.historyItems=" + historyItems,
            "prepare.validationFrom=0.6",
            "prepare.testFrom=0.8"
        };
        Map<String, Expected> expected = new ReferenceProtocol(configuration(settings)).examples(log);
        assertThat(ReferenceProtocol.splits(expected)).hasSize(3);

        prepare(log, settings);

        assertThat(written()).containsExactlyInAnyOrderEntriesOf(expected);
        assertThat(data().rows()).isEqualTo(expected.size());
        assertThat(data().splits()).isEqualTo(ReferenceProtocol.splits(expected));
    }

    @Test
    void theTableIsAsDocumented() throws IOException {
        prepare(randomLog(1), "prepare.kcore=0");
        assertThat(SparkTest.spark()
                        .read()
                        .parquet(folder + "/data/examples")
                        .schema()
                        .asNullable()
                        .sql())
                .isEqualTo(Tables.EXAMPLES.asNullable().sql());
        assertThat(DataType.equalsStructurally(examples().schema(), Tables.EXAMPLES, true))
                .isTrue();
    }

    // ---- the same result however the work is split

    @Test
    void partitionsChangeNothing() throws IOException {
        List<Review> log = randomLog(6);
        prepare(log, "prepare.kcore=2");
        PreparedData one = data();
        Map<String, Expected> rows = written();
        Path other = folder.resolve("other");
        Files.createDirectories(other);
        for (int part = 0; part < 5; part++) {
            List<Review> lines = new ArrayList<>();
            for (int i = log.size() - 1; i >= 0; i--) {
                if (i % 5 == part) {
                    lines.add(log.get(i));
                }
            }
            write(other.resolve("part-" + part + ".json"), lines);
        }

        SparkTest.spark().conf().set("spark.sql.shuffle.partitions", 7);
        try {
            run(configuration("prepare.kcore=2", "paths.data=again", "source.reviews=" + other));
        } finally {
            SparkTest.spark().conf().set("spark.sql.shuffle.partitions", 2);
        }

        assertThat(PreparedData.read(SparkTest.spark(), folder + "/again")).isEqualTo(one);
        assertThat(written("again")).isEqualTo(rows);
    }

    @Test
    void theHashesAreThoseOfTheDocumentedRecipe() throws Exception {
        prepare(randomLog(7), "prepare.kcore=0");
        Map<String, List<String>> buckets =
                written().keySet().stream().sorted().collect(Collectors.groupingBy(id -> id.substring(0, 3)));
        String lines = buckets.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(bucket -> bucket.getKey() + " " + sha256(String.join("\n", bucket.getValue())))
                .collect(Collectors.joining("\n"));
        assertThat(data().rowIdsSha256()).isEqualTo(sha256(lines)).hasSize(64);
        assertThat(data().sha256()).isNotEqualTo(data().rowIdsSha256()).hasSize(64);
    }

    @Test
    void anotherHistoryLengthKeepsTheRowIdsAndChangesTheData() throws IOException {
        List<Review> log = randomLog(8);
        prepare(log, "prepare.kcore=0", "prepare.historyItems=3");
        PreparedData three = data();
        run(configuration("prepare.kcore=0", "prepare.historyItems=2", "paths.data=two"));
        PreparedData two = PreparedData.read(SparkTest.spark(), folder + "/two");
        assertThat(two.rowIdsSha256()).isEqualTo(three.rowIdsSha256());
        assertThat(two.sha256()).isNotEqualTo(three.sha256());
    }

    // ---- alternatives to one cut in time, and their labels

    @ParameterizedTest
    @CsvSource({"per-user-last, last row of each user (leaky)", "random, random split (leaky)"})
    void aLeakySplitSaysSoWhereverItIsRead(String split, String label) throws IOException {
        prepare(randomLog(13), "prepare.kcore=0", "prepare.split=" + split);
        assertThat(data().split().label()).isEqualTo(label);
        assertThat(data().split().warning()).contains("later than many test rows");
        assertThat(said()).contains("prepare: " + label, "prepare: WARNING: ", "WARNING     " + label);
        assertThat(Files.readString(folder.resolve("data/data-card.md")))
                .contains("The rule: " + label, "**Warning:** train rows", "| test | - |");
        JsonNode card = JSON.readTree(Files.readString(folder.resolve("data/data-card.json")));
        assertThat(card.at("/split/label").asText()).isEqualTo(label);
    }

    @Test
    void oneCutInTimeNeedsNoWarning() throws IOException {
        prepare(randomLog(13), "prepare.kcore=0");
        assertThat(data().split().warning()).isEmpty();
        assertThat(data().split().validationFrom()).startsWith("1970-02-");
        assertThat(said()).contains("prepare: global time split").doesNotContain("WARNING");
    }

    @Test
    void anotherSeedDrawsOtherRows() throws IOException {
        prepare(randomLog(14), "prepare.kcore=0", "prepare.split=random");
        PreparedData one = data();
        run(configuration("prepare.kcore=0", "prepare.split=random", "seed=18", "paths.data=other"));
        PreparedData other = PreparedData.read(SparkTest.spark(), folder + "/other");
        assertThat(other.rowIdsSha256()).isEqualTo(one.rowIdsSha256());
        assertThat(other.splits()).isNotEqualTo(one.splits());
    }

    @Test
    void usersOfTwoRowsLeaveNothingToTrainOn() throws IOException {
        write(
                folder.resolve("log.json"),
                List.of(
                        new Review("u1", "i1", 3, 1, "one"),
                        new Review("u1", "i2", 3, 2, "two"),
                        new Review("u2", "i1", 3, 1, "three")));
        assertThatThrownBy(() -> run(configuration("prepare.kcore=0", "prepare.split=per-user-last")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "prepare.split per-user-last: train of the 3 rows would be empty; a user needs three rows to"
                                + " have one in each; choose another split or a longer log");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    // ---- pools

    @Test
    void poolsAreDisjointTrainRowsOfUsersSeenBefore() throws IOException {
        prepare(
                randomLog(9),
                "prepare.kcore=0",
                "prepare.pools.coldStart=5",
                "prepare.pools.sft=20",
                "prepare.pools.rl=10");
        Dataset<Row> pooled = examples().where(col("pool").isNotNull());
        assertThat(pooled.where(col("split").notEqual("train").or(col("nUser").equalTo(0)))
                        .count())
                .isZero();
        assertThat(data().pools()).isEqualTo(Map.of("coldStart", 5L, "sft", 20L, "rl", 10L));
        assertThat(pooled.groupBy("pool").count().collectAsList().stream()
                        .collect(Collectors.toMap(row -> row.getString(0), row -> row.getLong(1))))
                .isEqualTo(data().pools());
    }

    @Test
    void theNewestRowsFillThePoolsFirst() throws IOException {
        prepare(
                randomLog(9),
                "prepare.kcore=0",
                "prepare.poolOrder=newest",
                "prepare.pools={coldStart: 5, sft: 20, rl: 10}");
        List<Row> eligible = examples()
                .where(col("split").equalTo("train").and(col("nUser").gt(0)))
                .orderBy(col("time").desc())
                .collectAsList();
        assertThat(data().pools()).isEqualTo(Map.of("coldStart", 5L, "sft", 20L, "rl", 10L));
        Map<String, List<Object>> times = eligible.stream()
                .filter(row -> row.getAs("pool") != null)
                .collect(Collectors.groupingBy(
                        row -> row.getAs("pool"), Collectors.mapping(row -> row.getAs("time"), Collectors.toList())));
        List<Object> all =
                eligible.stream().map(row -> row.<Object>getAs("time")).toList();
        assertThat(times.get("rl")).isEqualTo(all.subList(0, 10));
        assertThat(times.get("coldStart")).isEqualTo(all.subList(10, 15));
        assertThat(times.get("sft")).isEqualTo(all.subList(15, 35));
    }

    @Test
    void theOtherPoolsShrinkInProportionWhereNothingIsLeftForSft() throws IOException {
        prepare(
                randomLog(9),
                "prepare.kcore=0",
                "prepare.pools.coldStart=1000",
                "prepare.pools.sft=2000",
                "prepare.pools.rl=1000");
        long eligible = examples()
                .where(col("split").equalTo("train").and(col("nUser").gt(0)))
                .count();
        assertThat(data().pools()).isEqualTo(Map.of("coldStart", eligible / 2, "sft", 0L, "rl", eligible / 2));
        assertThat(said())
                .contains("pools shrunk to coldStart %d, sft %d, rl %d: only %d train rows have a user seen before"
                        .formatted(eligible / 2, 0, eligible / 2, eligible));
    }

    @Test
    void sftTakesWhatTheOtherPoolsLeave() {
        assertThat(PoolChoice.shrink(new PoolSizes(10, 100, 20), 50)).isEqualTo(new PoolSizes(10, 20, 20));
        assertThat(PoolChoice.shrink(new PoolSizes(10, 100, 20), 130)).isEqualTo(new PoolSizes(10, 100, 20));
    }

    // ---- unusable rows

    @Test
    void unusableRowsAreQuarantinedWithTheirReason() throws IOException {
        List<String> lines =
                new ArrayList<>(randomLog(10).stream().map(PrepareJobTest::line).toList());
        int good = lines.size();
        Map<String, String> bad = new HashMap<>();
        bad.put("{\"u\": \"x\", \"i\"", "the row cannot be parsed");
        bad.put("{\"i\":\"i1\",\"s\":3,\"t\":5}", "user is missing");
        bad.put("{\"u\":\"  \",\"i\":\"i2\",\"s\":3,\"t\":5}", "user is missing");
        bad.put("{\"u\":\"x\",\"i\":null,\"s\":3,\"t\":5}", "item is missing");
        bad.put("{\"u\":\"x\",\"i\":\"i1\",\"t\":5}", "rating is missing");
        bad.put("{\"u\":\"x\",\"i\":\"i1\",\"s\":\"five\",\"t\":5}", "rating is not a number");
        bad.put("{\"u\":\"x\",\"i\":\"i1\",\"s\":\"NaN\",\"t\":5}", "rating is not finite");
        bad.put("{\"u\":\"x\",\"i\":\"i1\",\"s\":\"-Infinity\",\"t\":5}", "rating is not finite");
        bad.put("{\"u\":\"x\",\"i\":\"i1\",\"s\":5.5,\"t\":5}", "rating is outside the scale");
        bad.put("{\"u\":\"x\",\"i\":\"i1\",\"s\":0,\"t\":5}", "rating is outside the scale");
        bad.put("{\"u\":\"x\",\"i\":\"i1\",\"s\":3}", "time is missing");
        bad.put("{\"u\":\"x\",\"i\":\"i1\",\"s\":3,\"t\":-1}", "time is before 1970-01-01");
        bad.put("{\"u\":\"x\",\"i\":\"i1\",\"s\":3,\"t\":1393545600000}", "time counts milliseconds");
        bad.put("{\"u\":\"x\",\"i\":\"i1\",\"s\":3,\"t\":\"yesterday\"}", "time cannot be read");
        bad.put("{\"u\":\"x\",\"i\":\"i1\",\"s\":3,\"t\":\"NaN\"}", "time cannot be read");
        lines.addAll(bad.keySet());
        Files.write(folder.resolve("log.json"), lines);

        run(configuration("prepare.kcore=0"));

        Map<String, Long> reasons = bad.values().stream().collect(Collectors.groupingBy(r -> r, Collectors.counting()));
        List<Row> quarantine =
                SparkTest.spark().read().parquet(folder + "/data/quarantine").collectAsList();
        assertThat(quarantine.stream().collect(Collectors.groupingBy(row -> row.getString(0), Collectors.counting())))
                .isEqualTo(reasons);
        assertThat(quarantine)
                .extracting(row -> row.getString(1))
                .contains("{\"u\": \"x\", \"i\"")
                .anyMatch(r -> r.contains("yesterday"));
        JsonNode card = JSON.readTree(Files.readString(folder.resolve("data/data-card.json")));
        assertThat(card.at("/counts/read").asLong()).isEqualTo(good + bad.size());
        assertThat(card.at("/counts/usable").asLong()).isEqualTo(good);
        assertThat(card.at("/quarantined/rating is not finite").asLong()).isEqualTo(2);
        assertThat(said()).contains("2 quarantined: rating is not finite");
    }

    @Test
    void tooManyUnusableRowsStopTheJobBeforeItWrites() throws IOException {
        write(folder.resolve("log.json"), randomLog(10));
        assertThatThrownBy(() -> run(configuration("source.maxRating=2", "source.maxQuarantineShare=0.1")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageMatching(
                        "source.reviews: \\d+ of \\d+ rows of .*log.json cannot be used \\(rating is outside the scale \\d+\\),"
                                + " more than source.maxQuarantineShare 0.1;"
                                + " set source.minRating \\(now 1.0\\) and source.maxRating \\(now 2.0\\)");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    // ---- bad input, with its message

    @Test
    void aMissingColumnIsNamed() throws IOException {
        write(folder.resolve("log.json"), randomLog(1));
        assertThatThrownBy(() -> run(configuration("source.columns.rating=stars")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("source.columns.rating: cannot read 'stars' over the columns i, r, s, t, u: ");
        assertThatThrownBy(() -> run(configuration("source.columns.rating='s +'")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("source.columns.rating: cannot read s +: ");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void aMappingMustNameItsFourColumns() {
        assertThatThrownBy(() -> configuration("source.columns.time=''"))
                .hasMessage("test: source.columns.time must be a Spark SQL expression (was '')");
    }

    @Test
    void anEmptyLogIsRefused() throws IOException {
        Files.writeString(folder.resolve("log.json"), "");
        assertThatThrownBy(() -> run(configuration()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("source.reviews: %s/log.json contains no rows that can be read as json", folder);
        Files.writeString(folder.resolve("log.csv"), "u,i,s,t,r\n");
        assertThatThrownBy(() -> run(configuration("source.format=csv", "source.reviews=" + folder + "/log.csv")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("source.reviews: %s/log.csv contains no rows; prepare needs a log with rows", folder);
        Files.writeString(folder.resolve("log.gone"), "");
        assertThatThrownBy(
                        () -> run(configuration("source.format=amazon-2014", "source.reviews=" + folder + "/log.gone")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("source.reviews: %s/log.gone contains no rows; prepare needs a log with rows", folder);
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void aMissingLogIsNamed() {
        assertThatThrownBy(() -> run(configuration("source.reviews=" + folder + "/nowhere.json")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("source.reviews: cannot read " + folder + "/nowhere.json: ");
    }

    @Test
    void aCoreThatLeavesNothingIsRefused() throws IOException {
        write(folder.resolve("log.json"), randomLog(1));
        assertThatThrownBy(() -> run(configuration("prepare.kcore=100")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageMatching("prepare.kcore 100 leaves none of the \\d+ rows: .*; lower it");
    }

    @Test
    void aLogWithoutTimeIsRefused() throws IOException {
        List<Review> log = randomLog(1).stream()
                .map(r -> new Review(r.user(), r.item(), r.rating(), 86_400, r.text()))
                .toList();
        write(folder.resolve("log.json"), log);
        assertThatThrownBy(() -> run(configuration("prepare.kcore=0")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageMatching(
                        "prepare.validationFrom 0.8 and prepare.testFrom 0.9: train of the \\d+ rows would be "
                                + "empty, because too many rows share the time 1970-01-02T00:00:00Z; choose other quantiles or a longer log");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    // ---- the output folder

    @Test
    void aDataSetWhoseDescriptionIsEmptyIsNotReplacedEither() throws IOException {
        Files.createDirectories(folder.resolve("data/examples"));
        Files.writeString(folder.resolve("data/data.json"), "");

        assertThatThrownBy(() -> prepare(randomLog(1), "prepare.kcore=0"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "paths.data: %s/data/data.json is empty: it was not written or copied to its end; copy the data set"
                                + " again, or delete the file to prepare it anew",
                        folder);
        assertThat(folder.resolve("data/examples")).exists();
    }

    @Test
    void aCompleteDataSetIsNeverReplaced() throws IOException {
        prepare(randomLog(1), "prepare.kcore=0");
        PreparedData before = data();
        assertThatThrownBy(() -> run(configuration("prepare.kcore=2")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "paths.data: %s/data already holds a complete data set; set another paths.data, or remove the"
                                + " folder to prepare it anew",
                        folder);
        assertThat(data()).isEqualTo(before);
    }

    @Test
    void leftoversOfAnUnfinishedAttemptAreReplaced() throws IOException {
        Files.createDirectories(folder.resolve("data/examples"));
        Files.writeString(folder.resolve("data/examples/part-0.parquet"), "half a file");
        prepare(randomLog(1), "prepare.kcore=0");
        assertThat(said()).contains("replaced what an unfinished attempt had left");
        assertThat(written()).hasSize((int) data().rows());
    }

    @Test
    void whatOthersWroteIsNeverRemoved() throws IOException {
        Files.createDirectories(folder.resolve("data/examples"));
        Files.writeString(folder.resolve("data/thesis.txt"), "ten years of work");
        assertThatThrownBy(() -> prepare(randomLog(1), "prepare.kcore=0"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "paths.data: %s/data holds thesis.txt, which prepare did not write; name a folder of its own",
                        folder);
        assertThat(folder.resolve("data/thesis.txt")).hasContent("ten years of work");
        assertThat(folder.resolve("data/examples")).exists();
    }

    @Test
    void aFolderThatCannotBeMadeIsRefused() throws IOException {
        write(folder.resolve("log.json"), randomLog(1));
        assertThatThrownBy(() -> run(configuration("prepare.kcore=0", "paths.data=log.json/data")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageMatching(
                        "paths.data: .*/log.json/data cannot be written: .*; check the path, its permissions"
                                + " and the space left");
    }

    // ---- formats

    @Test
    void csvAndParquetGiveTheSameExamplesAsJson() throws IOException {
        List<Review> log = randomLog(11);
        prepare(log, "prepare.kcore=0");
        List<String> lines = new ArrayList<>(List.of("r,u,i,s,t"));
        for (Review review : log) {
            lines.add("\"%s\",%s,%s,%s,%s"
                    .formatted(
                            review.text().replace("\"", "\"\""),
                            review.user(),
                            review.item(),
                            review.rating(),
                            review.time()));
        }
        Files.write(folder.resolve("log.csv"), lines);
        SparkTest.spark()
                .read()
                .json(folder + "/log.json")
                .selectExpr("u", "i", "s", "timestamp_seconds(t) AS t", "r")
                .write()
                .parquet(folder + "/log.parquet");

        run(configuration(
                "prepare.kcore=0", "source.format=csv", "source.reviews=" + folder + "/log.csv", "paths.data=csv"));
        run(configuration(
                "prepare.kcore=0",
                "source.format=parquet",
                "source.reviews=" + folder + "/log.parquet",
                "paths.data=parquet"));

        PreparedData json = data();
        assertThat(PreparedData.read(SparkTest.spark(), folder + "/csv")).isEqualTo(json);
        assertThat(PreparedData.read(SparkTest.spark(), folder + "/parquet")).isEqualTo(json);
    }

    @Test
    void theLooseMetadataOfAmazon2014IsRead() throws IOException {
        List<String> log = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            log.add("{\"reviewerID\": \"u%d\", \"asin\": \"000%d\", \"overall\": %d.0, \"unixReviewTime\": %d}"
                    .formatted(i % 4, i / 4, 1 + i % 5, 86_400 * i));
        }
        gzip(folder.resolve("reviews.json.gz"), log);
        gzip(
                folder.resolve("meta.json.gz"),
                List.of(
                        "{'asin': '0001', 'title': \"Player's strings\", 'price': 14.35, 'salesRank': {'Music': 7},"
                                + " 'categories': [['Instruments', 'Guitars'], ['Instruments']], 'brand': 'Acme'}",
                        "{'asin': '0002', 'title': 'The player\\'s pick'}"));

        run(configuration(
                "source.format=amazon-2014",
                "source.reviews=" + folder + "/reviews.json.gz",
                "source.items=" + folder + "/meta.json.gz",
                "prepare.kcore=0"));

        Row strings = examples().where("itemId = '0001'").first().getAs("target");
        assertThat(strings.<String>getAs("title")).isEqualTo("Player's strings");
        assertThat(strings.<String>getAs("price")).isEqualTo("14.35");
        assertThat(strings.getList(strings.fieldIndex("categories"))).isEqualTo(List.of("Instruments", "Guitars"));
        Row pick = examples().where("itemId = '0002'").first().getAs("target");
        assertThat(pick.<String>getAs("title")).isEqualTo("The player's pick");
    }

    @Test
    void aDamagedFileIsNamed() throws IOException {
        gzip(
                folder.resolve("log.json.gz"),
                randomLog(1).stream().map(PrepareJobTest::line).toList());
        byte[] whole = Files.readAllBytes(folder.resolve("log.json.gz"));
        Files.write(folder.resolve("log.json.gz"), Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() ->
                        run(configuration("source.format=amazon-2014", "source.reviews=" + folder + "/log.json.gz")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageMatching(
                        "source.reviews: .*log.json.gz cannot be read: .*; is a file damaged or incomplete\\?");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void itemsJoinTheirReviews() throws IOException {
        Files.write(
                folder.resolve("items.json"),
                List.of(
                        "{\"id\":\"i1\",\"name\":\"Strings\",\"cats\":[\"Guitars\",\"Parts\",\"Guitars\"],\"cost\":4.95}",
                        "{\"id\":\"i1\",\"cost\":9}",
                        "{\"id\":\"i2\",\"name\":\"Pick\"}"));
        prepare(
                randomLog(12),
                "prepare.kcore=0",
                "source.items=" + folder + "/items.json",
                "source.columns.itemId=id",
                "source.columns.title=upper(name)",
                "source.columns.categories=cats",
                "source.columns.price=cost");
        Row target = examples().where("itemId = 'i1'").first().getAs("target");
        assertThat(target.<String>getAs("title")).isEqualTo("STRINGS");
        assertThat(target.getList(target.fieldIndex("categories"))).isEqualTo(List.of("Guitars", "Parts"));
        assertThat(target.<String>getAs("price")).isEqualTo("4.95");
        assertThat(target.<String>getAs("brand")).isNull();
        assertThat(examples()
                        .where("itemId = 'i3' AND target IS NOT NULL AND target.title IS NULL")
                        .count())
                .isPositive();
        assertThat(examples()
                        .where("exists(userHistory, e -> e.itemId = 'i2' AND e.title = 'PICK')")
                        .count())
                .isPositive();
        assertThat(examples()
                        .where("exists(userHistory, e -> e.itemId = 'i2' AND e.title IS NULL)")
                        .count())
                .isZero();
    }

    // ---- helpers

    /** Few users and items and coarse times, so that repeats and ties are common. */
    private static List<Review> randomLog(long seed) {
        Random random = new Random(seed);
        List<Review> log = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            String user = "u" + (int) Math.floor(Math.pow(random.nextDouble(), 2) * 25);
            String item = "i" + random.nextInt(15);
            double rating = 1 + random.nextInt(9) / 2.0;
            long time = 86_400L * random.nextInt(60);
            log.add(new Review(
                    user, item, rating, time, "Review " + i + ": \"%s\", zoë".formatted(random.nextInt(1000))));
        }
        return log;
    }

    private static String line(Review review) {
        return JSON.createObjectNode()
                .put("u", review.user())
                .put("i", review.item())
                .put("s", review.rating())
                .put("t", review.time())
                .put("r", review.text())
                .toString();
    }

    @Test
    void aRepeatedCallKeepsTheCompleteDataSetOfTheSameSettings() throws IOException {
        List<Review> log = randomLog(5);
        String[] settings = {"prepare.kcore=0", "seed=4"};
        prepare(log, settings);
        String made = Files.readString(folder.resolve("data/data.json"));
        ifMissing(Period.ALWAYS, settings);
        assertThat(said()).contains("examples, made with the same settings: nothing to do");
        assertThat(folder.resolve("data/data.json")).hasContent(made);
        assertThatThrownBy(() -> ifMissing(Period.ALWAYS, "prepare.kcore=0", "seed=5"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(
                        "--if-missing: " + folder + "/data is another data set: seed was 4 there and is 5 here");
        assertThatThrownBy(() -> ifMissing(Period.of(Optional.empty(), Optional.of("2030-01-01")), settings))
                .hasMessageContaining("--until was \"\" there and is \"2030-01-01T00:00:00Z\" here");
        assertThatThrownBy(() -> ifMissing(Period.ALWAYS, "prepare.kcore=0", "seed=4", "source.filter=s > 1"))
                .hasMessageContaining("source.filter was \"\" there");
        ifMissing(Period.ALWAYS, "prepare.kcore=0", "seed=5", "paths.data=other");
        assertThat(folder.resolve("other/data.json")).exists();
    }

    private void ifMissing(Period period, String... settings) {
        new PrepareJob(new PrintStream(said, true, StandardCharsets.UTF_8), period, Optional.empty(), true)
                .run(SparkTest.spark(), configuration(settings));
    }

    private static void write(Path file, List<Review> log) throws IOException {
        Files.write(file, log.stream().map(PrepareJobTest::line).toList());
    }

    private static void gzip(Path file, List<String> lines) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
        }
    }

    private void prepare(List<Review> log, String... settings) throws IOException {
        write(folder.resolve("log.json"), log);
        run(configuration(settings));
    }

    private Configuration configuration(String... settings) {
        String yaml =
                """
                name: %s
                paths: {root: %s}
                source:
                  minTime: 1970-01-01
                  format: json
                  reviews: %s/log.json
                  columns: {user: u, item: i, rating: s, time: t, review: r}
                """
                        .formatted(NAME, folder, folder);
        return JobSettings.SECTIONS.read("test", yaml, List.of(settings));
    }

    private void run(Configuration configuration) {
        new PrepareJob(new PrintStream(said, true, StandardCharsets.UTF_8)).run(SparkTest.spark(), configuration);
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    private PreparedData data() {
        return PreparedData.read(SparkTest.spark(), folder + "/data");
    }

    private Dataset<Row> examples() {
        return PreparedData.examples(SparkTest.spark(), folder + "/data");
    }

    private Map<String, Expected> written() {
        return written("data");
    }

    private Map<String, Expected> written(String data) {
        Map<String, Expected> rows = new HashMap<>();
        for (Row row :
                PreparedData.examples(SparkTest.spark(), folder + "/" + data).collectAsList()) {
            String id = row.getAs("rowId");
            long seconds = row.getTimestamp(row.fieldIndex("time")).toInstant().getEpochSecond();
            assertThat(id).isEqualTo(RowId.of(NAME, row.getAs("userId"), row.getAs("itemId"), seconds));
            assertThat(row.<Boolean>getAs("seenUser")).isEqualTo(row.<Long>getAs("nUser") > 0);
            assertThat(row.<Boolean>getAs("seenItem")).isEqualTo(row.<Long>getAs("nItem") > 0);
            rows.put(
                    id,
                    new Expected(
                            id,
                            row.getAs("split"),
                            row.getAs("truth"),
                            texts(row, "userHistory"),
                            texts(row, "itemHistory"),
                            mean(row, "userMean"),
                            mean(row, "itemMean"),
                            row.getAs("nUser"),
                            row.getAs("nItem")));
        }
        return rows;
    }

    private static List<String> texts(Row row, String history) {
        return row.<Row>getList(row.fieldIndex(history)).stream()
                .map(entry -> entry.<String>getAs("review"))
                .toList();
    }

    private static OptionalDouble mean(Row row, String column) {
        Double mean = row.getAs(column);
        return mean == null ? OptionalDouble.empty() : OptionalDouble.of(mean);
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
