package io.recthink.spark.gradient;

import io.recthink.learn.Group;
import io.recthink.learn.LearningCompletion;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A group for a gradient task.
 *
 * @param index the index of the group in the step; it decides the position in its partition
 */
public record LearningGroup(int index, Group group) implements Serializable {
    /**
     * A group with one completion to imitate.
     *
     * @param weight the weight of each token of the completion
     */
    public static LearningGroup supervised(int index, int[] prompt, int[] completion, double weight) {
        return new LearningGroup(
                index, new Group(prompt, List.of(new LearningCompletion(completion, null, null, 0, weight))));
    }

    List<LearningCompletion> completions() {
        return group.completions();
    }

    /**
     * The number of positions of the group in a forward pass: the prompt, and each completion without its last token.
     */
    int positions() {
        return group.prompt().length
                + completions().stream()
                        .mapToInt(completion -> completion.tokens().length - 1)
                        .sum();
    }

    /** This group at another index. */
    LearningGroup at(int another) {
        return new LearningGroup(another, group);
    }

    /**
     * Two groups with the same prompt and about the same number of completion tokens; needs at least two completions.
     */
    List<LearningGroup> halves() {
        List<LearningCompletion> completions = completions();
        int all = completions.stream().mapToInt(c -> c.tokens().length).sum();
        int first = completions.get(0).tokens().length;
        int count = 1;
        while (count < completions.size() - 1
                && 2 * first + completions.get(count).tokens().length <= all) {
            first += completions.get(count).tokens().length;
            count++;
        }
        return List.of(of(completions.subList(0, count)), of(completions.subList(count, completions.size())));
    }

    private LearningGroup of(List<LearningCompletion> some) {
        return new LearningGroup(index, new Group(group.prompt(), some));
    }

    /** The group with the log-probabilities of its completions under the reference policy. */
    Group withReference(List<float[]> logprobs) {
        List<LearningCompletion> completions = completions();
        return new Group(
                group.prompt(),
                IntStream.range(0, completions.size())
                        .mapToObj(i -> completions.get(i).withReference(logprobs.get(i)))
                        .toList());
    }
}
