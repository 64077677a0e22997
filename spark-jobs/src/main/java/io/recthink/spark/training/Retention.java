package io.recthink.spark.training;

import io.recthink.InvalidInputException;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedSet;

/**
 * Which saved steps keep their policy and their optimizer. The starting policy, the best one and the newest steps always do.
 *
 * @param last the newest saved steps that do, at least 1
 * @param every every so many steps keep theirs for good; 0: none
 */
public record Retention(int last, int every) {
    public Retention {
        if (last < 1) {
            throw new InvalidInputException(
                    "the saved steps that keep their policy must be at least 1 (was " + last + ")");
        }
        if (every < 0) {
            throw new InvalidInputException("every so many steps keep their policy: at least 0 (was " + every + ")");
        }
    }

    /** The newest saved steps alone. */
    public static Retention newest(int last) {
        return new Retention(last, 0);
    }

    /**
     * The steps that lose theirs.
     *
     * @param kept the steps that have theirs
     * @param best whose policy is the best; empty without a validation
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
