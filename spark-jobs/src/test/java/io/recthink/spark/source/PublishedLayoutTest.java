package io.recthink.spark.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines as the publishers write them. */
class PublishedLayoutTest {
    private static final List<String> REVIEW =
            List.of("userId", "itemId", "rating", "unix_micros(time)", "summary", "review", "reason");
    private static final List<String> ITEM = List.of(
            "itemId", "target.title", "target.categories", "target.brand", "target.price", "target.description");

    @TempDir
    private Path folder;

    @Test
    void amazon2018() throws IOException {
        write(
                "reviews.json",
                """
                {"overall": 5.0, "verified": true, "reviewTime": "06 17, 2018", "reviewerID": "A31", "asin": "B004", "style": {"Gift Amount:": " 50"}, "reviewText": "Another great gift.", "summary": "Five Stars", "unixReviewTime": 1529193600}
                {"overall": "four", "reviewerID": "A32", "asin": "B004", "style": 7, "unixReviewTime": 1529193600}
                """);
        write(
                "items.json",
                """
                {"category": ["Gift Cards", "Gift Cards", "Cards"], "description": ["One.", "Two."], "title": " eGift Card", "brand": "", "price": "$12.99", "asin": "B004", "details": {"ASIN:": "B004"}}
                {"category": "no list", "description": [], "title": "Odd", "asin": "B005"}
                """);
        assertThat(reviews("amazon-2018", "reviews.json"))
                .containsExactly(
                        "A31|B004|5.0|1529193600000000|Five Stars|Another great gift.|null",
                        "A32|B004|null|null|null|null|rating is not a number");
        assertThat(items("amazon-2018", "items.json"))
                .containsExactly(
                        "B004| eGift Card|[Gift Cards, Cards]|null|$12.99|One. Two.", "B005|Odd|null|null|null|null");
    }

    @Test
    void amazon2023() throws IOException {
        write(
                "reviews.jsonl",
                """
                {"rating": 4.0, "title": "Pretty", "text": "A bow.", "images": [], "asin": "B1", "parent_asin": "B0", "user_id": "AE3", "timestamp": 1627679830425, "helpful_vote": 0, "verified_purchase": true}
                {"rating": 3.0, "parent_asin": "B0", "user_id": "AE4", "timestamp": "yesterday"}
                """);
        write(
                "items.jsonl",
                """
                {"main_category": "Beauty", "title": "Bow", "parent_asin": "B0", "price": null, "store": "Acme", "categories": ["All Beauty"], "description": ["A", "B"]}
                """);
        assertThat(reviews("amazon-2023", "reviews.jsonl"))
                .containsExactly(
                        "AE3|B0|4.0|1627679830425000|Pretty|A bow.|null",
                        "AE4|B0|3.0|null|null|null|time cannot be read");
        assertThat(items("amazon-2023", "items.jsonl")).containsExactly("B0|Bow|[All Beauty]|Acme|null|A B");
    }

    @Test
    void yelp() throws IOException {
        write(
                "review.json",
                """
                {"review_id": "0z", "user_id": "-2B", "business_id": "9z", "stars": 5.0, "useful": 2, "text": "Great pizza.", "date": "2005-07-15 16:50:15"}
                """);
        write(
                "business.json",
                """
                {"business_id": "9z", "name": "The Bricks", "city": "Tampa", "state": "FL", "stars": 4.0, "attributes": {"HasTV": "True"}, "categories": "Pizza, Bars"}
                """);
        assertThat(reviews("yelp", "review.json"))
                .containsExactly("-2B|9z|5.0|1121446215000000|null|Great pizza.|null");
        assertThat(items("yelp", "business.json")).containsExactly("9z|The Bricks|[Pizza, Bars]|null|null|Tampa, FL");
    }

    @Test
    void movieLensWithAndWithoutHeader() throws IOException {
        write(
                "ratings.csv",
                """
                userId,movieId,rating,timestamp
                1,31,2.5,1260759144
                1,1029,0.5,x
                """);
        write(
                "movies.csv",
                """
                movieId,title,genres
                31,"Dangerous Minds, the ""film"" (1995)",Drama|Crime
                """);
        Files.write(folder.resolve("ratings.dat"), "1::1193::5::978300760\n".getBytes(StandardCharsets.ISO_8859_1));
        Files.write(
                folder.resolve("movies.dat"),
                "1193::Les Misérables (1995)::Drama|Musical\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(reviews("movielens", "ratings.csv"))
                .containsExactly(
                        "1|31|2.5|1260759144000000|null|null|null", "1|1029|0.5|null|null|null|time cannot be read");
        assertThat(items("movielens", "movies.csv"))
                .containsExactly("31|Dangerous Minds, the \"film\" (1995)|[Drama, Crime]|null|null|null");
        assertThat(reviews("movielens", "ratings.dat")).containsExactly("1|1193|5.0|978300760000000|null|null|null");
        assertThat(items("movielens", "movies.dat"))
                .containsExactly("1193|Les Misérables (1995)|[Drama, Musical]|null|null|null");
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text);
    }

    private List<String> reviews(String format, String file) {
        return lines(reader(format, file).reviews(), REVIEW);
    }

    private List<String> items(String format, String file) {
        return lines(LogReader.items(reader(format, file).descriptions()).orderBy("itemId"), ITEM);
    }

    private LogReader reader(String format, String file) {
        SparkTest.spark().conf().set("spark.sql.session.timeZone", "UTC");
        Configuration configuration = JobSettings.SECTIONS.read(
                "test",
                "",
                List.of(
                        "source.format=" + format,
                        "source.minRating=0.5",
                        "source.reviews=" + folder.resolve(file),
                        "source.items=" + folder.resolve(file)));
        return new LogReader(SparkTest.spark(), configuration, Period.ALWAYS, note -> {});
    }

    private static List<String> lines(Dataset<Row> table, List<String> columns) {
        List<String> lines = new ArrayList<>();
        for (Row row : table.selectExpr(columns.toArray(String[]::new)).collectAsList()) {
            List<String> values = new ArrayList<>();
            for (int i = 0; i < row.size(); i++) {
                values.add(String.valueOf(
                        row.get(i) instanceof scala.collection.Seq<?> ? row.<Object>getList(i) : row.get(i)));
            }
            lines.add(String.join("|", values));
        }
        return lines;
    }
}
