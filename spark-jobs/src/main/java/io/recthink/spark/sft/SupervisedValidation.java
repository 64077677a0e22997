package io.recthink.spark.sft;

import io.recthink.InvalidInputException;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.table.Instructions;
import io.recthink.spark.training.Validation;
import io.recthink.spark.training.ValidationSchedule;
import java.util.function.ToDoubleFunction;

/**
 * Defines which policy of a supervised run is the best, and when missing improvement stops the run.
 *
 * @param criterion the number that decides
 * @param every saved steps whose number is a multiple of this are validated, and the starting policy and the last step
 * @param patience validations in a row without a better policy that stop the run; 0: no stop
 */
public record SupervisedValidation(Criterion criterion, int every, int patience) {
    /** No validation: the newest policy is used. */
    public static final SupervisedValidation NONE = new SupervisedValidation(new None(), 0, 0);

    public SupervisedValidation {
        if (!(criterion instanceof None) && every < 1) {
            throw new InvalidInputException(
                    "the steps between validations of a supervised run must be at least 1 (was %d)".formatted(every));
        }
    }

    /** The number that decides which policy is the best. */
    public sealed interface Criterion {
        /** A text for the record of a run. */
        String recorded();
    }

    /** No criterion. */
    public record None() implements Criterion {
        @Override
        public String recorded() {
            return "none";
        }
    }

    /**
     * The loss on held-out instructions of the table, which a hash of their keys selects. It is the mean negative
     * log-likelihood of a completion token, in nats, where a token has the weight of its row.
     *
     * @param share above 0 and below 1
     */
    public record HeldOutShare(double share) implements Criterion {
        public HeldOutShare {
            if (!(share > 0 && share < 1)) {
                throw new InvalidInputException(
                        "the share of instructions that are held out must be above 0 and below 1 (was %s)"
                                .formatted(share));
            }
        }

        @Override
        public String recorded() {
            return "loss on a share of " + share;
        }
    }

    /** The same loss on instructions of a separate table. */
    public record HeldOutTable(Instructions instructions) implements Criterion {
        @Override
        public String recorded() {
            return "loss on " + instructions.sha256();
        }
    }

    /**
     * A number that the caller computes for a policy.
     *
     * @param name name of its metric, without {@code eval/}
     * @param measure computes the number of a policy that tasks can load; finite, and always the same for the same
     *     policy
     * @param larger whether a larger number is better
     */
    public record Measure(String name, ToDoubleFunction<PolicyReference> measure, boolean larger) implements Criterion {
        @Override
        public String recorded() {
            return (larger ? "largest " : "smallest ") + name;
        }
    }

    /**
     * The error of predicted ratings.
     *
     * @param validation computes the error
     * @param maxFailed share of unreadable answers above which a policy loses against a policy at or below it
     */
    public record Ratings(Validation validation, double maxFailed) implements Criterion {
        @Override
        public String recorded() {
            return "ratings";
        }
    }

    ValidationSchedule schedule() {
        double maxFailed = criterion instanceof Ratings ratings ? ratings.maxFailed() : 1;
        return new ValidationSchedule(every, patience, maxFailed);
    }

    /** The text that a run records; a resumed run must have the same text. */
    String recorded() {
        return every == 0 ? criterion.recorded() : criterion.recorded() + " every " + every;
    }
}
