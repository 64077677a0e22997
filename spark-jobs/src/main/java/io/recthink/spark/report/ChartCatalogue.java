package io.recthink.spark.report;

import static io.recthink.spark.report.Chart.line;
import static io.recthink.spark.report.Chart.lines;
import static io.recthink.spark.report.Chart.stacked;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The charts of a page, in their order. A metric that no chart names gets its own chart at the end. */
final class ChartCatalogue {
    private static final Section LEARNING = new Section(
            "Does it learn?",
            List.of(
                    lines(
                                    "Reward",
                                    "Mean over all completions of a step; the area is their mean standard deviation within a group.",
                                    Unit.NONE,
                                    line("reward", "reward"))
                            .with(new Chart.Band.Around("reward_std")),
                    lines(
                            "Parts of the reward",
                            "Mean reward of the format and mean reward of the answer.",
                            Unit.NONE,
                            line("rewards/format/mean", "format"),
                            line("rewards/answer/mean", "answer")),
                    lines(
                            "Mean absolute error",
                            "On the sampled completions that could be read, and on the fixed validation rows. Lower is better.",
                            Unit.STARS,
                            line("train_mae", "train"),
                            line("eval/mae", "validation")),
                    lines(
                            "Format rate",
                            "Completions that follow the output grammar.",
                            Unit.SHARE,
                            line("format_rate", "well-formed")),
                    lines(
                            "Variety of ratings",
                            "A policy that collapses to a constant shows first in the share of its most frequent rating.",
                            Unit.SHARE,
                            line("modal_share", "most frequent rating"),
                            line("integer_share", "whole numbers"),
                            line("eval/modal_share", "most frequent, validation")),
                    lines(
                            "Loss",
                            "The loss that the step minimises. A supervised run with held-out instructions also shows"
                                    + " the loss of these instructions.",
                            Unit.NONE,
                            line("loss", "loss"),
                            line("eval/loss", "validation"))));

    /** Heading of the section that also contains the traces of the first and the newest step. */
    static final String THINKING = "Does it think, or only fill in the form?";

    private static final Section THOUGHT = new Section(
            THINKING,
            List.of(
                    lines(
                            "Different traces",
                            "Share of different traces, without the rating. Near zero: the policy writes the same"
                                    + " trace for every user and product.",
                            Unit.SHARE,
                            line("traces/distinct", "train"),
                            line("eval/traces/distinct", "validation")),
                    lines(
                            "The same trace at another row",
                            "Completions whose trace also appears at another row of the step. The trace cannot be"
                                    + " about either row.",
                            Unit.SHARE,
                            line("traces/shared", "train")),
                    lines(
                            "Copied from the instruction",
                            "Share of a trace that is word for word in the instruction. High: the policy fills in the"
                                    + " form instead of thinking.",
                            Unit.SHARE,
                            line("traces/copied", "train"),
                            line("eval/traces/copied", "validation")),
                    lines(
                            "About this user and this product",
                            "Traces with at least three words of the user's own reviews or of the product.",
                            Unit.SHARE,
                            line("traces/about", "train"),
                            line("eval/traces/about", "validation"))));

    private static final Section HEALTH = new Section(
            "Is it healthy?",
            List.of(
                    lines(
                            "Parse failures",
                            "Completions without a rating that could be read.",
                            Unit.SHARE,
                            line("parse_failures", "train"),
                            line("eval/failures", "validation")),
                    lines(
                                    "Completion length",
                                    "Mean length; the area reaches from the shortest to the longest completion.",
                                    Unit.TOKENS,
                                    line("completions/mean_length", "mean"))
                            .with(new Chart.Band.Between("completions/min_length", "completions/max_length")),
                    lines(
                            "Dead groups",
                            "Groups whose completions all have the same reward. The policy learns nothing from a dead"
                                    + " group.",
                            Unit.SHARE,
                            line("frac_reward_zero_std", "dead groups")),
                    lines(
                            "Cut off",
                            "Completions that reached the token limit before they ended.",
                            Unit.SHARE,
                            line("completions/clipped_ratio", "cut off")),
                    lines(
                            "Entropy",
                            "How undecided the policy is at a token. Near zero the policy no longer explores.",
                            Unit.NATS,
                            line("entropy", "entropy")),
                    lines(
                            "KL divergence",
                            "How far the policy has moved from the reference.",
                            Unit.NATS,
                            line("kl", "KL")),
                    lines("Gradient norm", "Before clipping.", Unit.NONE, line("grad_norm", "norm")),
                    lines("Learning rate", "The schedule as it was used.", Unit.NONE, line("lr", "learning rate")),
                    lines(
                            "Clipped tokens",
                            "Tokens whose probability ratio left the clip range.",
                            Unit.SHARE,
                            line("clip_ratio", "clipped")),
                    lines(
                            "Learner against sampler",
                            "Difference between the log-probabilities that learner and sampler give to a token with"
                                    + " the same weights.",
                            Unit.NATS,
                            line("sampling_logp_difference/mean", "mean"),
                            line("sampling_logp_difference/max", "largest"))));

    private static final Section COST = new Section(
            "What does it cost?",
            List.of(
                    stacked(
                            "Time of a step",
                            "The time of each stage of a step, stacked.",
                            Unit.SECONDS,
                            line("time/rollout", "rollout"),
                            line("time/score", "score"),
                            line("time/gradient", "gradient"),
                            line("time/learn", "learn"),
                            line("time/publish", "publish"),
                            line("time/fetch", "fetch")),
                    lines(
                            "Throughput",
                            "Tokens sampled, and tokens learnt from.",
                            Unit.TOKENS_PER_SECOND,
                            line("tokens_per_second/rollout", "rollout"),
                            line("tokens_per_second/gradient", "gradient")),
                    lines(
                            "Peak memory",
                            "Largest resident memory of one process.",
                            Unit.GIBIBYTES,
                            line("peak_rss_bytes", "resident"))));

    /** Metrics without a chart of their own. */
    private static final Set<String> ELSEWHERE = Set.of(
            "reward_std",
            "completions/min_length",
            "completions/max_length",
            "step_time",
            "engine_time/rollout",
            "engine_time/gradient",
            "engine_time/learn",
            "outside_engine_time",
            "num_tokens",
            "num_samples",
            "teacher_calls",
            "teacher_tokens",
            "eval/rmse");

    private ChartCatalogue() {}

    /**
     * A question, and the charts that answer it.
     *
     * @param zero titles of the charts that are left out because they are zero at every step
     */
    record Section(String title, List<Chart> charts, List<String> zero) {
        Section(String title, List<Chart> charts) {
            this(title, charts, List.of());
        }

        /** The section without charts that the run lacks or that are zero at every step. */
        Section in(Curves curves) {
            Map<Boolean, List<Chart>> byZero = charts.stream()
                    .filter(chart -> !chart.linesIn(curves).isEmpty())
                    .collect(Collectors.partitioningBy(chart -> isZero(chart, curves)));
            return new Section(
                    title,
                    byZero.get(false),
                    byZero.get(true).stream().map(Chart::title).toList());
        }

        private static boolean isZero(Chart chart, Curves curves) {
            return chart.linesIn(curves).stream()
                    .flatMapToDouble(line -> Arrays.stream(curves.present(line.metric())))
                    .allMatch(value -> value == 0);
        }
    }

    /** The sections of a page, with the charts whose metrics the run has. */
    static List<Section> sections(Curves curves) {
        List<Section> sections = new ArrayList<>();
        Set<String> rest = new TreeSet<>(curves.names());
        rest.removeAll(ELSEWHERE);
        for (Section section : List.of(LEARNING, THOUGHT, HEALTH, COST)) {
            section.charts().forEach(chart -> chart.lines().forEach(line -> rest.remove(line.metric())));
            Section shown = section.in(curves);
            if (!shown.charts().isEmpty()) {
                sections.add(shown);
            }
        }
        if (!rest.isEmpty()) {
            sections.add(new Section(
                    "More",
                    rest.stream()
                            .map(name -> lines(name, "", Unit.NONE, line(name, name)))
                            .toList()));
        }
        return sections;
    }
}
