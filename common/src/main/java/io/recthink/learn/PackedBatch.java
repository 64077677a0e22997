package io.recthink.learn;

import io.recthink.InvalidInputException;
import io.recthink.model.AttentionCall;
import io.recthink.model.Decoder;
import io.recthink.model.ModelConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Lays groups out for one forward pass.
 *
 * <p>Each group takes one row of positions. The row begins with the prompt, padded at its end to the longest prompt
 * {@code P}. Then follow the completions, from the longest to the shortest. {@code F} completions share an attention
 * call and are padded to the longest of them.
 *
 * <p>A call begins with the first positions of all its completions, followed by their second positions, and so on. So
 * the mask of a short call is a part of the mask of a long call. The last token of a completion is only predicted and
 * takes no position.
 */
final class PackedBatch {
    private final List<Group> groups;
    private final int promptPositions;
    private final int queriesOfAKey;
    private final int completionsOfACall;
    private final int[] callPositions; // positions of a completion in each call
    private final int[] callStarts; // first position of each call; the last element is the end of the row
    private final int[][] seats; // [group][completion]: its place from the longest to the shortest
    private final int targetCount;

    private PackedBatch(List<Group> groups, int queriesOfAKey, int queries) {
        this.groups = List.copyOf(groups);
        this.queriesOfAKey = queriesOfAKey;
        this.promptPositions =
                groups.stream().mapToInt(group -> group.prompt().length).max().orElseThrow();
        this.seats = groups.stream().map(PackedBatch::seats).toArray(int[][]::new);
        int[] positions = positionsOfSeats();
        this.completionsOfACall = AttentionCall.completions(positions.length, positions[0], queriesOfAKey, queries);
        this.callPositions = IntStream.range(0, positions.length / completionsOfACall)
                .map(call -> positions[call * completionsOfACall])
                .toArray();
        this.callStarts = new int[callPositions.length + 1];
        callStarts[0] = promptPositions;
        for (int call = 0; call < callPositions.length; call++) {
            callStarts[call + 1] = callStarts[call] + completionsOfACall * callPositions[call];
        }
        this.targetCount = groups.stream()
                .flatMap(group -> group.completions().stream())
                .mapToInt(row -> row.tokens().length)
                .sum();
    }

    /** Lays groups out for a decoder; see {@link #of(List, ModelConfig, int)}. */
    static PackedBatch of(List<Group> groups, Decoder decoder) {
        int queries = AttentionCall.queries(decoder.type(), decoder.packsForFewRows());
        return of(groups, decoder.config(), queries);
    }

    /**
     * Lays groups out.
     *
     * @param queries most queries of an attention call with more than one completion
     * @throws InvalidInputException if a prompt and its completion are longer than the model's context
     */
    static PackedBatch of(List<Group> groups, ModelConfig model, int queries) {
        if (groups.isEmpty()) {
            throw new IllegalArgumentException("a micro-batch must have at least 1 group");
        }
        groups.forEach(group -> requireFits(group, model.maxPositions()));
        return new PackedBatch(groups, model.heads() / model.keyValueHeads(), queries);
    }

    private static int[] seats(Group group) {
        int[] fromLongest = IntStream.range(0, group.completions().size())
                .boxed()
                .sorted(Comparator.comparingInt(
                        row -> -group.completions().get(row).tokens().length))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] seats = new int[fromLongest.length];
        for (int seat = 0; seat < seats.length; seat++) {
            seats[fromLongest[seat]] = seat;
        }
        return seats;
    }

    /** Positions of the longest completion in each place, at least 1. */
    private int[] positionsOfSeats() {
        int[] positions =
                new int[Arrays.stream(seats).mapToInt(rows -> rows.length).max().orElseThrow()];
        Arrays.fill(positions, 1);
        for (int g = 0; g < seats.length; g++) {
            for (int r = 0; r < seats[g].length; r++) {
                int length = groups.get(g).completions().get(r).tokens().length;
                positions[seats[g][r]] = Math.max(positions[seats[g][r]], length - 1);
            }
        }
        return positions;
    }

    private static void requireFits(Group group, int maxPositions) {
        for (LearningCompletion row : group.completions()) {
            int positions = group.prompt().length + row.tokens().length;
            if (positions > maxPositions) {
                throw new InvalidInputException(
                        "A prompt of " + group.prompt().length + " tokens and its completion of "
                                + row.tokens().length + " do not fit the model's context of " + maxPositions
                                + " tokens; shorten prompt.maxTokens or rollout.maxTokens");
            }
        }
    }

    List<Group> groups() {
        return groups;
    }

    /**
     * The shape {@code P, R, F, C, S, C, S, ...} of {@code decoder.py}. C is the number of calls with the same length
     * S.
     */
    long[] shape() {
        List<Long> shape =
                new ArrayList<>(List.of((long) promptPositions, (long) queriesOfAKey, (long) completionsOfACall));
        int call = 0;
        while (call < callPositions.length) {
            int first = call;
            while (call < callPositions.length && callPositions[call] == callPositions[first]) {
                call++;
            }
            shape.add((long) call - first);
            shape.add((long) callPositions[first]);
        }
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    /** Positions of one group. */
    int positions() {
        return callStarts[callPositions.length];
    }

    /** Tokens of all completions. */
    int targetCount() {
        return targetCount;
    }

    /** The prompt length of each group. */
    long[] lengths() {
        return groups.stream().mapToLong(group -> group.prompt().length).toArray();
    }

    /** The input tokens {@code [groups, positions]}; padding is token 0. */
    long[] tokens() {
        var tokens = new long[groups.size() * positions()];
        for (int g = 0; g < groups.size(); g++) {
            int[] prompt = groups.get(g).prompt();
            for (int i = 0; i < prompt.length; i++) {
                tokens[g * positions() + i] = prompt[i];
            }
            for (int r = 0; r < groups.get(g).completions().size(); r++) {
                int[] completion = groups.get(g).completions().get(r).tokens();
                for (int i = 0; i < completion.length - 1; i++) {
                    tokens[(int) position(g, r, i)] = completion[i];
                }
            }
        }
        return tokens;
    }

    /** The position that predicts each target, counted through all groups. */
    long[] predictors() {
        var predictors = new long[targetCount];
        int next = 0;
        for (int g = 0; g < groups.size(); g++) {
            for (int r = 0; r < groups.get(g).completions().size(); r++) {
                predictors[next++] = (long) g * positions() + groups.get(g).prompt().length - 1;
                for (int t = 1; t < groups.get(g).completions().get(r).tokens().length; t++) {
                    predictors[next++] = position(g, r, t - 1);
                }
            }
        }
        return predictors;
    }

    /** The tokens of all completions, one completion after the other. */
    long[] targets() {
        return groups.stream()
                .flatMap(group -> group.completions().stream())
                .flatMapToInt(row -> Arrays.stream(row.tokens()))
                .asLongStream()
                .toArray();
    }

    /** The position of a completion's token, counted through all groups. */
    private long position(int group, int row, int token) {
        int seat = seats[group][row];
        int start = callStarts[seat / completionsOfACall] + seat % completionsOfACall;
        return (long) group * positions() + start + (long) token * completionsOfACall;
    }
}
