package io.recthink.spark.train;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Detects a policy that no longer thinks. It writes the same traces for all rows, copies the instruction, or no longer
 * writes about the row; or all groups are dead, so that there is no gradient. A guard stops the run only after several
 * steps in a row.
 *
 * <p>A small number of different traces is not a failure by itself. A confident policy can write the same trace in all
 * completions of a group and sample only the rating, with at least one trace a row. It has failed when several rows
 * share their traces.
 */
final class ThoughtGuards {
    static final String DISTINCT = "traces/distinct";
    static final String SHARED = "traces/shared";
    static final String COPIED = "traces/copied";
    static final String ABOUT = "traces/about";
    static final String DEAD = "frac_reward_zero_std";

    private static final int STEPS = 5;
    private static final double MOST_SHARED = 0.5;

    /**
     * Share of traces about their row that activates the guard {@code minAbout}. In a log with very short texts, no
     * policy reaches this share.
     */
    private static final double MOST_ABOUT = 0.8;

    private static final String HELP =
            " What helps: prompt.layout=words instead of a prompt that shows a pattern with dots, reward.minWords=10,"
                    + " train.prompts=balanced, a lower train.optimizer.learningRate, train.klCoefficient above 0 (0.01 to"
                    + " 0.05), reward.shape=l2. Begin again from a step whose traces inspect shows to be good, or from the"
                    + " start. docs/training.md explains the guards;";

    private final GuardSettings settings;
    private final boolean deadGroupsTeach;
    private int uniform;
    private int copying;
    private boolean spokeOfRows;
    private final Deque<Double> about = new ArrayDeque<>();
    private int dead;

    /**
     * Guards before the first step.
     *
     * @param deadGroupsTeach whether dead groups have a gradient, as with an entropy bonus
     */
    ThoughtGuards(GuardSettings settings, boolean deadGroupsTeach) {
        this.settings = settings;
        this.deadGroupsTeach = deadGroupsTeach;
    }

    /**
     * The measures of a step. An unknown measure is NaN and ends a series of steps.
     *
     * @param distinct share of different traces
     * @param shared share of completions whose trace also occurs at another row
     * @param copied mean share of a trace that also occurs in the instruction
     * @param about share of traces that use words of their user or product
     * @param deadGroups share of dead groups
     */
    record Seen(double distinct, double shared, double copied, double about, double deadGroups) {}

    void remember(Seen step) {
        boolean same = step.distinct() < settings.minDistinct() && step.shared() > MOST_SHARED;
        uniform = same ? uniform + 1 : 0;
        copying = step.copied() > settings.maxCopied() ? copying + 1 : 0;
        remember(step.about());
        dead = step.deadGroups() == 1 && !deadGroupsTeach ? dead + 1 : 0;
    }

    private void remember(double share) {
        if (Double.isNaN(share)) {
            about.clear();
            return;
        }
        spokeOfRows |= share >= MOST_ABOUT;
        about.addLast(share);
        if (about.size() > STEPS) {
            about.removeFirst();
        }
    }

    /** The mean over the last {@link #STEPS} steps; NaN when there are fewer steps. */
    private double about() {
        return about.size() < STEPS
                ? Double.NaN
                : about.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    /**
     * The reason to stop after the last remembered step; empty when the run may continue.
     *
     * @param traces two traces of the step, for people; only called when there is a reason
     */
    Optional<String> reasonToStop(Seen last, Supplier<String> traces) {
        if (copying >= STEPS) {
            return reason(
                    "the policy copies the instruction instead of thinking: for %d steps in a row more than train.guards.maxCopied %.2f of"
                            + " the words of its traces is word for word in the instruction (%.2f now).%s%s"
                            + " with train.guards.maxCopied=1 the run continues anyway",
                    copying, settings.maxCopied(), last.copied(), traces.get(), HELP);
        }
        if (uniform >= STEPS) {
            return reason(
                    "the policy writes nearly the same trace for every user and product: for %d steps in a row less than"
                            + " train.guards.minDistinct %.2f of a step's traces were distinct (%.2f now),"
                            + " and most traces occurred at several rows.%s The policy has learnt the form and a safe rating, not to think.%s with train.guards.minDistinct=0 the run continues anyway",
                    uniform, settings.minDistinct(), last.distinct(), traces.get(), HELP);
        }
        if (spokeOfRows && about() < settings.minAbout()) {
            return reason(
                    "the policy no longer writes about the user and the product: over the last %d steps %.2f of the traces used words"
                            + " of their user's reviews or of their product, less than train.guards.minAbout %.2f. Earlier most"
                            + " traces did so.%s The policy has learnt the form and a safe rating, not to think.%s"
                            + " with train.guards.minAbout=0 the run continues anyway",
                    STEPS, about(), settings.minAbout(), traces.get(), HELP);
        }
        if (settings.deadSteps() > 0 && dead >= settings.deadSteps()) {
            return reason(
                    "the policy has learnt nothing for %d steps in a row (train.guards.deadSteps): in every group all completions"
                            + " earned the same reward, so that there was no gradient.%s What helps: reward.shape=l2,"
                            + " train.dynamicSampling=2, a higher rollout.temperature, more completions a prompt (train.groupSize), a lower train.optimizer.learningRate"
                            + " from the start, or a warm start that is less sure (teacher.rule.spread). docs/training.md explains the guards;"
                            + " with train.guards.deadSteps=0 the run continues anyway",
                    dead, traces.get());
        }
        return Optional.empty();
    }

    private static Optional<String> reason(String format, Object... values) {
        return Optional.of(String.format(Locale.ROOT, format, values));
    }
}
