package io.recthink.spark.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.spark.SparkTest;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.tracking.MlflowDouble.Run;
import io.recthink.spark.train.TinyWorld;
import io.recthink.spark.train.TrainJob;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sends a run to MLflow itself: {@code -Drecthink.mlflow=URL} names its server; CONTRIBUTING.md shows how to start one. */
class MlflowServerTest {
    private static final String URL = System.getProperty("recthink.mlflow", "");
    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void aRunAndItsContinuationAreOneRunWithAllMetrics(@TempDir Path folder) throws Exception {
        assumeTrue(!URL.isEmpty(), "-Drecthink.mlflow names no server");
        SparkSession spark = SparkTest.spark();
        TinyWorld world = TinyWorld.create(spark, folder);
        String[] settings = {
            "train.steps=2", "train.optimizer.schedule=constant", "tracking.mlflow=" + URL, "tracking.experiment=a/b é"
        };
        new TrainJob(false).run(spark, world.configuration(settings));
        settings[0] = "train.steps=5";
        new TrainJob(true).run(spark, world.configuration(settings));

        RunFolder written =
                RunFolder.at(world.run().toString(), spark.sparkContext().hadoopConfiguration());
        MlflowServer server = new MlflowServer(URL, Map.of());
        String experiment = server.get("experiments/get-by-name", "experiment_name", "a/b é")
                .at("/experiment/experiment_id")
                .asText();
        ObjectNode search = MlflowServer.object()
                .put(
                        "filter",
                        "tags.`recthink.run_id` = '%s'"
                                .formatted(written.description().runId()));
        search.putArray("experiment_ids").add(experiment);
        JsonNode found = server.post("runs/search", search).get("runs");
        assertThat(found).hasSize(1);
        assertThat(found.at("/0/info/status").asText()).isEqualTo("FINISHED");
        assertThat(found.at("/0/data/params"))
                .anyMatch(parameter ->
                        parameter.toString().equals("{\"key\":\"train.optimizer.schedule\",\"value\":\"constant\"}"));
        Run run = new Run();
        for (JsonNode metric : found.at("/0/data/metrics")) {
            history(found.at("/0/info/run_id").asText(), metric.get("key").asText())
                    .get("metrics")
                    .forEach(run.metrics::add);
        }
        MlflowTrackerTest.assertSameMetrics(run, written);
    }

    private static JsonNode history(String run, String metric) throws Exception {
        URI address = URI.create("%s/api/2.0/mlflow/metrics/get-history?run_id=%s&metric_key=%s"
                .formatted(URL, run, metric.replace("/", "%2F")));
        return JSON.readTree(HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                .body());
    }
}
