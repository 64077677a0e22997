package io.recthink.spark.train;

import io.recthink.learn.GradientStatistics;
import io.recthink.spark.gradient.StepGradient;
import io.recthink.spark.run.PolicyTraining;
import io.recthink.spark.training.LearningRun.Update;
import io.recthink.torch.TorchRuntime;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The metrics of a step under the names of {@code metrics.json}. Undefined values are left out, such as the error when
 * no answer could be read, or the KL divergence when every group was dead.
 */
final class StepMetrics {
    private static final String REPLACED = "dynamic_sampling/replaced";

    private final Map<String, Object> values = new LinkedHashMap<>();
    private double engineSeconds;

    StepMetrics(int step) {
        values.put("step", step);
    }

    /** Rewards, ratings and lengths. */
    StepMetrics completions(List<ScoredCompletion> all) {
        put("reward", mean(all, ScoredCompletion::reward));
        put("reward_std", mean(all, ScoredCompletion::groupStd));
        put("rewards/format/mean", mean(all, ScoredCompletion::rewardFormat));
        put("rewards/answer/mean", mean(all, ScoredCompletion::rewardAnswer));
        put(ThoughtGuards.DEAD, share(all, ScoredCompletion::dead));
        put(StepGuards.FORMAT_RATE, share(all, ScoredCompletion::formatOk));
        put("parse_failures", share(all, completion -> !completion.parsed()));
        ratings(all.stream().filter(ScoredCompletion::parsed).toList());
        put("completions/mean_length", mean(all, ScoredCompletion::length));
        put(
                StepGuards.LENGTH,
                mean(all.stream().filter(ScoredCompletion::formatOk).toList(), ScoredCompletion::length));
        put(
                "completions/min_length",
                all.stream().mapToInt(ScoredCompletion::length).min());
        put(
                "completions/max_length",
                all.stream().mapToInt(ScoredCompletion::length).max());
        put(StepGuards.CLIPPED, share(all, completion -> !completion.finished()));
        return this;
    }

    private void ratings(List<ScoredCompletion> parsed) {
        put("train_mae", mean(parsed, c -> Math.abs(c.truth() - c.rating())));
        put("integer_share", share(parsed, c -> c.rating() == Math.rint(c.rating())));
        Map<Double, Long> counts =
                parsed.stream().collect(Collectors.groupingBy(c -> c.rating(), Collectors.counting()));
        put(
                "modal_share",
                counts.values().stream()
                        .mapToDouble(count -> (double) count / parsed.size())
                        .max());
    }

    /**
     * Diversity of the traces of all completions, and their relation to instruction and row; nothing without traces.
     */
    StepMetrics traces(Optional<StepTraces.Summary> summary) {
        summary.ifPresent(step -> {
            put(ThoughtGuards.DISTINCT, step.traces().distinct());
            put(ThoughtGuards.SHARED, step.shared());
            put(ThoughtGuards.COPIED, step.traces().copied());
            put(ThoughtGuards.ABOUT, step.traces().about());
        });
        return this;
    }

    /**
     * The entropy of a step without a live group, whose completions no gradient task processed. It is minus the mean
     * log-probability of the sampled tokens, whose expectation is the entropy when rollout.topP is 1.
     */
    StepMetrics sampledEntropy(List<ScoredCompletion> all) {
        if (!values.containsKey(StepGuards.ENTROPY)) {
            double sum = all.stream()
                    .sorted(Comparator.comparing(ScoredCompletion::rowId).thenComparingInt(ScoredCompletion::sample))
                    .mapToDouble(StepMetrics::negativeLogProbability)
                    .sum();
            put(StepGuards.ENTROPY, sum / tokens(all));
        }
        return this;
    }

    private static double negativeLogProbability(ScoredCompletion completion) {
        double sum = 0;
        for (float logprob : completion.logprobs()) {
            sum -= logprob;
        }
        return sum;
    }

    /** The number of rounds after the first, and the number of replaced groups over all rounds. */
    StepMetrics dynamicSampling(int rounds, int replaced) {
        values.put("dynamic_sampling/rounds", rounds);
        values.put(REPLACED, replaced);
        return this;
    }

    /** The statistics of the gradient tasks and of the learner's update. */
    StepMetrics learning(StepGradient gradient, Update update) {
        GradientStatistics sums = gradient.statistics();
        put("loss", sums.loss());
        put("grad_norm", update.gradientNorm());
        put("lr", update.learningRate());
        put(StepGuards.ENTROPY, perToken(sums.entropySum(), sums));
        put("kl", perToken(sums.klSum(), sums));
        put("clip_ratio", perToken((double) sums.clippedTokens(), sums));
        put("sampling_logp_difference/mean", perToken(sums.logpDifferenceSum(), sums));
        put(
                "sampling_logp_difference/max",
                sums.tokens() == 0 ? OptionalDouble.empty() : OptionalDouble.of(sums.logpDifferenceMax()));
        put("peak_rss_bytes", Math.max(gradient.peakResidentBytes(), TorchRuntime.peakResidentBytes()));
        return this;
    }

    /** The number of different rows that the run has learnt from, up to this step. */
    StepMetrics samples(int distinct) {
        values.put(PolicyTraining.SAMPLES, distinct);
        return this;
    }

    /** Tokens of prompts and completions over the whole run, and completion tokens a second of this step. */
    StepMetrics tokens(
            List<ScoredCompletion> all, GradientStatistics sums, long before, double rollout, double gradient) {
        long prompts = all.stream()
                .filter(c -> c.sample() == 0)
                .mapToLong(c -> c.prompt().length)
                .sum();
        long completions = tokens(all);
        values.put("num_tokens", before + prompts + completions);
        put("tokens_per_second/rollout", completions / rollout);
        put("tokens_per_second/gradient", sums.tokens() / gradient);
        return this;
    }

    /** The seconds of a stage, and the seconds in which the model or the optimizer computed. */
    StepMetrics time(String stage, double seconds, double engineSeconds) {
        values.put("time/" + stage, seconds);
        if (engineSeconds > 0) {
            values.put("engine_time/" + stage, engineSeconds);
        }
        this.engineSeconds += engineSeconds;
        return this;
    }

    /** The seconds of the whole step; call it after {@link #time} for all stages. */
    StepMetrics stepTime(double seconds) {
        values.put("step_time", seconds);
        values.put("outside_engine_time", seconds - engineSeconds);
        return this;
    }

    Map<String, Object> values() {
        return values;
    }

    /** The number of completion tokens. */
    static long tokens(List<ScoredCompletion> all) {
        return all.stream().mapToLong(ScoredCompletion::length).sum();
    }

    private static OptionalDouble perToken(double sum, GradientStatistics sums) {
        return sums.tokens() == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / sums.tokens());
    }

    private static OptionalDouble mean(Collection<ScoredCompletion> all, ToDoubleFunction<ScoredCompletion> value) {
        return all.stream().mapToDouble(value).average();
    }

    private static OptionalDouble share(Collection<ScoredCompletion> all, Predicate<ScoredCompletion> holds) {
        return all.stream()
                .mapToDouble(completion -> holds.test(completion) ? 1 : 0)
                .average();
    }

    private void put(String name, OptionalDouble value) {
        value.ifPresent(number -> values.put(name, number));
    }

    private void put(String name, java.util.OptionalInt value) {
        value.ifPresent(number -> values.put(name, number));
    }

    private void put(String name, Number value) {
        values.put(name, value);
    }
}
