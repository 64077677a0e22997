package io.recthink.spark.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.recthink.config.Configuration;
import io.recthink.config.ConfigurationReader;
import io.recthink.spark.SparkTest;
import io.recthink.spark.table.PreparedData;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real reviews, where they lie beside the project. */
class Amazon2014Test {
    private static final Path REVIEWS = shared("amazon-2014/reviews_Musical_Instruments_5.json.gz");
    private static final Path ITEMS = shared("amazon-2014/meta_Musical_Instruments.json.gz");

    @TempDir
    Path folder;

    @Test
    void preparesMusicalInstruments() throws Exception {
        assumeTrue(Files.exists(REVIEWS), "no Amazon 2014 reviews at " + REVIEWS);
        Configuration configuration = ConfigurationReader.read(
                "test",
                "",
                List.of(
                        "name=instruments",
                        "paths.root=" + folder,
                        "source.reviews=" + REVIEWS,
                        "source.items=" + ITEMS));
        ByteArrayOutputStream said = new ByteArrayOutputStream();

        new PrepareJob(new PrintStream(said, true, StandardCharsets.UTF_8)).run(SparkTest.spark(), configuration);

        PreparedData data = PreparedData.read(SparkTest.spark(), folder + "/data");
        assertThat(data.rows()).isEqualTo(10_261);
        Dataset<Row> examples = PreparedData.examples(SparkTest.spark(), folder + "/data");
        assertThat(examples.select("userId").distinct().count()).isEqualTo(1_429);
        assertThat(examples.select("itemId").distinct().count()).isEqualTo(900);
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
