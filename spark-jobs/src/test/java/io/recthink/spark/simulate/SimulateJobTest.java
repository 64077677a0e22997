package io.recthink.spark.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.table.Tables;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulateJobTest {
    private final SparkSession spark = SparkTest.spark();

    private static Configuration configuration(Path root) {
        return JobSettings.SECTIONS.read(
                "test", "", List.of("paths.root=" + root, "simulate.users=30", "simulate.items=20", "seed=4"));
    }

    private static Configuration skewed(Path root) {
        return JobSettings.SECTIONS.read(
                "test",
                "",
                List.of(
                        "paths.root=" + root,
                        "seed=4",
                        "simulate.format=parquet",
                        "simulate.users=300",
                        "simulate.items=500",
                        "simulate.heaviestUser=400",
                        "simulate.popularity=0.8"));
    }

    @Test
    void theLogIsTheWorldWrittenOut(@TempDir Path root) {
        Configuration configuration = configuration(root);
        new SimulateJob().run(spark, configuration);

        World world = new World(4, configuration.get(SimulateSettings.class));
        List<String> expected = new ArrayList<>();
        for (int user = 0; user < 30; user++) {
            for (World.Review review : world.reviews(user)) {
                expected.add(review.user() + review.item() + (double) review.stars() + review.time() + review.text());
            }
        }
        Dataset<Row> reviews = spark.read().json(root + "/log/reviews");
        assertThat(reviews.selectExpr("concat(user, item, rating, time, review)").collectAsList().stream()
                        .map(row -> row.getString(0)))
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(spark.read().json(root + "/log/items").count()).isEqualTo(20);
        assertThat(Simulation.read(spark, root + "/log"))
                .isEqualTo(new Simulation(4, configuration.get(SimulateSettings.class)));
        assertThat(root.resolve("log/README.md")).content().contains("30 users, 20 items, 360 reviews");
    }

    @Test
    void aSkewedLogIsTheSameHoweverItIsDivided(@TempDir Path root) {
        Configuration configuration = skewed(root);
        new SimulateJob().run(spark, configuration);

        World world = new World(4, configuration.get(SimulateSettings.class));
        List<String> expected = new ArrayList<>();
        for (int user = 299; user >= 0; user--) { // one by one, in another order and each with a task of its own
            world.reviews(user, new Skew(configuration.get(SimulateSettings.class)))
                    .forEach(review -> expected.add(
                            review.user() + review.item() + (double) review.stars() + review.time() + review.text()));
        }
        Dataset<Row> reviews = spark.read().parquet(root + "/log/reviews");
        assertThat(reviews.selectExpr("concat(user, item, rating, time, review)").collectAsList().stream()
                        .map(row -> row.getString(0)))
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(reviews.where("user = 'user-000000'").count()).isEqualTo(400);
        assertThat(spark.read().parquet(root + "/log/items").count()).isEqualTo(500);
        assertThat(root.resolve("log/README.md"))
                .content()
                .contains(
                        "300 users, the first of them with 400 reviews, 500 items, 4125 reviews",
                        "`reviews/`: Parquet");
    }

    @Test
    void anExistingLogIsNotTouched(@TempDir Path root) {
        new SimulateJob().run(spark, configuration(root));
        assertThatThrownBy(() -> new SimulateJob().run(spark, configuration(root)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("paths.log")
                .hasMessageContaining("already exists");
    }

    @Test
    void theOracleAnswersFromTheShownHistoryAlone() {
        Configuration configuration = JobSettings.SECTIONS.defaults();
        Simulation simulation = new Simulation(9, configuration.get(SimulateSettings.class));
        List<World.Review> reviews = simulation.world().reviews(0);
        Row shown = prediction(simulation, reviews, 2, 5.0);
        assertThat(prediction(simulation, reviews, 2, 1.0)).isEqualTo(shown);
        assertThat(prediction(simulation, reviews.subList(4, 7), 2, 5.0)).isEqualTo(shown);
        assertThat(probabilities(prediction(simulation, reviews, 6, 5.0))).isNotEqualTo(probabilities(shown));
        assertThat(shown.<String>getAs("readout")).isEqualTo("median");
        assertThat(shown.<Double>getAs("yhat")).isBetween(1.0, 5.0);
    }

    private static List<Double> probabilities(Row prediction) {
        return prediction.getList(prediction.fieldIndex("probs"));
    }

    /** The prediction for the seventh review in the list's order, or its last, from those before it. */
    private Row prediction(Simulation simulation, List<World.Review> reviews, int historyItems, double truth) {
        int at = Math.min(6, reviews.size() - 1);
        List<Row> history = reviews.subList(0, at).stream()
                .map(review -> RowFactory.create(
                        review.item(),
                        "",
                        Timestamp.from(Instant.ofEpochSecond(review.time())),
                        (double) review.stars(),
                        review.summary(),
                        review.text()))
                .toList();
        World.Review target = reviews.get(at);
        Row example = RowFactory.create(
                "row",
                target.user(),
                target.item(),
                Timestamp.from(Instant.ofEpochSecond(target.time())),
                truth,
                "test",
                null,
                RowFactory.create("", new String[0], "", "", ""),
                history,
                List.of(),
                null,
                null,
                0L,
                0L,
                true,
                true);
        Dataset<Row> examples = spark.createDataFrame(List.of(example), Tables.EXAMPLES);
        return OracleJob.predict(OracleJob.SYSTEM, examples, simulation, historyItems)
                .collectAsList()
                .get(0);
    }
}
