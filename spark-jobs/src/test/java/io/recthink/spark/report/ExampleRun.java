package io.recthink.spark.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.spark.JobSettings;
import io.recthink.spark.run.RunDescription;
import io.recthink.spark.table.Tables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** Writes a run folder as {@code train} would, with metrics that look like those of a run that goes well. */
public final class ExampleRun {
    static final int GROUP_SIZE = 4;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SparkSession spark;
    private final Path folder;

    public ExampleRun(SparkSession spark, Path folder) {
        this.spark = spark;
        this.folder = folder;
    }

    /** {@code run.json}, {@code config.yaml} and the starting policy. */
    public ExampleRun begin(String job, String... settings) {
        json(
                "run.json",
                new RunDescription(
                        "example-1",
                        job,
                        "0.1.0",
                        "4e671183",
                        "3.5.7",
                        "0.35.1",
                        "2.7.1",
                        "cpu",
                        2,
                        17,
                        "warm-start",
                        "9e".repeat(32),
                        "ab".repeat(32),
                        "2026-11-23T04:12:33Z"));
        write(
                "config.yaml",
                JobSettings.SECTIONS.read("example", "", List.of(settings)).toYaml());
        return manifest(0, null);
    }

    public ExampleRun manifest(int step, Integer best) {
        Map<String, Object> manifest = new LinkedHashMap<>(Map.of(
                "step", step,
                "policyVersion", Map.of("number", step, "sha256", "cd".repeat(32)),
                "cursor", Map.of("epoch", 0, "position", 8 * step),
                "files", List.of()));
        if (best != null) {
            manifest.put("best", Map.of("step", best, "mae", 0.612));
        }
        json(step(step) + "/manifest.json", manifest);
        return this;
    }

    public ExampleRun metrics(int step, Map<String, ?> metrics) {
        json(step(step) + "/metrics.json", metrics);
        return this;
    }

    /** The metrics of a step of {@code train} out of {@code steps}. */
    static Map<String, Object> trainMetrics(int step, int steps) {
        Random random = new Random(step);
        double gone = 1 - Math.exp(-4.0 * step / steps);
        Map<String, Object> metrics = new LinkedHashMap<>();
        metrics.put("step", step);
        metrics.put("reward", 0.55 + 0.75 * gone + 0.05 * random.nextGaussian());
        metrics.put("reward_std", 0.35 - 0.2 * gone + 0.02 * random.nextDouble());
        metrics.put("rewards/format/mean", 0.1 + 0.38 * gone + 0.02 * random.nextGaussian());
        metrics.put("rewards/answer/mean", 0.45 + 0.37 * gone + 0.03 * random.nextGaussian());
        metrics.put("frac_reward_zero_std", Math.max(0, 0.02 + 0.3 * gone * gone + 0.05 * random.nextGaussian()));
        metrics.put("format_rate", Math.min(1, 0.6 + 0.39 * gone + 0.01 * random.nextGaussian()));
        metrics.put("train_mae", 0.98 - 0.32 * gone + 0.06 * random.nextGaussian());
        metrics.put("parse_failures", Math.max(0, 0.3 * (1 - gone) + 0.01 * random.nextGaussian()));
        metrics.put("integer_share", 0.7 - 0.2 * gone + 0.03 * random.nextGaussian());
        metrics.put("modal_share", 0.35 + 0.05 * gone + 0.03 * random.nextGaussian());
        metrics.put("loss", 0.02 * random.nextGaussian());
        metrics.put("grad_norm", 0.8 - 0.4 * gone + 0.2 * random.nextDouble());
        metrics.put("lr", 2e-6 * Math.min(1, step / 10.0));
        metrics.put("entropy", 0.9 - 0.5 * gone + 0.02 * random.nextGaussian());
        metrics.put("kl", 0.004 * gone + 0.0003 * random.nextDouble());
        metrics.put("clip_ratio", 0.0);
        metrics.put("completions/mean_length", 120 - 20 * gone + 3 * random.nextGaussian());
        metrics.put("completions/min_length", 60 + random.nextInt(20));
        metrics.put("completions/max_length", 180 + random.nextInt(60));
        metrics.put("completions/clipped_ratio", 0.02 * (1 - gone) * random.nextDouble());
        metrics.put("sampling_logp_difference/mean", 2e-6 * random.nextDouble());
        metrics.put("sampling_logp_difference/max", 2e-5 * random.nextDouble());
        metrics.put("num_tokens", 64 * 110 * step);
        metrics.put("tokens_per_second/rollout", 165 + 10 * random.nextGaussian());
        metrics.put("tokens_per_second/gradient", 420 + 20 * random.nextGaussian());
        metrics.put("time/rollout", 21 + random.nextGaussian());
        metrics.put("time/score", 0.8 + 0.1 * random.nextDouble());
        metrics.put("time/gradient", 14 + random.nextGaussian());
        metrics.put("time/learn", 1.6 + 0.1 * random.nextDouble());
        metrics.put("time/publish", 1.1 + 0.1 * random.nextDouble());
        metrics.put("engine_time/rollout", 20);
        metrics.put("engine_time/gradient", 12);
        metrics.put("engine_time/learn", 1.6);
        metrics.put("outside_engine_time", 5.4);
        metrics.put("step_time", 39.0);
        metrics.put("peak_rss_bytes", 2.1e9 + 4e8 * Math.min(1, step / 20.0));
        return metrics;
    }

    /** Rollouts of a step and their scores: one group of {@link #GROUP_SIZE} for each row id. */
    ExampleRun rollouts(int step, double truth, List<String> rowIds, List<String> texts) {
        List<Row> rollouts = new ArrayList<>();
        List<Row> scored = new ArrayList<>();
        for (String rowId : rowIds) {
            for (int sample = 0; sample < GROUP_SIZE; sample++) {
                double reward = 1.5 - 0.5 * sample;
                double spread = rowId.equals("dull") ? 0 : 0.6;
                rollouts.add(RowFactory.create(
                        step,
                        rowId,
                        sample,
                        step,
                        "cd".repeat(32),
                        7L,
                        List.of(1, 2),
                        List.of(3, 4, 5),
                        List.of(-0.1f, -0.2f, -0.3f),
                        texts.get(sample % texts.size()),
                        "stop",
                        truth));
                scored.add(RowFactory.create(
                        rowId,
                        sample,
                        sample < 3,
                        sample < 3 ? 5.0 - sample : null,
                        sample < 3 ? 0.5 : -0.5,
                        reward - 0.5,
                        reward,
                        0.75,
                        spread,
                        1.2 - 0.8 * sample,
                        spread == 0));
            }
        }
        table(rollouts, Tables.ROLLOUTS, step(step) + "/rollouts");
        table(scored, Tables.SCORED, step(step) + "/scored");
        return this;
    }

    /** Validation predictions of a step's policy, with traces. */
    ExampleRun predictions(int step, Map<String, String> traces) {
        List<Row> rows = traces.entrySet().stream()
                .map(trace -> RowFactory.create(
                        trace.getKey(),
                        "policy",
                        17L,
                        "greedy",
                        4.25,
                        false,
                        null,
                        null,
                        300,
                        3,
                        9.5,
                        trace.getValue()))
                .toList();
        table(rows, Tables.PREDICTIONS, "eval/" + step(step) + "/predictions");
        return this;
    }

    private void table(List<Row> rows, StructType schema, String name) {
        spark.createDataFrame(rows, schema)
                .coalesce(1)
                .write()
                .option("mapreduce.fileoutputcommitter.marksuccessfuljobs", false)
                .parquet(folder.resolve(name).toString());
    }

    private static String step(int step) {
        return String.format(Locale.ROOT, "step-%06d", step);
    }

    private void json(String name, Object value) {
        try {
            write(name, JSON.writeValueAsString(value));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
