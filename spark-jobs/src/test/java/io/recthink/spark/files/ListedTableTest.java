package io.recthink.spark.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.spark.SparkTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListedTableTest {
    private static final SparkSession SPARK = SparkTest.spark();

    @TempDir
    Path root;

    private String table;

    @BeforeEach
    void write() {
        table = root.resolve("table [1]").toString();
        ListedTable.write(SPARK.range(0, 9, 1, 3).toDF(), "paths.traces", table);
    }

    @Test
    void saysWhatItHolds() throws IOException {
        assertThat(Files.readString(Path.of(table, "_files.json"))).startsWith("{\n  \"format\" : 1,\n  \"rows\" : 9,");
        assertThat(ListedTable.requireContents(SPARK, "paths.traces", table)).hasValueSatisfying(files -> {
            assertThat(files.rows()).isEqualTo(9);
            assertThat(files.files()).hasSize(3);
        });
    }

    @Test
    void aFileThatIsMissingIsNamedAlsoBelowAPattern() throws IOException {
        ListedTable.requireAllWhole(SPARK, "paths.traces", root + "/*");
        Path part = part();
        Files.delete(part);
        for (String path : List.of(table, root + "/*", root + "/tab*")) {
            assertThatThrownBy(() -> ListedTable.requireAllWhole(SPARK, "paths.traces", path))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith("paths.traces: the table ")
                    .hasMessageContaining(
                            "does not match its _files.json: " + part.getFileName() + " is missing. Copy");
        }
    }

    @Test
    void aListThatCannotBeReadIsNoFolderWithoutOne() throws IOException {
        Path list = Path.of(table, "_files.json");
        for (String content : List.of("", "{\"rows\": ", "null", "{}", "{\"format\": 2}")) {
            Files.writeString(list, content);
            assertThatThrownBy(() -> ListedTable.requireAllWhole(SPARK, "paths.traces", table))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith("paths.traces: " + list)
                    .message()
                    .hasLineCount(1);
        }
        Files.delete(list);
        ListedTable.requireAllWhole(SPARK, "paths.traces", table);
        assertThat(ListedTable.requireContents(SPARK, "paths.traces", table)).isEmpty();
    }

    @Test
    void aPlaceWithoutATableIsLeftToWhoReadsIt() {
        ListedTable.requireAllWhole(SPARK, "paths.traces", root + "/none");
        ListedTable.requireAllWhole(SPARK, "paths.traces", root + "/none/*");
    }

    private Path part() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(table))) {
            return files.filter(file -> file.toString().endsWith(".parquet"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
