package io.recthink.spark.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.spark.SparkTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RatingGridTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "1, 5, 1 3 5, 1, 5",
        "0.5, 5, 0.5 3 4.5, 0.5, 10",
        "0.5, 5, 1 2 5, 0.5, 10", // whole stars, but none from the lowest rating on
        "1, 5, 1 2.25 5, 0.25, 17",
        "0, 10, 0.3 7.1 9.9, 0.1, 101",
        "1, 5, 1.5 2.1, 0.1, 41",
        "0, 100, 7 93, 1, 101",
        "1, 5, 3.14159 2, 0, 0",
        "1, 4.5, 2 3, 0.5, 8" // the highest rating is one of the scale
    })
    void stepIsTheLargestThatReachesEveryTruth(double min, double max, String truths, double step, int size) {
        RatingGrid grid = RatingGrid.of(truths(truths), min, max);
        assertThat(grid).isEqualTo(new RatingGrid(min, max, step));
        assertThat(grid.size()).isEqualTo(size);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 5, 1, 2.5, 2", // the even one, as before there were steps
        "1, 5, 1, 3.5, 4",
        "0.5, 5, 0.5, 3.3, 3.5",
        "0.5, 5, 0.5, 0.1, 0.5",
        "0.5, 5, 0.5, 9, 5",
        "0.5, 5, 0.5, 4.74, 4.5",
        "0.5, 4.5, 1, 2.9, 2.5",
        "1, 5, 0.25, 2.13, 2.25",
        "0, 10, 0.1, 3.27, 3.3",
        "1, 5, 0, 2.71828, 2.71828"
    })
    void nearestIsARatingOfTheScale(double min, double max, double step, double value, double nearest) {
        assertThat(new RatingGrid(min, max, step).nearest(value)).isEqualTo(nearest);
    }

    @Test
    void dataJsonHasTheWord() throws IOException {
        new ExampleRows()
                .add("a", "train", "u", "i", 4)
                .add("b", "test", "u", "j", 2)
                .write(folder);
        assertThat(RatingGrid.read(SparkTest.spark(), folder.toString())).isEqualTo(new RatingGrid(1, 5, 1));
        write("0.5");
        assertThat(RatingGrid.read(SparkTest.spark(), folder.toString())).isEqualTo(new RatingGrid(1, 5, 0.5));
        write("-1");
        assertThatThrownBy(() -> RatingGrid.read(SparkTest.spark(), folder.toString()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("paths.data: ratingStep of ")
                .hasMessageContaining("(was -1.0)");
        write("\"half\"");
        assertThatThrownBy(() -> RatingGrid.read(SparkTest.spark(), folder.toString()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("paths.data: ")
                .hasMessageContaining("half");
    }

    private void write(String step) throws IOException {
        Files.writeString(
                folder.resolve("data.json"),
                """
                {"name": "tests", "minRating": 1, "maxRating": 5, "sha256": "aa", "rowIdsSha256": "bb", "rows": 2,
                 "splits": {}, "pools": {}, "ratingStep": %s}
                """
                        .formatted(step));
    }

    private static Dataset<Row> truths(String truths) {
        return SparkTest.spark()
                .createDataset(
                        Arrays.stream(truths.split(" ")).map(Double::valueOf).toList(), Encoders.DOUBLE())
                .toDF("truth");
    }
}
