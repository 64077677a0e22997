package io.recthink.spark.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.config.Configuration;
import io.recthink.reward.FormatGrading;
import io.recthink.reward.RewardSettings;
import io.recthink.spark.run.RunFolder;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Decides whether a run must stop. The state of the guards is computed from the metrics of all earlier steps. */
final class StepGuards {
    static final String FORMAT_RATE = "format_rate";
    static final String LENGTH = "completions/mean_well_formed_length";
    static final String CLIPPED = "completions/clipped_ratio";
    static final String ENTROPY = "entropy";
    private static final String STEP = "step";
    private static final int FIRST_STEPS = 3;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final GuardSettings settings;
    private final boolean strictFormat;
    private final int completions;
    private final ThoughtGuards thought;
    private final IntFunction<String> traces;
    private boolean armed;
    private double startLength = Double.NaN;
    private int steps;
    private boolean anyWellFormed;
    private boolean anyFinished;

    /**
     * Guards before the first step.
     *
     * @param strictFormat whether the format reward has no partial credit ({@code reward.formatGrading: strict})
     * @param deadGroupsTeach see {@link ThoughtGuards}
     * @param completions number of completions of a step
     * @param traces quotes traces of a step, for people
     */
    StepGuards(
            GuardSettings settings,
            boolean strictFormat,
            boolean deadGroupsTeach,
            int completions,
            IntFunction<String> traces) {
        this.settings = settings;
        this.thought = new ThoughtGuards(settings, deadGroupsTeach);
        this.traces = traces;
        this.strictFormat = strictFormat;
        this.completions = completions;
    }

    /** The guards of a configuration. */
    static StepGuards of(Configuration configuration, IntFunction<String> traces) {
        TrainSettings train = configuration.get(TrainSettings.class);
        return new StepGuards(
                train.guards(),
                configuration.get(RewardSettings.class).formatGrading() == FormatGrading.STRICT,
                train.entropyBonus() > 0,
                train.promptsPerStep() * train.groupSize(),
                traces);
    }

    /** Guards with the metrics of all steps of a run before the given one. */
    static StepGuards before(Configuration configuration, RunFolder folder, int step, IntFunction<String> traces) {
        StepGuards guards = of(configuration, traces);
        IntStream.range(1, step)
                .mapToObj(folder::metrics)
                .flatMap(Optional::stream)
                .forEach(metrics -> {
                    guards.remember(number(metrics, FORMAT_RATE), number(metrics, LENGTH), number(metrics, CLIPPED));
                    guards.thought.remember(seen(metrics));
                });
        return guards;
    }

    /** The reason why a run must stay stopped after a recorded step; empty when it may continue. */
    Optional<String> reasonToStop(JsonNode metrics) {
        return reasonToStop(
                        number(metrics, FORMAT_RATE),
                        number(metrics, LENGTH),
                        number(metrics, CLIPPED),
                        metrics.path(ENTROPY).isNumber() ? metrics.path(ENTROPY).asDouble() : null)
                .or(() -> hollow(seen(metrics), metrics.path(STEP).asInt()));
    }

    private static ThoughtGuards.Seen seen(JsonNode metrics) {
        return new ThoughtGuards.Seen(
                number(metrics, ThoughtGuards.DISTINCT),
                number(metrics, ThoughtGuards.SHARED),
                number(metrics, ThoughtGuards.COPIED),
                number(metrics, ThoughtGuards.ABOUT),
                number(metrics, ThoughtGuards.DEAD));
    }

    private Optional<String> hollow(ThoughtGuards.Seen step, int number) {
        thought.remember(step);
        return thought.reasonToStop(step, () -> traces.apply(number));
    }

    private static double number(JsonNode metrics, String name) {
        return metrics.path(name).asDouble(Double.NaN);
    }

    private void remember(double formatRate, double length, double clipped) {
        steps++;
        anyWellFormed |= formatRate > 0;
        anyFinished |= clipped < 1;
        armed |= formatRate > settings.armedAt();
        startLength = Double.isNaN(startLength) ? length : startLength;
    }

    /** The reason to stop after a step with these metrics; empty when the run may continue. */
    Optional<String> reasonToStop(Map<String, Object> metrics) {
        JsonNode tree = JSON.valueToTree(metrics);
        return reasonToStop(tree);
    }

    /**
     * @param length mean length of well-formed completions; NaN when there are none
     * @param entropy null when all groups were dead
     */
    private Optional<String> reasonToStop(double formatRate, double length, double clipped, Double entropy) {
        remember(formatRate, length, clipped);
        if (isFruitless()) {
            return fruitless();
        }
        if (armed && formatRate < settings.minFormatRate()) {
            return reason(
                    "the format rate fell to %.3f, below train.guards.minFormatRate %.3f, after it had been above %.3f",
                    formatRate, settings.minFormatRate(), settings.armedAt());
        }
        if (length > settings.maxLengthGrowth() * startLength) {
            return reason(
                    "the mean length of well-formed completions grew to %.1f tokens, more than train.guards.maxLengthGrowth %.2f times its start value %.1f",
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

    /**
     * Whether the first steps have no completion to learn from: none is well formed (strict grading), or none has
     * ended.
     */
    private boolean isFruitless() {
        boolean nothing = (strictFormat && !anyWellFormed) || !anyFinished;
        return settings.startCompletions() > 0
                && steps >= FIRST_STEPS
                && steps * (long) completions >= settings.startCompletions()
                && nothing;
    }

    private Optional<String> fruitless() {
        String seen = anyFinished ? "none is well formed" : "all are cut off at rollout.maxTokens";
        return reason(
                "of at least %d completions of the first %d steps %s, so the policy cannot learn from them. Look at the completions with inspect; then make a warm start (cold-start, sft), raise rollout.maxTokens, lower reward.minWords, or set reward.formatGrading=tags. With train.guards.startCompletions=0 the run continues anyway",
                steps * (long) completions, steps, seen);
    }

    private static Optional<String> reason(String format, Object... values) {
        return Optional.of(String.format(Locale.ROOT, format, values));
    }
}
