package io.recthink.spark.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JSON that is not one object a line, and what calls itself JSON. */
class JsonShapesTest {
    private static final String ROW = "{\"user\":\"%s\",\"item\":\"x\",\"rating\":4,\"time\":1500000000}";
    private static final String PRETTY =
            "{\n  \"user\": \"%s\",\n  \"item\": \"x\",\n  \"rating\": 4,\n  \"time\": 1500000000\n}";

    @TempDir
    Path folder;

    private LogFiles files;

    @BeforeEach
    void open() {
        files = new LogFiles(folder);
    }

    @Test
    void anArrayIsReadByItsElements() {
        assertUsers("[" + ROW.formatted("a") + ", " + ROW.formatted("b") + "]");
        assertUsers("[\n" + PRETTY.formatted("a") + ",\n" + PRETTY.formatted("b") + "\n]");
    }

    @Test
    void printedObjectsAreReadOneAfterTheOther() {
        assertUsers(PRETTY.formatted("a") + "\n" + PRETTY.formatted("b"));
        assertUsers(PRETTY.formatted("a") + PRETTY.formatted("b"));
    }

    @Test
    void aCompressedArrayIsReadToo() throws IOException {
        Path file = folder.resolve("log.json.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(("[" + ROW.formatted("a") + "," + ROW.formatted("b") + "]").getBytes(StandardCharsets.UTF_8));
        }
        assertThat(files.reviews(file, "source.format=json"))
                .extracting(row -> row.getAs("userId"))
                .containsExactly("a", "b");
    }

    @Test
    void anArrayThatEndsTooEarlyIsRefused() {
        Path file = files.write("log.json", "[" + ROW.formatted("a") + ",", "{\"user\": \"b\", \"item\": ");
        assertThatThrownBy(() -> files.reviews(file, "source.format=json")).satisfies(thrown -> assertThat(
                        Analysis.cause(thrown, InvalidInputException.class))
                .hasValueSatisfying(cause -> assertThat(cause).hasMessageContaining("is not valid JSON after line")));
    }

    @Test
    void oddLinesDoNotMakeAFileOfLinesAnother() {
        Path file = files.write("log.json", "{\"user\": \"a\",", ROW.formatted("b"), "[]", ROW.formatted("c"));
        assertThat(LogFiles.reasons(files.reviews(file, "source.format=json")))
                .isEqualTo(Map.of("usable", 2, Reason.UNPARSED, 2));
    }

    @Test
    void linesInPythonsNotationAreRead() {
        Path file = files.write(
                "meta.json",
                "{'asin': 'x', 'title': 'Caf\\xe9 \"x\" isn\\'t', 'price': None, 'brand': u'\\u00c9clair', 'categories': [['A', 'B']], 'related': {'x': True}}",
                "{'asin': 'y', 'title': \"it's\", 'price': 9.99, 'salesRank': {'Books': 17L}, 'also': ('a', 'b')}",
                "{\"asin\": \"z\", \"title\": \"Zed\"}",
                "{'asin': 'broken', 'title': 'no end",
                "{'title': 'nameless'}");
        List<Row> rows = files.descriptions(file, "source.format=amazon-2014");
        assertThat(LogFiles.reasons(rows)).isEqualTo(Map.of("usable", 3, Reason.UNPARSED, 1, "item is missing", 1));
        Row cafe = rows.get(0).getAs("target");
        assertThat(cafe.<String>getAs("title")).isEqualTo("Café \"x\" isn't");
        assertThat(cafe.<String>getAs("brand")).isEqualTo("Éclair");
        assertThat(cafe.<String>getAs("price")).isNull();
        assertThat(cafe.<String>getList(cafe.fieldIndex("categories"))).containsExactly("A", "B");
        assertThat(rows.get(1).<Row>getAs("target").<String>getAs("title")).isEqualTo("it's");
        assertThat(rows.get(3).<String>getAs("record")).isEqualTo("{'asin': 'broken', 'title': 'no end");
    }

    private void assertUsers(String json) {
        assertThat(files.reviews(files.write("log.json", json), "source.format=json"))
                .extracting(row -> row.getAs("userId"))
                .containsExactly("a", "b");
    }
}
