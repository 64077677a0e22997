package io.recthink.plan;

import io.recthink.model.ComputeType;
import io.recthink.model.LoraConfig;
import io.recthink.model.Projection;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Finds settings that make a training fit, by planning the training with them. */
public final class Remedies {
    private static final int RANK = 16;

    private Remedies() {}

    /**
     * A change of settings.
     *
     * @param settings the changed settings as {@code key: value}, joined by "with"
     * @param work the workload with these settings
     * @param cluster the cluster with these settings
     */
    public record Remedy(String settings, Workload work, Cluster cluster) {
        private Remedy and(Remedy other, String name) {
            return new Remedy(settings.isEmpty() ? name : settings + " with " + name, other.work, other.cluster);
        }
    }

    /**
     * Returns each single setting that makes a training fit. Where no single setting does, returns one combination from
     * which no setting can be left out. Settings that cost little are before settings that cost much. The list is empty
     * where all settings together do not make the training fit.
     */
    public static List<Remedy> of(Workload work, Cluster cluster, Predicate<Remedy> fits) {
        Remedy now = new Remedy("", work, cluster);
        List<Remedy> single = Arrays.stream(Change.values())
                .map(change -> change.apply(now))
                .filter(remedy -> !remedy.equals(now) && fits.test(remedy))
                .toList();
        return single.isEmpty() ? together(now, fits).stream().toList() : single;
    }

    private static Optional<Remedy> together(Remedy now, Predicate<Remedy> fits) {
        EnumSet<Change> changes = EnumSet.noneOf(Change.class);
        for (Change change : Change.values()) {
            changes.add(change);
            if (fits.test(all(now, changes))) {
                return Optional.of(all(now, needed(now, changes, fits)));
            }
        }
        return Optional.empty();
    }

    private static EnumSet<Change> needed(Remedy now, EnumSet<Change> changes, Predicate<Remedy> fits) {
        EnumSet<Change> needed = EnumSet.copyOf(changes);
        for (Change change : changes) {
            needed.remove(change);
            if (!fits.test(all(now, needed))) {
                needed.add(change);
            }
        }
        return needed;
    }

    private static Remedy all(Remedy now, EnumSet<Change> changes) {
        Remedy remedy = now;
        for (Change change : changes) {
            remedy = change.apply(remedy);
        }
        return remedy;
    }

    /** The settings that save memory, from the cheapest to the most costly. */
    private enum Change {
        RECOMPUTE,
        GRADIENT_GROUPS,
        ROLLOUT_PROMPTS,
        TASKS,
        TYPE,
        LORA;

        Remedy apply(Remedy now) {
            Workload work = now.work;
            return switch (this) {
                case RECOMPUTE ->
                    changed(now, "model.recompute: true", !work.recompute(), work.withRecompute(true), now.cluster);
                case GRADIENT_GROUPS ->
                    changed(
                            now,
                            "train.microBatch: 1",
                            work.groupsInAPass() > 1,
                            work.withGradientGroups(1),
                            now.cluster);
                case ROLLOUT_PROMPTS ->
                    changed(
                            now,
                            "rollout.microBatch: 1",
                            work.rolloutRows() > work.groupSize() && work.promptsOfARollout() > 1,
                            work.withRolloutPrompts(1),
                            now.cluster);
                case TASKS ->
                    changed(
                            now,
                            "one task at a time in an executor (spark.task.cpus and model.threads equal to its cores)",
                            now.cluster.tasks() > 1,
                            work,
                            now.cluster.withTasks(1));
                case TYPE ->
                    changed(
                            now,
                            "model.dtype: bfloat16",
                            work.type() == ComputeType.FLOAT32,
                            work.withType(ComputeType.BFLOAT16),
                            now.cluster);
                case LORA ->
                    changed(
                            now,
                            "lora.rank: " + RANK,
                            work.lora().isEmpty(),
                            work.withLora(new LoraConfig(RANK, RANK, false, EnumSet.allOf(Projection.class))),
                            now.cluster);
            };
        }

        private static Remedy changed(Remedy now, String name, boolean changes, Workload work, Cluster cluster) {
            return changes ? now.and(new Remedy("", work, cluster), name) : now;
        }
    }
}
