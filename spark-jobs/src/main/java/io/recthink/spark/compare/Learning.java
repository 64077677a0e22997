package io.recthink.spark.compare;

import io.recthink.spark.report.Curves;
import io.recthink.spark.table.PolicyOrigin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/**
 * The training curves of one run and the systems that are policies of this run.
 *
 * @param systems names of the systems, for people
 * @param curves curves of the run
 */
record Learning(String systems, Curves curves) {
    /**
     * The runs whose policies were compared, in the order of the systems. Runs whose folder no longer exists are left
     * out.
     */
    static List<Learning> of(List<PolicyOrigin> origins, Configuration hadoop) {
        Map<String, StringJoiner> runs = new LinkedHashMap<>();
        origins.stream()
                .filter(origin ->
                        origin.training() != null && !origin.training().untrained())
                .forEach(origin -> runs.computeIfAbsent(origin.training().run(), run -> new StringJoiner(", "))
                        .add(origin.system()));
        return runs.entrySet().stream()
                .flatMap(run -> Curves.find(run.getKey(), hadoop)
                        .map(curves -> Stream.of(new Learning(run.getValue().toString(), curves)))
                        .orElse(Stream.empty()))
                .toList();
    }
}
