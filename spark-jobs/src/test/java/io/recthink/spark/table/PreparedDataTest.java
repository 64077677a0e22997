package io.recthink.spark.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.spark.SparkTest;
import io.recthink.spark.files.TableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreparedDataTest {
    private static final PreparedData DATA = new PreparedData(
            "music",
            1,
            5,
            "aa",
            "bb",
            10,
            Map.of("train", 8L, "validation", 1L, "test", 1L),
            Map.of("rl", 2L),
            1.0,
            SplitLabel.random());

    private static final SparkSession SPARK = SparkTest.spark();

    @TempDir
    Path folder;

    @Test
    void readsWhatItWrote() throws IOException {
        assertThat(PreparedData.exists(SparkTest.spark(), folder.toString())).isFalse();
        DATA.write(SparkTest.spark(), folder.toString());
        assertThat(PreparedData.exists(SparkTest.spark(), folder.toString())).isTrue();
        assertThat(PreparedData.read(SparkTest.spark(), folder.toString())).isEqualTo(DATA);
    }

    @Test
    void aFolderWithoutItIsNoDataSet() {
        assertThatThrownBy(() -> PreparedData.examples(SparkTest.spark(), folder.toString()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "paths.data: %s contains no prepared data (no data.json); run `recthink prepare` first",
                        folder);
    }

    @Test
    void aDataSetOfTheFirstVersionWasCutInTime() throws IOException {
        Files.writeString(
                folder.resolve("data.json"),
                """
                {"name": "music", "minRating": 1, "maxRating": 5, "sha256": "aa", "rowIdsSha256": "bb", "rows": 10,
                 "splits": {}, "pools": {}}
                """);
        SplitLabel split =
                PreparedData.read(SparkTest.spark(), folder.toString()).split();
        assertThat(split.kind()).isEqualTo(SplitKind.GLOBAL_TIME);
        assertThat(split.warning()).isEmpty();
        assertThat(split.validationFrom()).isNull();
    }

    @Test
    void aDamagedFileIsNamed() throws IOException {
        Files.writeString(folder.resolve("data.json"), "{\"name\":");
        assertThatThrownBy(() -> PreparedData.read(SparkTest.spark(), folder.toString()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("paths.data: " + folder + "/data.json cannot be read: ")
                .hasMessageContaining("Copy the data set again")
                .message()
                .hasLineCount(1);
    }

    @Test
    void aFileWithoutContentIsNamed() throws IOException {
        Files.writeString(folder.resolve("data.json"), "");
        assertThatThrownBy(() -> PreparedData.read(SPARK, folder.toString()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "paths.data: %s/data.json is empty: it was not written or copied completely. Copy the data set again,"
                                + " or set another paths.data and run `recthink prepare` again.",
                        folder);
    }

    @Test
    void aFileThatCannotBeReadIsNotTakenForAbsent() throws IOException {
        Files.createDirectory(folder.resolve("data.json"));
        assertThatThrownBy(() -> PreparedData.read(SPARK, folder.toString()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("paths.data: " + folder + "/data.json cannot be read: ");
    }

    @Test
    void aLaterFormatIsRefusedAndLaterKeysAreReadOver() throws IOException {
        DATA.write(SPARK, folder.toString());
        Path file = folder.resolve("data.json");
        String written = Files.readString(file);
        assertThat(written).startsWith("{\n  \"format\" : 1,");
        Files.writeString(file, written.replace("\"rows\" :", "\"mood\" : [1], \"rows\" :"));
        assertThat(PreparedData.read(SPARK, folder.toString())).isEqualTo(DATA);
        Files.writeString(file, "{\"format\": 2, \"rows\": {\"examples\": 10}}");
        assertThatThrownBy(() -> PreparedData.read(SPARK, folder.toString()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "paths.data: %s/data.json has the format 2, and this recthink knows 1: a newer recthink wrote it."
                                + " Use the newer recthink.",
                        folder);
    }

    @Test
    void aWholeDataSetOpensWhereverItIsCopied() throws IOException {
        listed();
        Path copy = folder.resolve("copy");
        for (String table : List.of("examples", "reviews")) {
            Files.createDirectories(copy.resolve(table));
            for (Path part : parts(table)) {
                Files.copy(part, copy.resolve(table).resolve(part.getFileName()));
            }
            Files.writeString(copy.resolve(table + "/.DS_Store"), "x");
            Files.writeString(copy.resolve(table + "/_COPIED"), "x");
        }
        Files.copy(folder.resolve("data.json"), copy.resolve("data.json"));
        assertThat(PreparedData.examples(SPARK, copy.toString()).count()).isEqualTo(10);
        PreparedData.read(SPARK, copy.toString()).requireContents(SPARK, copy.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"examples", "reviews"})
    void aTableThatLacksFilesIsRefused(String table) throws IOException {
        listed();
        List<Path> parts = parts(table);
        assertThat(parts).hasSize(5);
        Files.delete(parts.get(1));
        refused(
                "paths.data: the table %s of %s does not match data.json: %s is missing. Copy the data set again, or set another"
                        .formatted(table, folder, parts.get(1).getFileName()));
        for (int i : new int[] {0, 2, 3}) {
            Files.delete(parts.get(i));
        }
        refused(" is missing, ", " and 1 more. ");
        Files.move(folder.resolve(table), folder.resolve("elsewhere"));
        refused("the table " + table, " is missing, ", " and 2 more. ");
    }

    @Test
    void aTableWithAnotherFileIsRefused() throws IOException {
        listed();
        Path part = parts("examples").get(0);
        byte[] content = Files.readAllBytes(part);
        Files.write(part, Arrays.copyOf(content, content.length - 8));
        refused("%s has %d bytes, not %d. ".formatted(part.getFileName(), content.length - 8, content.length));
        Files.write(part, content);
        Files.write(folder.resolve("examples/more.parquet"), content);
        refused("the table examples of ", "more.parquet is not listed. ");
    }

    @Test
    void anotherContentOfTheSameSizeIsSeenByWhoReadsIt() throws IOException {
        listed();
        Path part = parts("reviews").get(0);
        byte[] content = Files.readAllBytes(part);
        content[content.length / 2] ^= 1;
        Files.write(part, content);
        PreparedData data = PreparedData.read(SPARK, folder.toString());
        data.requireWhole(SPARK, folder.toString());
        assertThatThrownBy(() -> data.requireContents(SPARK, folder.toString()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("the table reviews of " + folder + " does not match data.json: "
                        + part.getFileName() + " has the sha256 ");
    }

    @Test
    void rowsAreCountedWhereFilesAreNotListed() throws IOException {
        listed();
        Files.delete(folder.resolve("data.json"));
        DATA.write(SPARK, folder.toString());
        assertThat(PreparedData.examples(SPARK, folder.toString()).count()).isEqualTo(10);
        Files.delete(parts("examples").get(0));
        refused("paths.data: the table examples of " + folder + " has 8 rows, and data.json says 10. Copy");
        for (Path part : parts("examples")) {
            Files.writeString(part, "no Parquet at all");
        }
        refused("paths.data: the table examples of " + folder + " cannot be read: ");
        for (Path part : parts("examples")) {
            Files.delete(part);
        }
        refused(" has 0 rows, and data.json says 10.");
    }

    @Test
    void whoReadsTheExamplesNeedsThemAlone() throws IOException {
        listed();
        for (Path part : parts("reviews")) {
            Files.delete(part);
        }
        assertThat(PreparedData.examples(SPARK, folder.toString()).count()).isEqualTo(10);
        Files.delete(parts("examples").get(0));
        assertThatThrownBy(() -> PreparedData.examples(SPARK, folder.toString()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("the table examples of");
    }

    private void refused(String... parts) {
        assertThatThrownBy(() -> PreparedData.read(SPARK, folder.toString()).requireWhole(SPARK, folder.toString()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(parts)
                .message()
                .hasLineCount(1);
    }

    /** A data set of 10 examples in 5 files, and as many reviews. */
    private void listed() throws IOException {
        ExampleRows examples = new ExampleRows();
        for (int row = 0; row < 10; row++) {
            examples.add("row-" + row, "train", "user", "item", 4);
        }
        Map<String, TableFiles> tables = new TreeMap<>();
        for (String table : List.of("examples", "reviews")) {
            String path = folder.resolve(table).toString();
            examples.table().repartition(5).write().parquet(path);
            tables.put(table, TableFiles.of(SPARK, path));
        }
        new PreparedData(
                        DATA.name(),
                        DATA.minRating(),
                        DATA.maxRating(),
                        DATA.sha256(),
                        DATA.rowIdsSha256(),
                        DATA.rows(),
                        DATA.splits(),
                        DATA.pools(),
                        DATA.ratingStep(),
                        DATA.split(),
                        tables)
                .write(SPARK, folder.toString());
        for (String table : List.of("examples", "reviews")) {
            try (Stream<Path> files = Files.list(folder.resolve(table))) {
                for (Path checksum :
                        files.filter(file -> file.toString().endsWith(".crc")).toList()) {
                    Files.delete(checksum); // so that the test can edit the files
                }
            }
        }
    }

    private List<Path> parts(String table) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(table))) {
            return files.filter(file -> file.toString().endsWith(".parquet"))
                    .sorted()
                    .toList();
        }
    }
}
