package io.recthink.spark.run;

import io.recthink.InvalidInputException;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.table.PolicyOrigin;
import org.apache.hadoop.conf.Configuration;

/** Finds the training run of a policy. */
public final class OriginOfPolicy {
    private OriginOfPolicy() {}

    /** The origin of a policy; without a training when the policy's folder is not in a run. */
    public static PolicyOrigin of(String system, PolicyReference policy, String request, Configuration hadoop) {
        return new PolicyOrigin(
                system,
                policy.path(),
                policy.sha256(),
                request,
                PolicyOfRun.at(policy.path())
                        .map(place -> training(place, policy.sha256(), hadoop))
                        .orElse(null));
    }

    private static PolicyOrigin.Training training(PolicyOfRun place, String sha256, Configuration hadoop) {
        RunFolder run = RunFolder.at(place.run(), hadoop);
        try {
            boolean untrained = place.step() == 0
                    || run.manifest(0)
                            .filter(start -> start.policyVersion().sha256().equals(sha256))
                            .isPresent();
            return new PolicyOrigin.Training(
                    run.path(), run.description().job(), place.step(), untrained, run.configuration());
        } catch (InvalidInputException e) { // the run's files are missing except for the policy's folder
            System.out.printf("%s: the training of its policy is not known: %s%n", place.run(), e.getMessage());
            return null;
        }
    }
}
