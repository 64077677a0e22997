package io.recthink.spark.train;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.config.Configuration.Guards;
import io.recthink.spark.run.RunFolder;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Tells when a run has gone wrong and must stop; what it remembers comes from the metrics of all steps so far. */
final class StepGuards {
    static final String FORMAT_RATE = "format_rate";
    static final String LENGTH = "completions/mean_length";
    static final String ENTROPY = "entropy";

    private final Guards settings;
    private boolean armed;
    private double startLength = Double.NaN;

    StepGuards(Guards settings) {
        this.settings = settings;
    }

    /** Guards that have seen all steps of a run before the given one. */
    static StepGuards before(Guards settings, RunFolder folder, int step) {
        StepGuards guards = new StepGuards(settings);
        IntStream.range(1, step)
                .mapToObj(folder::metrics)
                .flatMap(Optional::stream)
                .forEach(metrics -> guards.remember(number(metrics, FORMAT_RATE), number(metrics, LENGTH)));
        return guards;
    }

    /** Why a run must stay stopped after a step that it has recorded, if it must. */
    Optional<String> reasonToStop(JsonNode metrics) {
        return reasonToStop(
                number(metrics, FORMAT_RATE),
                number(metrics, LENGTH),
                metrics.path(ENTROPY).isNumber() ? metrics.path(ENTROPY).asDouble() : null);
    }

    private static double number(JsonNode metrics, String name) {
        return metrics.path(name).asDouble(Double.NaN);
    }

    private void remember(double formatRate, double length) {
        armed |= formatRate > settings.armedAt();
        startLength = Double.isNaN(startLength) ? length : startLength;
    }

    /** Why the run must stop after a step with these metrics, if it must. */
    Optional<String> reasonToStop(Map<String, Object> metrics) {
        return reasonToStop(
                (Double) metrics.get(FORMAT_RATE), (Double) metrics.get(LENGTH), (Double) metrics.get(ENTROPY));
    }

    /** @param entropy null when all groups were dead */
    private Optional<String> reasonToStop(double formatRate, double length, Double entropy) {
        remember(formatRate, length);
        if (armed && formatRate < settings.minFormatRate()) {
            return reason(
                    "the format rate fell to %.3f, below train.guards.minFormatRate %.3f, after it had been above %.3f",
                    formatRate, settings.minFormatRate(), settings.armedAt());
        }
        if (length > settings.maxLengthGrowth() * startLength) {
            return reason(
                    "the mean length grew to %.1f tokens, more than train.guards.maxLengthGrowth %.2f times its start value %.1f",
                    length, settings.maxLengthGrowth(), startLength);
        }
        if (entropy != null && entropy < settings.minEntropy()) {
            return reason(
                    "the entropy fell to %.4f nats a token, below train.guards.minEntropy %.4f",
                    entropy, settings.minEntropy());
        }
        if (entropy != null && entropy > settings.maxEntropy()) {
            return reason(
                    "the entropy rose to %.4f nats a token, above train.guards.maxEntropy %.4f",
                    entropy, settings.maxEntropy());
        }
        return Optional.empty();
    }

    private static Optional<String> reason(String format, Object... values) {
        return Optional.of(String.format(Locale.ROOT, format, values));
    }
}
