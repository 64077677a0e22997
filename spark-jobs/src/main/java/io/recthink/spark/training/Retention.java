package io.recthink.spark.training;

import io.recthink.InvalidInputException;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedSet;

/**
 * Defines which saved steps keep their policy and optimizer. The starting policy, the best step and the newest steps
 * are always kept.
 *
 * @param last number of newest saved steps that are kept, at least 1
 * @param every steps whose number is a multiple of this are kept; 0: none
 */
public record Retention(int last, int every) {
    public Retention {
        if (last < 1) {
            throw new InvalidInputException(
                    "the saved steps that keep their policy must be at least 1 (was " + last + ")");
        }
        if (every < 0) {
            throw new InvalidInputException(
                    "the distance of steps that keep their policy must be at least 0 (was " + every + ")");
        }
    }

    /** Keeps only the newest saved steps. */
    public static Retention newest(int last) {
        return new Retention(last, 0);
    }

    /**
     * The steps whose policy and optimizer are removed.
     *
     * @param kept the steps that still have their policy and optimizer
     * @param best the step of the best policy; empty without a validation
     */
    List<Integer> leaving(SortedSet<Integer> kept, OptionalInt best) {
        List<Integer> ascending = List.copyOf(kept);
        return ascending.subList(0, Math.max(0, ascending.size() - last)).stream()
                .filter(step -> step != 0)
                .filter(step -> best.isEmpty() || best.getAsInt() != step)
                .filter(step -> every == 0 || step % every != 0)
                .toList();
    }
}
