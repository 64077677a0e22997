package io.recthink.spark.retrain;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.NothingToDoException;
import io.recthink.spark.RefusedException;
import io.recthink.spark.SparkTest;
import io.recthink.spark.files.FolderInUseException;
import io.recthink.spark.registry.Measurement;
import io.recthink.spark.registry.Registry;
import io.recthink.spark.registry.RegistryWriter;
import io.recthink.spark.registry.Rule;
import io.recthink.spark.registry.Version;
import io.recthink.spark.run.PolicyArgument;
import io.recthink.spark.table.PreparedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One cycle makes the world of all tests; each test then calls retrain again on a copy of the registry. */
class RetrainJobTest {
    private static final SparkSession SPARK = SparkTest.spark();
    private static final Instant FIRST = Instant.parse("2023-07-01T00:00:00Z");
    private static final Instant SECOND = Instant.parse("2024-07-01T00:00:00Z");

    @TempDir
    private static Path folder;

    private static RetrainWorld world;

    @TempDir
    private Path copy;

    @BeforeAll
    static void oneCycle() {
        world = new RetrainWorld(folder.toString());
        world.simulate(SPARK, "simulate.drift.from=");
        retrain(FIRST, world.configuration());
    }

    @Test
    void theFirstCycleTrainsOnTheNewestPromptsAndPublishes() {
        Version version = registry("registry").serving().orElseThrow();
        assertThat(version.version()).isOne();
        assertThat(version.rules()).allMatch(Rule::holds);
        assertThat(version.parent()).isNull();
        assertThat(version.until()).isEqualTo(FIRST.toString());
        Measurement measured = version.measured();
        assertThat(measured.rows()).isEqualTo(200);
        assertThat(measured.ratings().stream().mapToLong(Long::longValue).sum()).isEqualTo(200);
        assertThat(measured.candidate().ratings()).hasSize(5);

        Dataset<Row> examples = PreparedData.examples(SPARK, folder + "/cycles/ratings/20230701T000000Z/data");
        Instant seenUntil = Instant.parse(version.seenUntil());
        assertThat(time(examples.where("split = 'test'").agg(min("time")))).isAfter(seenUntil);
        assertThat(time(examples.agg(max("time")))).isBefore(FIRST);
        assertThat(examples.where("pool = 'rl'").count()).isEqualTo(6 * 16);
        assertThat(time(examples.where("pool = 'rl'").agg(min("time"))))
                .isAfterOrEqualTo(time(examples.where("pool is null and split = 'train' and nUser > 0")
                        .agg(max("time"))));
    }

    @Test
    void aCompleteCycleIsReportedAgainAndNothingIsDone() throws IOException {
        byte[] before = Files.readAllBytes(folder.resolve("registry/ratings/versions/000001/version.json"));
        Files.delete(folder.resolve("registry/ratings/history.html"));
        retrain(FIRST, world.configuration());
        assertThat(folder.resolve("registry/ratings/versions/000001/version.json"))
                .hasBinaryContent(before);
        assertThat(folder.resolve("registry/ratings/history.html")).exists();
        assertThat(Files.readAllLines(folder.resolve("registry/ratings/history.jsonl")))
                .hasSize(1);
    }

    @Test
    void aVersionThatWasPublishedAndNeverServedServesWhenTheCycleIsCalledAgain() throws IOException {
        copyRegistry();
        Files.delete(copy.resolve("ratings/current.json"));
        retrain(FIRST, world.configuration("paths.registry=" + copy));
        assertThat(registry(copy.toString()).serving()).isPresent();
    }

    @Test
    void aGateThatNobodyCanPassIsRefusedBeforeAnyWork() {
        assertThatThrownBy(() -> retrain(SECOND, world.configuration("gate.minRows=201")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("retrain.testRows 200 is below gate.minRows 201");
    }

    @Test
    void twoCyclesAtOnceAreRefusedBeforeAnyWork() throws IOException {
        copyRegistry();
        Configuration configuration =
                world.configuration("paths.registry=" + copy, "paths.cycles=" + copy.resolve("cycles"));
        try (RegistryWriter other = RegistryWriter.open(copy + "/ratings", hadoop())) {
            assertThat(other.registry().versions()).hasSize(1);
            assertThatThrownBy(() -> retrain(SECOND, configuration))
                    .isInstanceOf(FolderInUseException.class)
                    .hasMessageContaining("ratings");
        }
        assertThat(copy.resolve("cycles")).doesNotExist();
    }

    @Test
    void cyclesGoForward() {
        assertThatThrownBy(() -> retrain(FIRST.minusSeconds(1), world.configuration()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("the newest cycle")
                .hasMessageContaining("cycles go forward");
    }

    @Test
    void withoutNewRowsThereIsNothingToDo() throws IOException {
        Instant soon = FIRST.plusSeconds(86_400);
        assertThatThrownBy(() -> retrain(soon, world.configuration()))
                .isInstanceOf(NothingToDoException.class)
                .hasMessageContaining("a cycle needs retrain.minNewRows 100");
        assertThat(registry("registry").versions()).hasSize(1);
        assertThat(folder.resolve("cycles/ratings/20230702T000000Z/data")).doesNotExist();
        assertThat(folder.resolve("cycles/ratings/20230702T000000Z/run")).doesNotExist();
    }

    /** Somebody turns the ratings around, in all rows but the test rows. */
    @Test
    void aCandidateThatLearntFromWrongRatingsIsRefused() throws IOException {
        copyRegistry();
        Path log = folder.resolve("turned");
        turned(log, "2024-05-01T00:00:00Z");
        Configuration configuration = world.configuration(
                "paths.registry=" + copy, "paths.cycles=" + copy.resolve("cycles"), "paths.log=" + log);
        assertThatThrownBy(() -> retrain(SECOND, configuration))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("Version 1 still serves");
        Registry registry = registry(copy.toString());
        assertThat(registry.serving().orElseThrow().version()).isOne();
        Version refused = registry.required(2);
        assertThat(refused.isPublished()).isFalse();
        assertThat(refused.parent()).isOne();
        assertThat(refused.rules().stream().filter(rule -> !rule.holds()).map(Rule::name))
                .contains("MAE against the serving policy");
        assertThat(refused.measured().difference()).isPositive();
        assertThat(copy.resolve("ratings/versions/000002/policy")).doesNotExist();
        assertThat(PolicyArgument.find("p", copy.resolve("ratings").toString(), hadoop())
                        .number())
                .isOne();
        assertThatThrownBy(() -> retrain(SECOND, configuration)).isInstanceOf(RefusedException.class);
        assertThat(registry.versions()).hasSize(2);
    }

    private static void turned(Path log, String until) {
        Dataset<Row> reviews = SPARK.read().json(folder + "/log/reviews");
        reviews.withColumn(
                        "rating",
                        when(col("time").lt(Instant.parse(until).getEpochSecond()), lit(6).minus(col("rating")))
                                .otherwise(col("rating")))
                .write()
                .json(log + "/reviews");
        SPARK.read().json(folder + "/log/items").write().json(log + "/items");
    }

    private void copyRegistry() throws IOException {
        Path from = folder.resolve("registry");
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = copy.resolve(from.relativize(file));
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            }
        }
    }

    private static void retrain(Instant until, Configuration configuration) {
        new RetrainJob(Optional.of(until)).run(SPARK, configuration);
    }

    private static Registry registry(String place) {
        return Registry.at(folder.resolve(place) + "/ratings", hadoop());
    }

    private static org.apache.hadoop.conf.Configuration hadoop() {
        return SPARK.sparkContext().hadoopConfiguration();
    }

    private static Instant time(Dataset<Row> one) {
        List<Row> rows = one.collectAsList();
        return ((Timestamp) rows.get(0).get(0)).toInstant();
    }
}
