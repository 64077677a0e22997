package io.recthink.spark.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CSV as other programs write it. */
class SeparatedValuesTest {
    private static final String[] CSV = {"source.format=csv", "source.columns.review=review"};

    @TempDir
    Path folder;

    private LogFiles files;

    @BeforeEach
    void open() {
        files = new LogFiles(folder);
    }

    @Test
    void aFileWithoutHeaderIsRefusedUntilItIsSaid() {
        Path file = files.write("ratings", "a\tx\t4\t1500000000", "b\ty\t5\t1500000001");
        assertThatThrownBy(() -> files.reviews(file, "source.format=csv", "source.csv.separator=tab"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("source.columns.user: 'user' reads no column of a, x, 4, 1500000000 (")
                .hasMessageContaining("source.csv.header");

        List<Row> rows = files.reviews(
                file,
                "source.format=csv",
                "source.csv.separator=tab",
                "source.csv.header=false",
                "source.columns.user=_c0",
                "source.columns.item=_c1",
                "source.columns.rating=_c2",
                "source.columns.time=_c3");
        assertThat(rows).extracting(row -> row.getAs("userId")).containsExactly("a", "b");
    }

    @Test
    void theWrongSeparatorIsSuspected() {
        Path file = files.write("semicolons.csv", "user;item;rating;time", "a;x;4;1500000000");
        assertThatThrownBy(() -> files.reviews(file, "source.format=csv"))
                .hasMessageContaining("source.csv.separator ','")
                .hasMessageContaining("which finds a single column");
        assertThat(files.reviews(file, "source.format=csv", "source.csv.separator=;"))
                .hasSize(1);
    }

    @Test
    void aCharacterSetIsReadAsNamed() {
        Path file = files.write(
                "latin.csv", StandardCharsets.ISO_8859_1, "user,item,rating,time,review", "é,x,4,1500000000,schön");
        assertThat(LogFiles.reasons(files.reviews(file, CSV))).isEqualTo(Map.of("user holds a damaged character", 1));
        Row row = files.reviews(
                        file, "source.format=csv", "source.columns.review=review", "source.csv.encoding=ISO-8859-1")
                .get(0);
        assertThat(row.<String>getAs("userId")).isEqualTo("é");
        assertThat(row.<String>getAs("review")).isEqualTo("schön");
        assertThatThrownBy(() -> files.reviews(file, "source.csv.encoding=latin-9000"))
                .hasMessageContaining("source.csv.encoding must be a character set");
    }

    @Test
    void theFileDecidesHowQuotesAreWritten() {
        Path backslashes = files.write(
                "spark.csv", "user,item,rating,time,review", "a,x,4,1500000000,\"he said \\\"no\\\", twice\"");
        assertThat(files.reviews(backslashes, CSV).get(0).<String>getAs("review"))
                .isEqualTo("he said \"no\", twice");
        assertThat(files.notes()).singleElement().asString().contains("writes quotes behind backslashes");

        Path doubled = files.write(
                "excel.csv", "user,item,rating,time,review", "a,x,4,1500000000,\"he said \"\"no\"\", twice\"");
        assertThat(files.reviews(doubled, CSV).get(0).<String>getAs("review")).isEqualTo("he said \"no\", twice");
        Path folderName = files.write(
                "path.csv",
                "user,item,rating,time,review",
                "a,x,4,1500000000,\"in C:\\\"",
                "b,x,4,1500000000,\"D:\\\"");
        assertThat(files.reviews(folderName, CSV))
                .extracting(row -> row.getAs("review"))
                .containsExactly("in C:\\", "D:\\");
        assertThat(files.notes()).hasSize(1);
    }

    @Test
    void rowsThatAnOpenQuoteSwallowedAreCounted() {
        List<String> lines = new ArrayList<>(List.of("user,item,rating,time,review"));
        for (int i = 0; i < 40; i++) {
            lines.add("u%d,i%d,4,15000000%02d,%s".formatted(i, i, i, i == 10 ? "\"never closed" : "fine"));
        }
        Map<String, Integer> reasons =
                LogFiles.reasons(files.reviews(files.write("open.csv", lines.toArray(String[]::new)), CSV));
        assertThat(reasons).containsEntry("usable", 10).containsEntry(Reason.SWALLOWED, 29);
        assertThat(reasons.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(40);

        lines.set(20, "u19,i19,4,1500000019,closed\" here");
        List<Row> rows = files.reviews(files.write("closed.csv", lines.toArray(String[]::new)), CSV);
        assertThat(LogFiles.reasons(rows).get(Reason.SWALLOWED)).isGreaterThanOrEqualTo(8);
        assertThat(rows)
                .filteredOn(row -> Reason.SWALLOWED.equals(row.getAs("reason")))
                .first()
                .satisfies(row -> assertThat(row.<String>getAs("record")).isEqualTo("u11,i11,4,1500000011,fine"));
    }

    @Test
    void proseOfSeveralLinesIsNoSwallowedRow() {
        Path file = files.write(
                "prose.csv",
                "user,item,rating,time,review",
                "a,x,4,1500000000,\"first line",
                "one, two, three, four, five",
                "4 stars, 5 strings, 6 frets, 7 knobs, bad\"",
                "b,x,5,1500000001,fine");
        assertThat(LogFiles.reasons(files.reviews(file, CSV))).isEqualTo(Map.of("usable", 2));
    }

    @Test
    void commasInAFieldAreNoRow() {
        Path file = files.write(
                "commas.csv",
                "rating,item,user,time,review",
                "4,x,a,1500000000,\"10,000,000,1500000000,BC\"",
                "5,y,b,1500000001,fine");
        assertThat(LogFiles.reasons(files.reviews(file, CSV))).isEqualTo(Map.of("usable", 2));
    }

    @Test
    void foldersOfPartitionsAndOddNamesAreRead() throws IOException {
        for (String day : List.of("2017-07-14", "2017-07-15")) {
            Path part =
                    Files.createDirectories(folder.resolve("log/day=" + day)).resolve("part.csv");
            Files.writeString(part, "user,item,rating,time,`od.d`,review\na%s,x,4,1500000000,1,fine\n".formatted(day));
        }
        List<Row> rows = files.reviews(folder.resolve("log"), CSV[0], CSV[1], "source.filter=day >= '2017-07-15'");
        assertThat(rows).extracting(row -> row.getAs("userId")).containsExactly("a2017-07-15");
    }

    @Test
    void withoutQuotesEveryLineIsARow() {
        Path file = files.write(
                "bare.tsv",
                "user\titem\trating\ttime\treview",
                "a\tx\t4\t1500000000\t5\" speaker",
                "b\tx\t4\t1500000000\tok");
        assertThat(files.reviews(
                        file,
                        "source.format=csv",
                        "source.columns.review=review",
                        "source.csv.separator=tab",
                        "source.csv.quote=''"))
                .extracting(row -> row.getAs("review"))
                .containsExactly("5\" speaker", "ok");
    }
}
