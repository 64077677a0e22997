package io.recthink.spark.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.table.PreparedData;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real reviews, where they lie beside the project. */
class PublishedDataTest {
    private static final Path REVIEWS = shared("amazon-2014/reviews_Musical_Instruments_5.json.gz");
    private static final Path ITEMS = shared("amazon-2014/meta_Musical_Instruments.json.gz");

    @TempDir
    Path folder;

    @Test
    void preparesMusicalInstruments() throws Exception {
        assumeTrue(Files.exists(REVIEWS), "no Amazon 2014 reviews at " + REVIEWS);
        Configuration configuration = JobSettings.SECTIONS.read(
                "test",
                "",
                List.of(
                        "name=instruments",
                        "paths.root=" + folder,
                        "source.reviews=" + REVIEWS,
                        "source.items=" + ITEMS));
        ByteArrayOutputStream said = new ByteArrayOutputStream();

        new PrepareJob(new PrintStream(said, true, StandardCharsets.UTF_8))
                .run(SparkTest.compiledSession(), configuration);

        PreparedData data = PreparedData.read(SparkTest.spark(), folder + "/data");
        assertThat(data.rows()).isEqualTo(10_261);
        assertThat(data.splits()).isEqualTo(Map.of("train", 8_208L, "validation", 1_021L, "test", 1_032L));
        JsonNode card = new ObjectMapper().readTree(Files.readString(folder.resolve("data/data-card.json")));
        assertThat(card.at("/counts/users").asLong()).isEqualTo(1_429);
        assertThat(card.at("/counts/items").asLong()).isEqualTo(900);
        assertThat(card.get("quarantined")).isEmpty();
        assertThat(stars(card)).containsExactly(217L, 250L, 772L, 2_084L, 6_938L);
        assertThat(PreparedData.examples(SparkTest.spark(), folder + "/data")
                        .where("target.title IS NOT NULL")
                        .select("itemId")
                        .distinct()
                        .count())
                .isEqualTo(387);
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("leak tests passed", "10,261 rows, 1,429 users, 900 items");
    }

    /** Counts as the publishers' files have them; a k-core of 0 keeps every first rating. */
    @ParameterizedTest
    @CsvSource({
        "amazon-2018, amazon-2018/Gift_Cards_5.json.gz, amazon-2018/meta_Gift_Cards.json.gz, 2972, 458, 148",
        "amazon-2023, amazon-2023/reviews.jsonl.gz, amazon-2023/meta.jsonl.gz, 3455, 354, 3228",
        "yelp, yelp/yelp_academic_dataset_review.json.gz, yelp/yelp_academic_dataset_business.json.gz, 4362, 1711, 515",
        "movielens, movielens/ratings.csv.gz, movielens/movies.csv.gz, 100836, 610, 9724",
    })
    void preparesTheOtherReleases(String format, String reviews, String items, long read, long users, long itemCount)
            throws Exception {
        assumeTrue(Files.exists(shared(reviews)), "no reviews at " + shared(reviews));
        Configuration configuration = JobSettings.SECTIONS.read(
                "test",
                "",
                List.of(
                        "name=" + format,
                        "paths.root=" + folder,
                        "source.format=" + format,
                        "source.minRating=0.5",
                        "source.reviews=" + shared(reviews),
                        "source.items=" + shared(items),
                        "prepare.kcore=0"));

        new PrepareJob(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8))
                .run(SparkTest.compiledSession(), configuration);

        JsonNode card = new ObjectMapper().readTree(Files.readString(folder.resolve("data/data-card.json")));
        assertThat(card.at("/counts/read").asLong()).isEqualTo(read);
        assertThat(card.at("/counts/users").asLong()).isEqualTo(users);
        assertThat(card.at("/counts/items").asLong()).isEqualTo(itemCount);
        assertThat(card.get("quarantined")).isEmpty();
        Dataset<Row> titles =
                PreparedData.examples(SparkTest.spark(), folder + "/data").where("target.title IS NOT NULL");
        assertThat(titles.count() / (double) read).isBetween(0.65, 1.0);
    }

    private static List<Long> stars(JsonNode card) {
        List<Long> stars = new ArrayList<>();
        for (String rating : List.of("1.0", "2.0", "3.0", "4.0", "5.0")) {
            long rows = 0;
            for (String split : List.of("train", "validation", "test")) {
                rows += card.at("/splits/" + split + "/ratings/" + rating).asLong();
            }
            stars.add(rows);
        }
        return stars;
    }

    private static Path shared(String name) {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path data = at.resolveSibling("shared/data").resolve(name);
            if (at.getFileName() != null && Files.exists(data)) {
                return data;
            }
        }
        return Path.of("../shared/data").resolve(name);
    }
}
