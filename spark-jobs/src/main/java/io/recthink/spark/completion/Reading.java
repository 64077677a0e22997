package io.recthink.spark.completion;

import io.recthink.InvalidInputException;
import io.recthink.generate.RatingCandidates;
import io.recthink.prompt.Block;
import io.recthink.spark.table.PredictSettings;
import io.recthink.spark.table.RatingGrid;
import java.io.Serializable;
import java.util.function.Supplier;

/**
 * The read-outs of a policy beside its greedy rating.
 *
 * @param samples the number of samples per row for their mean and median; 0: none
 * @param candidates the ratings whose probabilities are read after the greedy trace; null: none
 */
public record Reading(int samples, RatingCandidates candidates) implements Serializable {
    /** Only the greedy rating. */
    public static final Reading GREEDY = new Reading(0, null);

    /**
     * The read-outs of the settings {@code predict.samples} and {@code predict.distribution}.
     *
     * @param grid the ratings of the data set
     * @throws InvalidInputException when probabilities are requested and the scale has no list of ratings, or too long
     *     a list
     */
    public static Reading of(PredictSettings settings, Supplier<RatingGrid> grid) {
        return new Reading(settings.samples(), settings.distribution() ? candidates(grid.get()) : null);
    }

    private static RatingCandidates candidates(RatingGrid grid) {
        if (grid.step() == 0) {
            throw new InvalidInputException(
                    ("predict.distribution: the ratings from %s to %s are not multiples of a step, so recthink cannot"
                                    + " list the ratings; set predict.distribution=false")
                            .formatted(grid.min(), grid.max()));
        }
        if (grid.size() > RatingCandidates.MOST) {
            throw new InvalidInputException(
                    ("predict.distribution: the scale from %s to %s in steps of %s has %d ratings; probabilities are"
                                    + " computed for at most %d ratings. Set predict.distribution=false")
                            .formatted(grid.min(), grid.max(), grid.step(), grid.size(), RatingCandidates.MOST));
        }
        return RatingCandidates.before(grid.min(), grid.max(), grid.step(), Block.RATE.close());
    }

    /** Whether there are read-outs beside the greedy rating. */
    public boolean more() {
        return samples > 0 || candidates != null;
    }
}
