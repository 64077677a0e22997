package io.recthink.spark.sft;

import io.recthink.InvalidInputException;
import io.recthink.spark.policy.PolicyReference;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Ends a supervised run when its policy writes the form. Further imitation would only make the policy surer of its
 * ratings, and reinforcement learning needs answers that differ.
 *
 * @param stopAt share of well-formed samples that ends the run
 * @param every steps between the checks; the last step is checked too
 * @param samples draws samples of a policy
 */
record FormCheck(double stopAt, int every, Function<PolicyReference, SampledForm> samples) {
    static final String RATE = "eval/format_rate";
    static final String SPREAD = "eval/rating_std";

    FormCheck {
        if (every < 1) {
            throw new InvalidInputException(
                    "the steps between checks of the form must be at least 1 (was %d)".formatted(every));
        }
    }

    /** The metrics of a saved step; none when it is not checked. */
    Map<String, Double> metrics(int step, int last, PolicyReference policy) {
        if (step % every != 0 && step != last) {
            return Map.of();
        }
        SampledForm form = samples.apply(policy);
        return Map.of(RATE, form.formatRate(), SPREAD, form.ratingSpread());
    }

    /** Why a run ends after a step with these metrics; empty when it goes on. */
    Optional<String> reached(Map<String, Object> metrics) {
        return metrics.get(RATE) instanceof Number rate && rate.doubleValue() >= stopAt
                ? Optional.of("%.4f of the samples are well formed, at least sft.form.stopAt %s"
                        .formatted(rate.doubleValue(), stopAt))
                : Optional.empty();
    }

    /** The samples of validation prompts. */
    static FormCheck of(FormSettings settings, ValidationSamples samples) {
        return new FormCheck(settings.stopAt(), settings.every(), samples::of);
    }
}
