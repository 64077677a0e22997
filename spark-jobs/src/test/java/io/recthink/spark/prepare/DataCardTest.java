package io.recthink.spark.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.model.ModelTokenizer;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.page.Browser;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.Splits;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the card says, counted again from the table and the log. */
class DataCardTest {
    private static final Path MODEL = Path.of("../conf/quickstart-policy").toAbsolutePath();
    private static final int ROWS = 300;

    @TempDir
    static Path folder;

    private static JsonNode card;
    private static List<Row> examples;
    private static List<String> reviews;

    @BeforeAll
    static void prepare() throws IOException {
        Random random = new Random(5);
        List<String> log = new ArrayList<>();
        reviews = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            int user = (int) Math.floor(Math.pow(random.nextDouble(), 3) * 40);
            String review = "word ".repeat(1 + random.nextInt(30)).strip();
            reviews.add(review);
            // Items are new each time, so that no row is a repetition.
            log.add("{\"user\":\"u%d\",\"item\":\"i%d\",\"rating\":%d,\"time\":%d,\"review\":\"%s\"}"
                    .formatted(user, i / 6, 1 + random.nextInt(5), 86_400L * random.nextInt(400), review));
        }
        Files.write(folder.resolve("log.json"), log);
        run(configuration());
        card = new ObjectMapper().readTree(Files.readString(folder.resolve("data/data-card.json")));
        examples = PreparedData.examples(SparkTest.spark(), folder + "/data").collectAsList();
    }

    @Test
    void rowsFallIntoTheBucketsOfTheirHistories() {
        for (String split : Splits.ALL) {
            for (String[] side : new String[][] {{"users", "nUser"}, {"items", "nItem"}}) {
                JsonNode buckets = card.at("/splits/" + split + "/" + side[0]);
                assertThat(buckets.get("0").asLong()).isEqualTo(count(split, row -> n(row, side[1]) == 0));
                assertThat(buckets.get("1-4").asLong())
                        .isEqualTo(count(split, row -> n(row, side[1]) >= 1 && n(row, side[1]) <= 4));
                assertThat(buckets.get("5-19").asLong())
                        .isEqualTo(count(split, row -> n(row, side[1]) >= 5 && n(row, side[1]) <= 19));
                assertThat(buckets.get("20+").asLong()).isEqualTo(count(split, row -> n(row, side[1]) >= 20));
            }
        }
        assertThat(card.at("/splits/test/users/20+").asLong()).isPositive();
    }

    @Test
    void paperLikeRowsHaveBothSidesAndFiveTogether() {
        assertThat(card.at("/splits/test/paperLike").asLong())
                .isEqualTo(count(
                        "test",
                        row -> n(row, "nUser") > 0 && n(row, "nItem") > 0 && n(row, "nUser") + n(row, "nItem") >= 5))
                .isPositive();
    }

    @Test
    void theTimeLineHasEveryRowOnce() {
        assertThat(card.at("/timeLine/unit").asText()).isEqualTo("week");
        JsonNode bins = card.at("/timeLine/bins");
        for (String split : Splits.ALL) {
            long rows = 0;
            for (JsonNode bin : bins) {
                rows += bin.at("/rows/" + split).asLong();
            }
            assertThat(rows).isEqualTo(count(split, row -> true));
        }
        assertThat(bins.get(0).get("from").asText()).isEqualTo("1969-12-29T00:00:00Z"); // a Monday
        assertThat(card.at("/splits/train/first").asText()).startsWith("1970-01-0");
        assertThat(card.at("/splits/test/last").asText()).startsWith("1971-0");
    }

    @Test
    void tiesAreCounted() {
        for (String side : List.of("user", "item")) {
            Map<List<Object>, Long> moments = examples.stream()
                    .collect(Collectors.groupingBy(
                            row -> List.of(row.getAs(side + "Id"), row.<Object>getAs("time")), Collectors.counting()));
            long tied = moments.values().stream()
                    .filter(rows -> rows > 1)
                    .mapToLong(rows -> rows)
                    .sum();
            assertThat(tied).isPositive();
            assertThat(card.at("/ties/" + side + "/rows").asLong()).isEqualTo(tied);
            assertThat(card.at("/ties/" + side + "/share").asDouble()).isEqualTo((double) tied / examples.size());
        }
    }

    @Test
    void withoutAModelWordsAreCounted() {
        assertThat(card.at("/lengths/unit").asText()).isEqualTo("words");
        assertThat(card.at("/lengths/model").asText()).isEmpty();
        JsonNode review = card.at("/lengths/texts/review/train");
        assertThat(review.get("max").asInt()).isEqualTo(30);
        assertThat(review.get("p50").asInt()).isBetween(12, 19);
        assertThat(card.at("/lengths/texts/prompt/train/p50").asInt())
                .isGreaterThan(100)
                .isLessThan(card.at("/lengths/texts/prompt/train/max").asInt());
    }

    @Test
    void withAModelItsTokensAreCounted() throws IOException {
        run(configuration("paths.model=" + MODEL, "paths.data=tokens"));
        JsonNode lengths = new ObjectMapper()
                .readTree(Files.readString(folder.resolve("tokens/data-card.json")))
                .get("lengths");
        assertThat(lengths.get("unit").asText()).isEqualTo("tokens");
        assertThat(lengths.get("model").asText()).isEqualTo(MODEL.toString());
        long longest = 0;
        for (String split : Splits.ALL) {
            longest = Math.max(
                    longest, lengths.at("/texts/review/" + split + "/max").asLong());
        }
        try (ModelTokenizer tokenizer = ModelTokenizer.open(MODEL)) {
            assertThat(longest)
                    .isEqualTo(reviews.stream()
                            .mapToInt(review -> tokenizer.encode(review).length)
                            .max()
                            .orElseThrow());
        }
        assertThat(lengths.at("/texts/prompt/test/p50").asLong()).isGreaterThan(longest);
    }

    @Test
    void aModelThatCannotBeUsedStopsTheJobBeforeItWrites() throws IOException {
        Path broken = Files.createDirectories(folder.resolve("broken"));
        Files.writeString(broken.resolve("tokenizer.json"), "{}");
        assertThatThrownBy(() -> run(configuration("paths.model=broken", "paths.data=never")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(broken.toString());
        assertThat(folder.resolve("never")).doesNotExist();
    }

    // ---- the page

    @Test
    void pageNeedsNothingFromElsewhereAndRunsNothing() throws IOException {
        assertThat(page())
                .startsWith("<!DOCTYPE html>")
                .doesNotContainPattern("(src|href)\\s*=")
                .doesNotContain("@import", "url(", "<script")
                .contains("default-src 'none'");
    }

    @Test
    void pageShowsWhatTheCardSays() throws IOException {
        assertThat(page())
                .contains(
                        "<h1>card</h1>",
                        "Rows over time",
                        "Lengths in words",
                        "Ties in time",
                        "validation from "
                                + card.at("/split/validationFrom").asText().substring(0, 10),
                        "pools are disjoint and contain train rows only",
                        card.get("sha256").asText(),
                        card.at("/ties/user/rows").asText() + " rows</title>")
                .doesNotContain("class=\"warning\"");
    }

    @Test
    void pageOfALeakySplitWarnsBeforeAnyNumber() throws IOException {
        run(configuration("name=<shop>", "prepare.split=random", "paths.data=random"));
        String page = Files.readString(folder.resolve("random/data-card.html"));
        assertThat(page)
                .contains("<strong>random split (leaky): </strong>train rows, of the same user too", "&lt;shop&gt;")
                .doesNotContain("<shop>", "class=\"cut\"");
        assertThat(page.indexOf("random split (leaky): ")).isLessThan(page.indexOf("Which rows are there?"));
    }

    @Test
    void browserDrawsThePicturesAndFitsAPhone() throws IOException, InterruptedException {
        Optional<Browser> browser = Browser.find();
        assumeThat(browser).as("chromium on the PATH, to draw the page").isPresent();
        for (int width : new int[] {390, 1200}) {
            Path picture = folder.resolve(width + ".png");
            Browser.Drawing drawing = browser.orElseThrow().draw(folder.resolve("data/data-card.html"), width, picture);
            assertThat(drawing.contentWidth())
                    .as("content at a width of %d", width)
                    .isLessThanOrEqualTo(width);
            Map<Integer, Long> pixels = pixels(ImageIO.read(picture.toFile()));
            for (int colour : List.of(0x2457a6, 0xd1690e, 0x16856b)) { // of train, validation and test
                assertThat(pixels.getOrDefault(colour, 0L))
                        .as("bars of the colour %06x at a width of %d", colour, width)
                        .isGreaterThan(2000);
            }
        }
    }

    private static Map<Integer, Long> pixels(BufferedImage picture) {
        return Arrays.stream(picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth()))
                .mapToObj(pixel -> pixel & 0xffffff)
                .collect(Collectors.groupingBy(pixel -> pixel, Collectors.counting()));
    }

    private static String page() throws IOException {
        return Files.readString(folder.resolve("data/data-card.html"));
    }

    private static long n(Row row, String column) {
        return row.<Long>getAs(column);
    }

    private static long count(String split, Predicate<Row> condition) {
        return examples.stream()
                .filter(row -> Objects.equals(row.getAs("split"), split))
                .filter(condition)
                .count();
    }

    private static Configuration configuration(String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "name=card",
                "paths.root=" + folder,
                "source.format=json",
                "source.reviews=" + folder + "/log.json",
                "source.columns.review=review",
                "source.minTime=1970-01-01",
                "prepare.kcore=0"));
        settings.addAll(Arrays.asList(more));
        return JobSettings.SECTIONS.read("test", "", settings);
    }

    private static void run(Configuration configuration) {
        new PrepareJob(new PrintStream(OutputStream.nullOutputStream())).run(SparkTest.spark(), configuration);
    }
}
