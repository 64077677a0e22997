package io.recthink.spark.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.spark.SparkTest;
import io.recthink.spark.table.ExampleRows;
import io.recthink.spark.table.RatingGrid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Predictions as other programs write them. Rows a, b, c and d are scored; the scale is 1 to 5. */
class OtherProgramsTest {
    private static final String ROWS = "a,3\nb,4.5\nc,5\nd,1\n";

    private final Dataset<Row> examples = new ExampleRows()
            .add("a", "test", "u", "i", 3)
            .add("b", "test", "u", "j", 4)
            .add("c", "test", "v", "i", 5)
            .add("d", "test", "v", "j", 1)
            .table();

    @TempDir
    Path folder;

    @Test
    void csvOfRowsAndNumbersAloneIsEnough() throws IOException {
        write("mine.csv", "rowId,yhat\n" + ROWS);
        assertThat(yhat()).containsExactly(3.0, 4.5, 5.0, 1.0);
        assertThat(checked().keys()).containsExactly(SystemKey.of("mine", "point", 0));
    }

    @Test
    void columnsMayStandInAnyOrderBesideOthers() throws IOException {
        write(
                "any.csv",
                """
                trace,failed,yhat,seed,system,rowId,readout,cold
                "says ""4"",
                on two lines",False,3,7,mine,a,greedy,
                ,False,4.5,7,mine,b,greedy,user
                ,True,4.5,7,mine,c,greedy,
                ,0,1,7.0,mine,d,greedy,
                """);
        assertThat(yhat()).containsExactly(3.0, 4.5, null, 1.0);
        assertThat(checked().keys()).containsExactly(SystemKey.of("mine", "greedy", 7));
    }

    @ParameterizedTest
    @ValueSource(strings = {";", "\t"})
    void otherDelimitersAreSeenInTheHeader(String delimiter) throws IOException {
        write("mine.csv", ("rowId,yhat\n" + ROWS).replace(",", delimiter));
        assertThat(yhat()).containsExactly(3.0, 4.5, 5.0, 1.0);
    }

    @Test
    void aMarkOfTheByteOrderIsNoPartOfAName() throws IOException {
        write("mine.csv", "\uFEFFrowId,yhat\r\n" + ROWS.replace("\n", "\r\n"));
        assertThat(yhat()).containsExactly(3.0, 4.5, 5.0, 1.0);
    }

    @Test
    void jsonLinesAndArraysAreRead() throws IOException {
        write(
                "lines/part-0.json",
                "{\"rowId\":\"a\",\"yhat\":3}\n{\"rowId\":\"b\",\"yhat\":\"4.5\"}\n{\"rowId\":\"c\",\"yhat\":null}\n");
        write("lines/part-1.json", "{\"rowId\":\"d\",\"yhat\":1.0,\"failed\":true}\n");
        write(
                "array.json",
                """
                [
                  {"rowId": "a", "yhat": 3, "seed": 7, "probs": [0, 0, 1, 0, 0]},
                  {"rowId": "b", "yhat": 4.5, "seed": "7", "probs": [0, 0, 0, 0.5, 0.5]},
                  {"rowId": "c", "yhat": NaN, "seed": 7, "probs": null},
                  {"rowId": "d", "yhat": 1, "seed": 7, "failed": false}
                ]
                """);
        assertThat(yhat()).containsExactly(3.0, 3.0, 4.5, 4.5, null, null, 1.0, null);
        assertThat(checked().keys())
                .containsExactlyInAnyOrder(SystemKey.of("lines", "point", 0), SystemKey.of("array", "point", 7));
    }

    @Test
    void objectsOverSeveralLinesAreNoLines() throws IOException {
        write("mine.jsonl", "{\n\"rowId\": \"a\",\n\"yhat\": 3\n}\n");
        refused("paths.predictions: ", "has no column rowId");
    }

    @ParameterizedTest
    @CsvSource({"mine.csv.gz, 'rowId,yhat\n'", "mine/part.csv.gz, 'rowId,yhat\n'"})
    void compressedFilesAreRead(String name, String header) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write((header + ROWS).getBytes(StandardCharsets.UTF_8));
        }
        Files.createDirectories(folder.resolve(name).getParent());
        Files.write(folder.resolve(name), bytes.toByteArray());
        assertThat(yhat()).containsExactly(3.0, 4.5, 5.0, 1.0);
        assertThat(checked().keys()).extracting(SystemKey::system).containsExactly("mine");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CAST(yhat AS FLOAT)",
                "CAST(yhat AS DECIMAL(5,2))",
                "CAST(2 * yhat AS INT) / 2",
                "CAST(yhat AS STRING)",
                "yhat"
            })
    void numbersOfAnyTypeAreNumbers(String yhat) {
        table("a 3 0, b 4.5 0, c 5 0, d 1 0")
                .selectExpr("rowId", yhat + " AS yhat", "CAST(7 AS INT) AS seed", "CAST(failed AS INT) AS failed")
                .write()
                .parquet(folder + "/typed");
        assertThat(yhat()).containsExactly(3.0, 4.5, 5.0, 1.0);
        assertThat(checked().keys()).containsExactly(SystemKey.of("typed", "point", 7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "NaN", "nan", "None", "NULL", "NA", "inf", "-Infinity", "1e999"})
    void whatIsNoFiniteNumberHasFailed(String none) throws IOException {
        write("mine.csv", "rowId,yhat\na,3\nb,4.5\nc,5\nd," + none + "\n");
        assertThat(yhat()).containsExactly(3.0, 4.5, 5.0, null);
        assertThat(checked().predictions().where("failed").count()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "True", "TRUE", "1", "1.0"})
    void whatIsMarkedAsFailedIsNotScoredAsGiven(String failed) throws IOException {
        write("mine.csv", "rowId,yhat,failed\na,3,\nb,4.5,false\nc,5,0\nd,9 stars," + failed + "\n");
        assertThat(yhat()).containsExactly(3.0, 4.5, 5.0, null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rowId,yhat|d,four|yhat is four",
                "rowId,yhat|d,4 stars|yhat is 4 stars",
                "rowId,yhat|d,'4,5'|the line is d",
                "rowId,yhat,failed|d,4,perhaps|failed is perhaps",
                "rowId,yhat,seed|d,4,one|seed is one",
                "rowId,yhat,seed|d,4,99999999999999999999|seed is 99999999999999999999",
                "rowId,yhat,seed|d,4,1.5|seed is 1.5",
                "rowId,yhat,system|d,4,|system is nothing",
                "rowId,yhat,tokensIn|d,4,many|tokensIn is many",
                "rowId,yhat,probs|d,4,certain|probs is certain",
                "rowId,yhat,ms|d,4|the line is d,4"
            })
    void valuesThatCannotBeReadAreNamed(String header, String row, String problem) throws IOException {
        write("mine.csv", header + "\n" + row.replace("'", "") + "\n");
        refused("paths.predictions: ", "1 rows cannot be read, for example row 'd', where " + problem);
    }

    @Test
    void rowsWithoutAnIdAreRefused() throws IOException {
        write("mine.csv", "rowId,yhat\n" + ROWS + ",4\n");
        refused("paths.predictions: ", "rowId is nothing");
    }

    @Test
    void predictionsOffTheScaleAreRefusedOrClippedWhenAsked() throws IOException {
        write("mine.csv", "rowId,yhat\na,3\nb,7.5\nc,0.5\nd,1\n");
        refused(
                "mine (point, seed 0): 2 of 4 predictions are outside the rating scale 1.0 to 5.0, for example 7.5 for row b; ",
                "--clip (compare.clip: true)");
        PredictionScale clipping = new PredictionScale(new RatingGrid(1, 5, 1), true);
        PredictionFolders.Checked clipped = read().evaluated(examples, examples, "test", clipping);
        assertThat(clipping.notes(clipped, "rows"))
                .containsExactly(
                        "mine (point, seed 0): 2 predictions of rows were outside the rating scale 1.0 to 5.0 and are clipped to it.");
    }

    @Test
    void failedPredictionsMayBeOffTheScale() throws IOException {
        write("mine.csv", "rowId,yhat,failed\na,3,0\nb,-1,1\nc,5,0\nd,1,0\n");
        assertThat(yhat()).containsExactly(3.0, null, 5.0, 1.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[0.5, 0.5]", "[0.2, 0.2, 0.2, 0.2, 0.1]", "[2, -1, 0, 0, 0]", "[1, 0, 0, 0, 0, 0]"})
    void probabilitiesThatAreNoneAreRefused(String probs) throws IOException {
        write("mine.csv", "rowId,yhat,probs\na,3,\nb,4.5,\nc,5,\nd,1,\"" + probs + "\"\n");
        refused("mine (point, seed 0): 1 rows have probs that are not probabilities", "for example d");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "notes.txt|to do: predict|is not a table of predictions",
                "mine/model.bin|\u0001x\u0002y|is not a table of predictions",
                "mine.csv|4.5,3.5|has no column rowId; its columns are 4.5, 3.5",
                "mine.json|{'rowId':{'0':'a'},'yhat':{'0':1}}|has a column rowId of type struct<0:string>",
                "mine/part.parquet|PAR1 and no more|cannot be read",
                "mine.csv||contains no predictions"
            })
    void filesThatAreNoPredictionsAreRefusedInOneLine(String name, String content, String message) throws IOException {
        write(name, content == null ? "" : content.replace('\'', '"'));
        assertThatThrownBy(this::checked)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("paths.predictions: "
                        + folder.toUri().getPath().replaceAll("/$", "").replaceAll("^", "file:"))
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void filesOfOneFolderThatDifferAreRefused() throws IOException {
        write("mine/a.csv", "rowId,yhat\na,3\n");
        write("mine/b.csv", "yhat,rowId\n3,b\n");
        refused("paths.predictions: ", "have different formats or columns; put each of them into its own folder");
    }

    private PredictionFolders read() {
        return PredictionFolders.read(SparkTest.spark(), "paths.predictions", folder.toString());
    }

    private PredictionFolders.Checked checked() {
        return read().evaluated(examples, examples, "test", new PredictionScale(new RatingGrid(1, 5, 1), false));
    }

    /** By row. */
    private List<Double> yhat() {
        return checked().predictions().orderBy("rowId", "system").collectAsList().stream()
                .map(row -> row.<Double>getAs("yhat"))
                .toList();
    }

    private void refused(String start, String part) {
        assertThatThrownBy(this::checked)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(start)
                .hasMessageContaining(part)
                .message()
                .doesNotContain("\n");
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static Dataset<Row> table(String rows) {
        return SparkTest.spark()
                .sql("SELECT col1 AS rowId, CAST(col2 AS DOUBLE) AS yhat, col3 = 1 AS failed FROM VALUES "
                        + java.util.Arrays.stream(rows.split(", "))
                                .map(row -> "('%s', %s, %s)".formatted((Object[]) row.split(" ")))
                                .collect(java.util.stream.Collectors.joining(", ")));
    }
}
