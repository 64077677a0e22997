package io.recthink.spark.training;

import io.recthink.InvalidInputException;
import io.recthink.spark.run.Best;

/**
 * Defines when a run validates its policies, and how long it waits for a better one.
 *
 * @param every steps between validations, beginning with the starting policy; 0: none
 * @param patience validations in a row without a better policy that stop the run; 0: no stop
 * @param maxFailed share of unreadable answers above which a policy loses against a policy at or below it
 */
public record ValidationSchedule(int every, int patience, double maxFailed) {
    /** No validation. */
    public static final ValidationSchedule NONE = new ValidationSchedule(0, 0, 1);

    public ValidationSchedule {
        if (every < 0 || patience < 0) {
            throw new InvalidInputException("steps between validations and patience must be at least 0 (were %d and %d)"
                    .formatted(every, patience));
        }
        if (patience > 0 && every == 0) {
            throw new InvalidInputException("patience must be 0 without a validation (was %d)".formatted(patience));
        }
    }

    /** Whether the policy of a step is validated; the last step always is if there are validations. */
    boolean isDue(int step, int last) {
        return every > 0 && (step % every == 0 || step == last);
    }

    /**
     * Whether the run stops after a saved step. This depends only on the saved and the best step, so that a resumed run
     * decides like an uninterrupted one.
     */
    boolean isOver(Best best, int step) {
        return patience > 0 && best != null && step / every - best.step() / every >= patience;
    }
}
