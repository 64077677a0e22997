package io.recthink.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.spark.files.Storage;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunFolder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/**
 * A folder of event files for TensorBoard. Each call adds one file with the steps that the folder does not have; their
 * names tell which these are. TensorBoard reads the files of a folder in the order of their names.
 */
final class EventFolder {
    private static final String NAME = "events.out.tfevents.%010d.recthink.%06d-%06d";
    private static final Pattern FILE = Pattern.compile("events\\.out\\.tfevents\\.\\d+\\.recthink\\.\\d+-(\\d+)");
    private static final double MILLISECONDS = 1000;

    private final Storage storage;

    EventFolder(String path, Configuration hadoop) {
        storage = Storage.at(path, hadoop);
    }

    /** Adds the complete steps of a run that the folder lacks; returns their number. */
    int add(RunFolder run) {
        int last = last();
        List<Manifest> steps =
                run.manifests().stream().filter(step -> step.step() > last).toList();
        if (steps.isEmpty()) {
            return 0;
        }
        long begun = Instant.parse(run.description().created()).getEpochSecond();
        EventFile file = new EventFile(begun);
        for (Manifest step : steps) {
            run.metrics(step.step())
                    .ifPresent(metrics -> file.add(
                            step.step(), run.completed(step.step()).toEpochMilli() / MILLISECONDS, values(metrics)));
        }
        storage.write(
                NAME.formatted(
                        begun, steps.get(0).step(), steps.get(steps.size() - 1).step()),
                file.content());
        return steps.size();
    }

    private int last() {
        return storage.listAll("").stream()
                .map(FileStatus::getPath)
                .map(path -> FILE.matcher(path.getName()))
                .filter(Matcher::matches)
                .mapToInt(matcher -> Integer.parseInt(matcher.group(1)))
                .max()
                .orElse(-1);
    }

    private static Map<String, Double> values(JsonNode metrics) {
        Map<String, Double> values = new TreeMap<>();
        metrics.properties().forEach(metric -> {
            if (metric.getValue().isNumber() && !metric.getKey().equals("step")) {
                values.put(metric.getKey(), metric.getValue().doubleValue());
            }
        });
        return values;
    }
}
