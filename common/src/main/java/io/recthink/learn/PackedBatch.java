package io.recthink.learn;

import io.recthink.InvalidInputException;
import io.recthink.model.AttentionCall;
import java.util.Arrays;
import java.util.List;

/**
 * Groups laid out for one forward pass. Each group takes one row of {@code P + G * S} positions: its prompt, padded at
 * its end to the longest prompt {@code P}, then {@code G} completions, each padded at its end to {@code S} positions.
 * The last token of a completion is only ever predicted and takes no position.
 */
final class PackedBatch {
    private final List<Group> groups;
    private final int promptPositions;
    private final int completions;
    private final int completionPositions;
    private final int targetCount;

    private PackedBatch(List<Group> groups) {
        this.groups = List.copyOf(groups);
        this.promptPositions =
                groups.stream().mapToInt(group -> group.prompt().length).max().orElseThrow();
        this.completions =
                groups.stream().mapToInt(group -> group.rows().size()).max().orElseThrow();
        int longest = groups.stream()
                .flatMap(group -> group.rows().stream())
                .mapToInt(row -> row.completion().length)
                .max()
                .orElseThrow();
        this.completionPositions = Math.max(1, longest - 1);
        this.targetCount = groups.stream()
                .flatMap(group -> group.rows().stream())
                .mapToInt(row -> row.completion().length)
                .sum();
    }

    /**
     * @throws InvalidInputException if a prompt and its completion are longer than the model's context
     */
    static PackedBatch of(List<Group> groups, int maxPositions) {
        if (groups.isEmpty()) {
            throw new IllegalArgumentException("a micro-batch must have at least 1 group");
        }
        groups.forEach(group -> requireFits(group, maxPositions));
        return new PackedBatch(groups);
    }

    private static void requireFits(Group group, int maxPositions) {
        for (Row row : group.rows()) {
            int positions = group.prompt().length + row.completion().length;
            if (positions > maxPositions) {
                throw new InvalidInputException(
                        "A prompt of " + group.prompt().length + " tokens and its completion of "
                                + row.completion().length + " do not fit the model's context of " + maxPositions
                                + " tokens; shorten prompt.maxTokens or rollout.maxTokens");
            }
        }
    }

    List<Group> groups() {
        return groups;
    }

    /**
     * {@code P, G, S, F, R}: as many completions {@code F} as share a call of the attention, and {@code R}.
     *
     * @param queriesOfAKey query heads {@code R} of a key head
     * @param queries that a call may have when there is more than one completion in it
     */
    long[] shape(int queriesOfAKey, int queries) {
        int shared = AttentionCall.completions(completions, completionPositions, queriesOfAKey, queries);
        return new long[] {promptPositions, completions, completionPositions, shared, queriesOfAKey};
    }

    /** Positions of one group. */
    int positions() {
        return promptPositions + completions * completionPositions;
    }

    /** Tokens of all completions. */
    int targetCount() {
        return targetCount;
    }

    /** The prompt length of each group. */
    long[] lengths() {
        return groups.stream().mapToLong(group -> group.prompt().length).toArray();
    }

    /** {@code [groups, positions]}; padding is token 0. */
    long[] tokens() {
        var tokens = new long[groups.size() * positions()];
        for (int g = 0; g < groups.size(); g++) {
            copy(groups.get(g).prompt(), groups.get(g).prompt().length, tokens, g * positions());
            for (int r = 0; r < groups.get(g).rows().size(); r++) {
                int[] completion = groups.get(g).rows().get(r).completion();
                copy(completion, completion.length - 1, tokens, (int) completionStart(g, r));
            }
        }
        return tokens;
    }

    /** For each target, the position that predicts it, counted through all groups. */
    long[] predictors() {
        var predictors = new long[targetCount];
        int next = 0;
        for (int g = 0; g < groups.size(); g++) {
            for (int r = 0; r < groups.get(g).rows().size(); r++) {
                int length = groups.get(g).rows().get(r).completion().length;
                predictors[next++] = (long) g * positions() + groups.get(g).prompt().length - 1;
                for (int t = 1; t < length; t++) {
                    predictors[next++] = completionStart(g, r) + t - 1;
                }
            }
        }
        return predictors;
    }

    /** The tokens of all completions, one completion after the other. */
    long[] targets() {
        return groups.stream()
                .flatMap(group -> group.rows().stream())
                .flatMapToInt(row -> Arrays.stream(row.completion()))
                .asLongStream()
                .toArray();
    }

    private long completionStart(int group, int row) {
        return (long) group * positions() + promptPositions + (long) row * completionPositions;
    }

    private static void copy(int[] from, int count, long[] to, int start) {
        for (int i = 0; i < count; i++) {
            to[start + i] = from[i];
        }
    }
}
