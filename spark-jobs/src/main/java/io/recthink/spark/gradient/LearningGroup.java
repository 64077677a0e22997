package io.recthink.spark.gradient;

import io.recthink.learn.Group;
import io.recthink.learn.Row;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A prompt with the completions to learn from, on its way to a gradient task. Arrays are not copied; do not change them.
 *
 * @param index of the group among those of the step; decides its place in its partition
 * @param prompt its tokens
 * @param completions at least one
 */
@SuppressWarnings("ArrayRecordComponent") // one number a token; never compared
public record LearningGroup(int index, int[] prompt, ArrayList<LearningCompletion> completions)
        implements Serializable {

    /**
     * A completion to learn from.
     *
     * @param tokens its tokens
     * @param oldLogprobs under the policy that sampled it; null for supervised training
     * @param advantage among the completions of its group; unused in supervised training
     * @param weight factor on the loss of every token
     */
    public record LearningCompletion(int[] tokens, float[] oldLogprobs, double advantage, double weight)
            implements Serializable {
        /** A completion that counts as the others do. */
        public LearningCompletion(int[] tokens, float[] oldLogprobs, double advantage) {
            this(tokens, oldLogprobs, advantage, 1);
        }

        Row row(float[] refLogprobs) {
            return new Row(tokens, oldLogprobs, refLogprobs, advantage, weight);
        }
    }

    /**
     * A group with one completion to imitate.
     *
     * @param weight what a token of it counts
     */
    public static LearningGroup supervised(int index, int[] prompt, int[] completion, double weight) {
        return new LearningGroup(
                index, prompt, new ArrayList<>(List.of(new LearningCompletion(completion, null, 0, weight))));
    }

    /** The positions that the group takes in a forward pass: its prompt and its completions, of which the last token takes none. */
    int positions() {
        return prompt.length
                + completions.stream()
                        .mapToInt(completion -> completion.tokens().length - 1)
                        .sum();
    }

    /** The same at another index. */
    LearningGroup at(int another) {
        return new LearningGroup(another, prompt, completions);
    }

    /** Two groups of the same prompt, cut where both have about as many tokens; of at least two completions. */
    List<LearningGroup> halves() {
        int all = completions.stream().mapToInt(c -> c.tokens().length).sum();
        int first = completions.get(0).tokens().length;
        int count = 1;
        while (count < completions.size() - 1
                && 2 * first + completions.get(count).tokens().length <= all) {
            first += completions.get(count).tokens().length;
            count++;
        }
        return List.of(
                new LearningGroup(index, prompt, new ArrayList<>(completions.subList(0, count))),
                new LearningGroup(index, prompt, new ArrayList<>(completions.subList(count, completions.size()))));
    }

    Group group() {
        return new Group(prompt, completions.stream().map(c -> c.row(null)).toList());
    }

    Group group(List<float[]> refLogprobs) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < completions.size(); i++) {
            rows.add(completions.get(i).row(refLogprobs.get(i)));
        }
        return new Group(prompt, rows);
    }
}
