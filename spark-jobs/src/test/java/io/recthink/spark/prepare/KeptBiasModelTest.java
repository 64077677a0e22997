package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.baseline.bias.FittedBiasModel;
import io.recthink.spark.table.PreparedData;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A prepared data set keeps the bias model of its train rows. */
final class KeptBiasModelTest {
    @TempDir
    private Path root;

    private final SparkSession spark = SparkTest.spark();
    private String folder;

    @BeforeEach
    void prepare() throws IOException {
        Random random = new Random(3);
        List<String> log = new ArrayList<>();
        for (int time = 0; time < 300; time++) {
            log.add("{\"u\":\"user %d\",\"i\":\"item %d\",\"s\":%d,\"t\":%d}"
                    .formatted(random.nextInt(12), random.nextInt(40), 1 + random.nextInt(5), 1_600_000_000 + time));
        }
        Files.write(root.resolve("log.json"), log);
        String yaml =
                """
                paths: {root: %s}
                source: {format: json, reviews: %s/log.json, columns: {user: u, item: i, rating: s, time: t}}
                prepare: {kcore: 0}
                """
                        .formatted(root, root);
        new PrepareJob(new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8))
                .run(spark, JobSettings.SECTIONS.read("test", yaml, List.of()));
        folder = root + "/data";
    }

    @Test
    void itPredictsToTheBitWhatAFitPredicts() {
        assertThat(PreparedData.read(spark, folder).tables()).containsKey(FittedBiasModel.TABLE);
        try (FittedBiasModel kept = FittedBiasModel.of(spark, folder);
                FittedBiasModel fitted = FittedBiasModel.fit(train(), 1, 5)) {
            assertThat(kept.mean()).isEqualTo(fitted.mean());
            assertThat(predictions(kept)).isEqualTo(predictions(fitted)).hasSizeGreaterThan(200);
        }
    }

    @Test
    void aDataSetOfAnEarlierVersionIsFittedAnew() throws IOException {
        List<Row> kept = predictions(FittedBiasModel.of(spark, folder));
        ObjectMapper json = new ObjectMapper();
        Path description = root.resolve("data/data.json");
        ObjectNode data = (ObjectNode) json.readTree(description.toFile());
        ((ObjectNode) data.get("tables")).remove(FittedBiasModel.TABLE);
        json.writeValue(description.toFile(), data);
        try (Stream<Path> files = Files.walk(root.resolve("data/biases"))) {
            files.map(Path::toFile).filter(File::isFile).forEach(File::delete);
        }
        try (FittedBiasModel fitted = FittedBiasModel.of(spark, folder)) {
            assertThat(predictions(fitted)).isEqualTo(kept);
        }
    }

    @Test
    void aLostFileOfItIsRefused() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("data/biases"))) {
            Files.delete(files.filter(file -> file.toString().endsWith(".parquet"))
                    .findFirst()
                    .orElseThrow());
        }
        assertThatThrownBy(() -> FittedBiasModel.of(spark, folder))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("the table biases");
    }

    private Dataset<Row> train() {
        return PreparedData.examples(spark, folder).where(col("split").equalTo("train"));
    }

    /** Of all rows, and of users and items that nobody knows. */
    private List<Row> predictions(FittedBiasModel model) {
        Dataset<Row> rows = PreparedData.examples(spark, folder).select("rowId", "userId", "itemId");
        return model.predict(rows.unionAll(rows.limit(1).select(lit("new"), lit("nobody"), lit("nothing"))), "yhat")
                .orderBy("rowId")
                .select("rowId", "yhat")
                .collectAsList();
    }
}
