package io.recthink.spark.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.BuildInformation;
import io.recthink.config.Configuration;
import io.recthink.spark.evaluate.EvaluationRequest;
import io.recthink.spark.table.PolicyOrigin;
import io.recthink.spark.table.PreparedData;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * What a result was made from and with.
 *
 * @param name of the data set
 * @param facts names and values, in the order of their report
 * @param trainings the policies of the table and the configurations that they were trained with
 * @param configuration what the job itself was run with, as YAML
 */
record RunCard(String name, Map<String, String> facts, List<PolicyOrigin> trainings, String configuration) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** What a comparison reads: what it would say of a training was that of no run. */
    private static final List<String> USED = List.of("name", "seed", "paths", "predict", "compare");

    static RunCard of(
            SparkSession spark, Configuration configuration, EvaluationRequest request, List<PolicyOrigin> origins) {
        PreparedData data = PreparedData.read(spark, request.data());
        BuildInformation build = BuildInformation.current();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("recthink", build.version());
        facts.put("revision", build.revision());
        facts.put("Spark", spark.version());
        facts.put("master", spark.sparkContext().master());
        facts.put(
                "device of the driver",
                System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors() + " processors");
        facts.put("data", data.name());
        facts.put("data sha256", data.sha256());
        facts.put("row ids sha256", data.rowIdsSha256());
        facts.put("split", data.split().label());
        facts.put("predictions", request.predictions());
        facts.put("differences to", request.settings().reference());
        facts.put("seed", Long.toString(request.seed()));
        return new RunCard(
                data.name(),
                facts,
                origins.stream().filter(origin -> origin.training() != null).toList(),
                configuration.toYaml(USED));
    }

    String json() {
        ObjectNode all = JSON.createObjectNode();
        facts.forEach(all::put);
        all.set("policies", JSON.valueToTree(trainings));
        all.put("compareConfiguration", configuration);
        try {
            return JSON.writeValueAsString(all) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
