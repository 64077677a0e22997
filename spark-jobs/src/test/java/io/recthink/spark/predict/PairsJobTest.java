package io.recthink.spark.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.prepare.PairExamples;
import io.recthink.spark.prepare.PrepareJob;
import io.recthink.spark.simulate.SimulateJob;
import io.recthink.spark.table.PolicyOrigin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Predicts new pairs of the quickstart's small log with the policy of the quickstart. */
class PairsJobTest {
    private static final SparkSession SPARK = SparkTest.spark();
    private static final Path CONF = Path.of("..", "conf").toAbsolutePath().normalize();
    private static final String TIME = "2024-10-01T00:00:00Z";

    @TempDir
    private static Path folder;

    private static Configuration configuration;

    @TempDir
    private Path out;

    @BeforeAll
    static void prepare() throws IOException {
        configuration = JobSettings.SECTIONS.read(
                "quickstart.yaml",
                Files.readString(CONF.resolve("quickstart.yaml")),
                List.of(
                        "paths.root=" + folder,
                        "simulate={users: 40, items: 15}",
                        "prepare.pools={coldStart: 0, rl: 20}",
                        "predict.distribution=true",
                        "predict.policies={}"));
        new SimulateJob().run(SPARK, configuration);
        new PrepareJob().run(SPARK, configuration);
    }

    @Test
    void ratingsAreThoseOfThePolicyForTheSamePrompts() throws IOException {
        List<Row> ratings = predict(
                "pairs.csv",
                List.of("user,item,time", "user-000001,item-00003," + TIME, "user-000002,item-00004," + TIME));
        Dataset<Row> pairs =
                SPARK.sql("SELECT concat('user-00000', id) AS userId, concat('item-0000', id + 2) AS itemId,"
                        + " timestamp'2024-10-01 00:00:00' AS time FROM range(1, 3)");
        Map<String, Double> expected = new RatingPredictor()
                        .setModelUrl(CONF.resolve("quickstart-policy").toString())
                        .setConfiguration(Files.readString(CONF.resolve("quickstart.yaml")))
                        .setOutputCol("rating")
                        .transform(PairExamples.of(SPARK, folder + "/data", pairs))
                        .collectAsList()
                        .stream()
                        .collect(Collectors.toMap(row -> row.getAs("userId"), row -> row.getAs("rating")));
        assertThat(ratings).hasSize(2);
        for (Row row : ratings) {
            assertThat(row.<Boolean>getAs("failed")).isFalse();
            assertThat(row.<Double>getAs("rating")).isEqualTo(expected.get(row.<String>getAs("userId")));
            assertThat(row.<String>getAs("trace")).contains("<rate>");
            assertThat(row.<Double>getList(row.fieldIndex("probs"))).hasSize(5);
            assertThat(row.<String>getAs("policy")).endsWith("conf/quickstart-policy");
        }
        assertThat(PolicyOrigin.read(output(), SPARK.sparkContext().hadoopConfiguration()))
                .isPresent();
    }

    @Test
    void strangersAreAnsweredAndFlaggedAndRowsThatAreNoPairsAreKept() throws IOException {
        List<Row> ratings = predict(
                "pairs.json",
                List.of(
                        "{\"user\": \"stranger\", \"item\": \"item-00003\"}",
                        "{\"user\": \"user-000003\", \"item\": \"novelty\"}",
                        "{\"user\": \"user-000003\", \"item\": \"novelty\"}",
                        "{\"user\": \"user-000003\"}"));
        assertThat(ratings).hasSize(2);
        assertThat(ratings)
                .filteredOn(row -> !row.<Boolean>getAs("seenUser"))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.<String>getAs("userId")).isEqualTo("stranger");
                    assertThat(row.<Boolean>getAs("seenItem")).isTrue();
                });
        assertThat(ratings).filteredOn(row -> !row.<Boolean>getAs("seenItem")).hasSize(1);
        assertThat(ratings).allSatisfy(row -> assertThat(
                        row.<java.sql.Timestamp>getAs("time").toInstant())
                .isBetween(Instant.now().minusSeconds(300), Instant.now()));
        List<Row> unusable = SPARK.read().json(output() + PairsJob.UNUSABLE).collectAsList();
        assertThat(unusable).singleElement().satisfies(row -> assertThat(row.<String>getAs("reason"))
                .isEqualTo("item is missing"));
    }

    @Test
    void aFolderOfParquetIsRead() throws IOException {
        String table = out.resolve("pairs.parquet").toString();
        SPARK.sql("SELECT 'user-000001' AS user, 'item-00003' AS item, timestamp'2024-10-01 00:00:00' AS time")
                .write()
                .parquet(table);
        new PairsJob(table, output(), policy(), false).run(SPARK, configuration);
        assertThat(SPARK.read().parquet(output()).count()).isOne();
    }

    @Test
    void aRepeatedCallKeepsCompleteRatingsOfTheSamePairs() throws IOException {
        List<String> lines = List.of("user,item", "user-000001,item-00003");
        Row first = predict("pairs.csv", lines).get(0);
        PairsJob again = new PairsJob(out.resolve("pairs.csv").toString(), output(), policy(), true);
        again.run(SPARK, configuration);
        assertThat(SPARK.read().parquet(output()).collectAsList()).containsExactly(first); // asked at the same time
        assertThatThrownBy(() -> again.run(SPARK, configuration.change(List.of("rollout.maxTokens=39"))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("--if-missing: " + output() + " holds ratings of other pairs");
        Files.writeString(out.resolve("pairs.csv"), "user,item\nuser-000002,item-00003\n");
        assertThatThrownBy(() -> again.run(SPARK, configuration)).hasMessageContaining("of other pairs");
    }

    @Test
    void whatIsNoTableOfPairsIsRefusedAndNothingIsWritten() throws IOException {
        refused("pairs.csv", List.of("user,thing", "a,b"), "there is no column item; its columns are user, thing");
        refused("pairs.txt", List.of("user,item"), "does not say its format");
        refused("pairs.json", List.of("{\"user\": \"u\", \"item\": null}"), "no row is a pair");
        assertThatThrownBy(() -> new PairsJob(out + "/absent.csv", output(), policy(), false).run(SPARK, configuration))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no such file with content");
        assertThatThrownBy(() ->
                        new PairsJob(out + "/pairs.csv", output(), Optional.empty(), false).run(SPARK, configuration))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("asks one policy");
        assertThat(Path.of(output())).doesNotExist();
        assertThat(Path.of(output() + PairsJob.UNUSABLE)).doesNotExist();
    }

    private void refused(String name, List<String> lines, String message) throws IOException {
        Files.write(out.resolve(name), lines);
        assertThatThrownBy(() ->
                        new PairsJob(out.resolve(name).toString(), output(), policy(), false).run(SPARK, configuration))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }

    private List<Row> predict(String name, List<String> lines) throws IOException {
        Files.write(out.resolve(name), lines);
        new PairsJob(out.resolve(name).toString(), output(), policy(), false).run(SPARK, configuration);
        return SPARK.read().parquet(output()).collectAsList();
    }

    private static Optional<String> policy() {
        return Optional.of(CONF.resolve("quickstart-policy").toString());
    }

    private String output() {
        return out.resolve("ratings").toString();
    }
}
