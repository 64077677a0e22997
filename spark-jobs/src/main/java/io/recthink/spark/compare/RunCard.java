package io.recthink.spark.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.BuildInformation;
import io.recthink.config.Configuration;
import io.recthink.config.ConfigurationReader;
import io.recthink.spark.table.PreparedData;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * What a result was made from and with.
 *
 * @param name of the data set
 * @param facts names and values, in the order of their report
 * @param configuration the resolved configuration, as YAML
 */
record RunCard(String name, Map<String, String> facts, String configuration) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    static RunCard of(SparkSession spark, Configuration configuration) {
        Configuration.Paths paths = configuration.paths();
        PreparedData data = PreparedData.read(spark, paths.resolve(paths.data()));
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
        facts.put("seed", Long.toString(configuration.seed()));
        return new RunCard(data.name(), facts, ConfigurationReader.write(configuration));
    }

    String json() {
        ObjectNode all = JSON.createObjectNode();
        facts.forEach(all::put);
        all.put("configuration", configuration);
        try {
            return JSON.writeValueAsString(all) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
