package io.recthink.spark.tracking;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads {@code metrics.json}. */
final class Metrics {
    private Metrics() {}

    /** The metrics that are numbers, by name. */
    static Map<String, Object> numbers(ObjectNode metrics) {
        Map<String, Object> numbers = new LinkedHashMap<>();
        metrics.properties().forEach(metric -> {
            if (metric.getValue().isNumber()) {
                numbers.put(metric.getKey(), metric.getValue().doubleValue());
            }
        });
        return numbers;
    }
}
