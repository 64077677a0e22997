package io.recthink.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Adds up what Spark's event logs say of the tasks: one line an application, then the stages that took longest and those
 * whose tasks sent most to the driver. Not compressed logs, as Spark writes them by default. Run it with
 *
 * <pre>
 * java -cp 'spark-jobs/target/distribution/spark-3.5/jars/*' \
 *     spark-jobs/src/test/java/io/recthink/spark/EventLogTotals.java EVENT-LOG ...
 * </pre>
 */
public final class EventLogTotals {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int STAGES = 8;
    private static final String LINE = "%-28s %6s %7s %6s %6s %8s %9s %9s %9s %9s %9s %9s%n";

    private EventLogTotals() {}

    /** What is added up over tasks. */
    private static final class Totals {
        private long tasks;
        private long failed;
        private long cpu; // nanoseconds
        private long longest; // milliseconds
        private long shuffled; // bytes written
        private long spilledFromMemory;
        private long spilledToDisk;
        private long peak; // execution memory of one task
        private long results; // bytes that result tasks sent to the driver, their metrics included
        private long largestResult;

        void add(JsonNode event) {
            tasks++;
            JsonNode info = event.get("Task Info");
            failed += info.get("Failed").asBoolean() ? 1 : 0;
            longest = Math.max(
                    longest,
                    info.get("Finish Time").asLong() - info.get("Launch Time").asLong());
            JsonNode metrics = event.get("Task Metrics");
            if (metrics == null) {
                return;
            }
            cpu += metrics.get("Executor CPU Time").asLong();
            shuffled += metrics.get("Shuffle Write Metrics")
                    .get("Shuffle Bytes Written")
                    .asLong();
            spilledFromMemory += metrics.get("Memory Bytes Spilled").asLong();
            spilledToDisk += metrics.get("Disk Bytes Spilled").asLong();
            peak = Math.max(peak, metrics.get("Peak Execution Memory").asLong());
            if (event.get("Task Type").asText().equals("ResultTask")) {
                results += metrics.get("Result Size").asLong();
                largestResult =
                        Math.max(largestResult, metrics.get("Result Size").asLong());
            }
        }

        void print(String name, double seconds) {
            System.out.printf(
                    LINE,
                    name.substring(0, Math.min(28, name.length())),
                    Math.round(seconds),
                    Math.round(cpu / 1e9),
                    tasks,
                    failed,
                    longest / 1000,
                    megabytes(shuffled),
                    megabytes(spilledFromMemory),
                    megabytes(spilledToDisk),
                    megabytes(peak),
                    megabytes(results),
                    megabytes(largestResult));
        }

        private static String megabytes(long bytes) {
            return String.format("%.2f", bytes / 1e6);
        }
    }

    public static void main(String[] logs) throws IOException {
        System.out.printf(
                LINE,
                "application, stage",
                "s",
                "cpu s",
                "tasks",
                "failed",
                "longest",
                "shuffled",
                "spilled",
                "on disk",
                "peak",
                "results",
                "largest");
        System.out.println("(longest task in s; all from shuffled on in MB)");
        for (String log : logs) {
            print(Path.of(log));
        }
    }

    private static void print(Path log) throws IOException {
        Totals all = new Totals();
        Map<Integer, Totals> stages = new TreeMap<>();
        Map<Integer, String> names = new TreeMap<>();
        Map<Integer, Double> seconds = new TreeMap<>();
        List<Long> times = new ArrayList<>();
        try (Stream<String> lines = Files.lines(log)) {
            lines.map(EventLogTotals::event).forEach(event -> {
                switch (event.get("Event").asText()) {
                    case "SparkListenerApplicationStart", "SparkListenerApplicationEnd" ->
                        times.add(event.get("Timestamp").asLong());
                    case "SparkListenerTaskEnd" -> {
                        all.add(event);
                        stages.computeIfAbsent(event.get("Stage ID").asInt(), id -> new Totals())
                                .add(event);
                    }
                    case "SparkListenerStageCompleted" -> {
                        JsonNode stage = event.get("Stage Info");
                        int id = stage.get("Stage ID").asInt();
                        names.put(id, id + " " + stage.get("Stage Name").asText());
                        if (stage.has("Completion Time") && stage.has("Submission Time")) {
                            seconds.put(
                                    id,
                                    (stage.get("Completion Time").asLong()
                                                    - stage.get("Submission Time")
                                                            .asLong())
                                            / 1e3);
                        }
                    }
                    default -> {}
                }
            });
        }
        double wall = times.size() < 2 ? Double.NaN : (times.get(times.size() - 1) - times.get(0)) / 1e3;
        System.out.println();
        all.print(log.getFileName().toString(), wall);
        Comparator<Map.Entry<Integer, Totals>> byTime =
                Comparator.comparing(stage -> -seconds.getOrDefault(stage.getKey(), 0.0));
        Comparator<Map.Entry<Integer, Totals>> byResults = Comparator.comparing(stage -> -stage.getValue().results);
        for (Comparator<Map.Entry<Integer, Totals>> order : List.of(byTime, byResults)) {
            System.out.println(order == byTime ? "  longest stages" : "  stages with the largest results");
            stages.entrySet().stream().sorted(order).limit(STAGES).forEach(stage -> stage.getValue()
                    .print("  " + names.get(stage.getKey()), seconds.getOrDefault(stage.getKey(), Double.NaN)));
        }
    }

    private static JsonNode event(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
