package io.recthink.spark.sft;

import io.recthink.InvalidInputException;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.table.Instructions;
import io.recthink.spark.training.Validation;
import io.recthink.spark.training.ValidationSchedule;
import java.util.function.ToDoubleFunction;

/**
 * Which policy of a supervised run is its best, and when the run stops for want of a better one.
 *
 * @param criterion what policies are chosen by
 * @param every saved steps whose number is a multiple of this are validated, and the starting policy and the last step
 * @param patience validations in a row without a better policy that stop the run; 0: it goes on to its end
 */
public record SupervisedValidation(Criterion criterion, int every, int patience) {
    /** No validation: the newest policy is the one to use. */
    public static final SupervisedValidation NONE = new SupervisedValidation(new None(), 0, 0);

    public SupervisedValidation {
        if (!(criterion instanceof None) && every < 1) {
            throw new InvalidInputException(
                    "the steps between validations of a supervised run must be at least 1 (was %d)".formatted(every));
        }
    }

    /** What policies are chosen by. */
    public sealed interface Criterion {
        /** In words, for the record of a run. */
        String recorded();
    }

    /** Nothing. */
    public record None() implements Criterion {
        @Override
        public String recorded() {
            return "none";
        }
    }

    /**
     * The loss on instructions of the table that are held out, by a hash of their keys: the mean negative log-likelihood of a
     * completion token, in nats, where a token counts by the weight of its row.
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

    /** The same loss on instructions of their own table. */
    public record HeldOutTable(Instructions instructions) implements Criterion {
        @Override
        public String recorded() {
            return "loss on " + instructions.sha256();
        }
    }

    /**
     * A number that the caller makes of a policy.
     *
     * @param name of its metric, without {@code eval/}
     * @param measure of a policy that tasks can load; its number must be finite, and the same for the same policy
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
     * @param validation makes it
     * @param maxFailed share of unreadable answers above which a policy is not the best while another is not above it
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

    /** What a run that is validated so records of it, of what counts when it is resumed. */
    String recorded() {
        return every == 0 ? criterion.recorded() : criterion.recorded() + " every " + every;
    }
}
