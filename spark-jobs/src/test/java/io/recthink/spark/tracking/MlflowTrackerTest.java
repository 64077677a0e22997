package io.recthink.spark.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.config.ConfigurationException;
import io.recthink.spark.SparkTest;
import io.recthink.spark.report.ExampleRun;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.tracking.MlflowDouble.Run;
import io.recthink.spark.train.TinyWorld;
import io.recthink.spark.train.TrainJob;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.collection.JavaConverters;

class MlflowTrackerTest {
    private static final SparkSession SPARK = SparkTest.spark();

    @TempDir
    private Path folder;

    private MlflowDouble server;
    private TinyWorld world;

    @BeforeEach
    void start() throws IOException {
        server = new MlflowDouble();
        world = TinyWorld.create(SPARK, folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aRunAndItsContinuationAreOneRunWithAllMetrics() {
        train(false, "train.steps=2", "tracking.tags={team: search}");
        Run run = server.runs().get(0);
        assertThat(server.experiments()).containsOnlyKeys("recthink");
        assertThat(run.name).isEqualTo("recthink train run");
        assertThat(run.status).isEqualTo("FINISHED");
        assertThat(run.ended).isPositive();
        RunFolder written =
                RunFolder.at(world.run().toString(), SPARK.sparkContext().hadoopConfiguration());
        assertThat(run.tags)
                .containsEntry("team", "search")
                .containsEntry("recthink.run_id", written.description().runId())
                .containsEntry("recthink.run_folder", written.path())
                .containsEntry("recthink.data_sha256", written.description().dataSha256())
                .containsEntry("mlflow.source.git.commit", written.description().revision())
                .containsEntry(
                        "recthink.chosen_step", Integer.toString(written.best().step()))
                .containsEntry("recthink.policy", written.policy(written.best()));
        assertThat(run.parameters)
                .containsEntry("train.steps", "2")
                .containsEntry("seed", "17")
                .containsEntry("rollout.topP", "1.0")
                .containsEntry("train.optimizer.schedule", "constant")
                .doesNotContainKeys("mf.blocks", "source.format", "tracking.tags.team");

        train(true, "train.steps=4");
        assertThat(server.runs()).hasSize(1);
        assertThat(run.status).isEqualTo("FINISHED");
        assertSameMetrics(run, written);
        assertThat(run.values("reward")).hasSize(4);
    }

    @Test
    void aServerThatIsDownCostsOneWarningAndGetsEverythingLater() {
        server.refuse(503);
        try (Warnings warnings = new Warnings(MlflowTracker.class)) {
            train(false, "train.steps=3");
            assertThat(warnings.lines()).hasSize(2);
            assertThat(warnings.lines().get(0))
                    .contains(
                            "cannot be reached",
                            "status 503 from experiments/get-by-name INTERNAL_ERROR as the test wants")
                    .contains("The training goes on");
            assertThat(warnings.lines().get(1)).contains("lacks the end of this run");
        }
        assertThat(server.runs()).isEmpty();
        server.refuse(0);
        train(true, "train.steps=5");
        RunFolder written =
                RunFolder.at(world.run().toString(), SPARK.sparkContext().hadoopConfiguration());
        assertThat(written.manifests()).hasSize(6);
        assertSameMetrics(server.runs().get(0), written);
        assertThat(server.runs().get(0).values("reward")).hasSize(5);
    }

    @Test
    void limitsOfARequestAreKept() throws Exception {
        ExampleRun run = new ExampleRun(SPARK, folder.resolve("long")).begin("train");
        for (int step = 1; step <= 60; step++) {
            Map<String, Object> metrics = new TreeMap<>(Map.of("step", step));
            for (int i = 0; i < 40; i++) {
                metrics.put("metric " + i, step + i / 64.0);
            }
            run.metrics(step, metrics).manifest(step, null);
        }
        Map<String, String> parameters = new TreeMap<>();
        for (int i = 0; i < 250; i++) {
            parameters.put("parameter " + i, "v".repeat(3 * i));
        }
        RunFolder written = RunFolder.at(
                folder.resolve("long").toString(), SPARK.sparkContext().hadoopConfiguration());
        MlflowRun described =
                new MlflowRun("id", "it's", "name", Instant.now(), Map.of(MlflowRun.ID, "id"), parameters);
        try (MlflowTracker tracker = MlflowTracker.begin(
                new MlflowServer(server.address(), Map.of()), TrackingSettings.NONE, described, written)) {
            tracker.ended(60, "policy");
        }
        Run found = server.runs().get(0);
        assertThat(found.status).isEqualTo("FINISHED");
        assertThat(found.parameters).hasSize(250).containsEntry("parameter 249", "v".repeat(500));
        assertSameMetrics(found, written);
        assertThat(found.metrics).hasSize(60 * 40);
    }

    @Test
    void aRunThatGoesOnAfterAStopIsNotMarkedAnyMore() {
        assertThatThrownBy(() -> train(false, "train.steps=2", "train.guards.minEntropy=9"))
                .hasMessageContaining("train stopped after step");
        train(true, "train.steps=2", "train.guards.minEntropy=0");
        Run run = server.runs().get(0);
        assertThat(run.status).isEqualTo("FINISHED");
        assertThat(run.tags).containsEntry("recthink.stopped", "");
    }

    @Test
    void metricsThatAPersonAddedDoNotHideOurs() {
        train(false, "train.steps=2");
        Run run = server.runs().get(0);
        run.metrics.add(
                MlflowServer.object().put("key", "by hand").put("value", 1).put("step", 99));
        train(true, "train.steps=3");
        assertThat(run.values("reward")).containsOnlyKeys(1, 2, 3);
    }

    @Test
    void nothingOfATrainingStaysInSparksMetrics() {
        train(false, "train.steps=1");
        assertThat(JavaConverters.seqAsJavaList(SparkEnv.get()
                        .metricsSystem()
                        .getSourcesByName("recthink")
                        .toSeq()))
                .isEmpty();
    }

    @Test
    void aServerThatDoesNotExistCostsAWarning() {
        String address = server.address();
        server.close();
        try (Warnings warnings = new Warnings(MlflowTracker.class)) {
            new TrainJob(false).run(SPARK, world.configuration("train.steps=1", "tracking.mlflow=" + address));
            assertThat(warnings.lines()).isNotEmpty();
            assertThat(warnings.lines().get(0)).contains("no answer to", "ConnectException");
        }
    }

    @Test
    void aServerThatRefusesIsAskedOnce() {
        server.refuse(403);
        try (Warnings warnings = new Warnings(MlflowTracker.class)) {
            train(false, "train.steps=3");
            assertThat(warnings.lines()).singleElement().asString().contains("refuses this run: status 403");
        }
        assertThat(server.asked()).isEqualTo(1);
    }

    @Test
    void aRunThatFailsIsMarked() {
        assertThatThrownBy(() -> train(false, "train.steps=3", "train.guards.minEntropy=9"))
                .hasMessageContaining("train stopped after step");
        Run run = server.runs().get(0);
        assertThat(run.status).isEqualTo("FAILED");
        assertThat(run.tags.get("recthink.stopped")).contains("entropy");
    }

    @Test
    void credentialsAreThoseOfMlflowsOwnClients() throws Exception {
        for (Map<String, String> environment : List.of(
                Map.of("MLFLOW_TRACKING_TOKEN", "t0ken\n"),
                Map.of("MLFLOW_TRACKING_USERNAME", "ada", "MLFLOW_TRACKING_PASSWORD", "secret"),
                Map.<String, String>of())) {
            new MlflowServer(server.address(), environment)
                    .post("experiments/create", MlflowServer.object().put("name", environment.toString()));
        }
        assertThat(server.authorizations()).containsExactly("Bearer t0ken", "Basic YWRhOnNlY3JldA==", "null");
        MlflowServer unusable = new MlflowServer(server.address(), Map.of("MLFLOW_TRACKING_TOKEN", "t0\nken"));
        assertThatThrownBy(() -> unusable.post("runs/search", MlflowServer.object()))
                .hasMessageContaining("MLFLOW_TRACKING_TOKEN has a character")
                .hasMessageNotContaining("ken\"")
                .hasNoCause();
    }

    @Test
    void addressesThatAreNoneAreRefused() {
        for (String address :
                List.of("mlflow:5000", "ftp://mlflow", "http://", "http://ada@mlflow:5000", "http://m?x=1")) {
            assertThatThrownBy(() -> world.configuration("tracking.mlflow=" + address))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("tracking.mlflow")
                    .hasMessageContaining("the address of an MLflow server");
        }
    }

    private void train(boolean resume, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("tracking.mlflow=" + server.address());
        all.add("train.optimizer.schedule=constant");
        new TrainJob(resume).run(SPARK, world.configuration(all.toArray(String[]::new)));
    }

    /** Compares all metrics of all steps with the run folder. */
    static void assertSameMetrics(Run run, RunFolder written) {
        Map<String, Map<Integer, Double>> expected = new TreeMap<>();
        written.manifests().forEach(manifest -> written.metrics(manifest.step()).ifPresent(metrics -> {
            for (Map.Entry<String, JsonNode> metric : fields(metrics)) {
                if (!metric.getKey().equals("step")) {
                    expected.computeIfAbsent(metric.getKey(), name -> new TreeMap<>())
                            .put(manifest.step(), metric.getValue().doubleValue());
                }
            }
        }));
        assertThat(expected).hasSizeGreaterThan(30);
        expected.forEach((name, values) -> assertThat(run.values(name)).as(name).isEqualTo(values));
        assertThat(run.metrics)
                .hasSize(expected.values().stream().mapToInt(Map::size).sum());
    }

    private static List<Map.Entry<String, JsonNode>> fields(ObjectNode metrics) {
        List<Map.Entry<String, JsonNode>> fields = new ArrayList<>();
        metrics.fields().forEachRemaining(fields::add);
        return fields;
    }
}
