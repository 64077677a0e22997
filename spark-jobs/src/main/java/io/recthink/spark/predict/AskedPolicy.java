package io.recthink.spark.predict;

import io.recthink.config.Configuration;
import io.recthink.prompt.PolicyTerms;
import io.recthink.spark.run.PolicyFolder;
import io.recthink.spark.run.PolicyReference;
import java.util.Optional;

/** How a policy is asked: on its own terms where its folder has some. */
public final class AskedPolicy {
    private AskedPolicy() {}

    /**
     * The configuration with the settings of the prompt that the policy asks for.
     *
     * @param name the setting that names the policy, for messages
     * @param min the lowest rating of the scale
     * @param max the highest rating of the scale
     * @throws io.recthink.InvalidInputException when somebody has set otherwise, or the scale is another one
     */
    public static Configuration configuration(
            PolicyReference policy,
            String name,
            Configuration configuration,
            double min,
            double max,
            org.apache.hadoop.conf.Configuration hadoop) {
        Optional<PolicyTerms> terms = PolicyFolder.at(policy.path(), hadoop).terms();
        String said = name + " " + policy.path();
        terms.ifPresent(own -> own.requireScale(min, max, configuration, said));
        return terms.map(own -> own.applyTo(configuration, said)).orElse(configuration);
    }
}
