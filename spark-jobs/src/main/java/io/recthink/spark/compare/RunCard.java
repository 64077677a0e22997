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
 * Describes the input of a result: data, program, policies and configuration.
 *
 * @param name name of the data set
 * @param facts names and values, in the order of the report
 * @param trainings policies of the table with the configurations of their training
 * @param notes sentences about rows and systems, such as the word vectors of a system
 * @param configuration configuration of the job itself, as YAML
 */
record RunCard(
        String name,
        Map<String, String> facts,
        List<PolicyOrigin> trainings,
        List<String> notes,
        String configuration) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** Sections that the card shows. Training sections are left out: their values here are no run's values. */
    private static final List<String> USED = List.of("name", "seed", "paths", "predict", "compare");

    static RunCard of(
            SparkSession spark,
            Configuration configuration,
            EvaluationRequest request,
            List<PolicyOrigin> origins,
            List<String> notes) {
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
                notes,
                configuration.toYaml(USED));
    }

    String json() {
        ObjectNode all = JSON.createObjectNode();
        facts.forEach(all::put);
        all.set("policies", JSON.valueToTree(trainings));
        all.set("notes", JSON.valueToTree(notes));
        all.put("compareConfiguration", configuration);
        try {
            return JSON.writeValueAsString(all) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
