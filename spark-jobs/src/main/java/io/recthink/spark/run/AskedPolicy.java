package io.recthink.spark.run;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.model.ModelFolder;
import io.recthink.prompt.PolicyCheck;
import io.recthink.prompt.PolicyTerms;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.Turns;
import io.recthink.spark.policy.PolicyFolder;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.policy.PolicyStore;
import io.recthink.spark.table.PreparedData;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Determines with which prompt settings a policy is asked: its own settings, if its folder has some. */
public final class AskedPolicy {
    private static final String REFUSED = "refused: ";
    private static final Logger LOG = LoggerFactory.getLogger(AskedPolicy.class);

    private AskedPolicy() {}

    /**
     * Checks a policy before training or prediction, and logs warnings.
     *
     * @param model folder of the policy, or of its base model, on this machine
     * @param configuration settings with which the policy is asked
     * @return the text at the end of every prompt, after which the answer begins
     * @throws io.recthink.InvalidInputException when the policy cannot be asked with these settings
     */
    public static String check(Path model, Configuration configuration, PreparedData data) {
        PolicyCheck.of(model, configuration.get(PromptSettings.class), data.minRating(), data.maxRating())
                .forEach(LOG::warn);
        try (ModelFolder folder = ModelFolder.open(model)) {
            return Turns.of(folder.chatTemplate(
                            configuration.get(PromptSettings.class).template()))
                    .assistantStart();
        }
    }

    /**
     * The configuration with the policy's own prompt settings.
     *
     * @param name the setting that names the policy, for messages
     * @param min the lowest rating of the scale
     * @param max the highest rating of the scale
     * @throws io.recthink.InvalidInputException when the configuration sets a different value, or the scale differs
     */
    public static Configuration configuration(
            PolicyReference policy,
            String name,
            Configuration configuration,
            double min,
            double max,
            SparkSession spark) {
        Optional<PolicyTerms> terms = PolicyFolder.at(
                        policy.path(), spark.sparkContext().hadoopConfiguration())
                .terms();
        String said = name + " " + policy.path();
        terms.ifPresent(own -> own.requireScale(min, max, configuration, said));
        Configuration asked = terms.map(own -> own.applyTo(configuration, said)).orElse(configuration);
        checkInTask(policy.model(), asked.get(PromptSettings.class), min, max, spark);
        return asked;
    }

    /** Checks the policy in a task, because the driver may have no memory for a model. */
    private static void checkInTask(
            PolicyReference model, PromptSettings prompt, double min, double max, SparkSession spark) {
        String said = spark.range(0, 1, 1, 1)
                .map((MapFunction<Long, String>) task -> said(model, prompt, min, max), Encoders.STRING())
                .first();
        if (said.startsWith(REFUSED)) {
            throw new InvalidInputException(said.substring(REFUSED.length()));
        }
        said.lines().forEach(LOG::warn);
    }

    private static String said(PolicyReference model, PromptSettings prompt, double min, double max) {
        try {
            return String.join("\n", PolicyCheck.of(PolicyStore.localize(model), prompt, min, max));
        } catch (InvalidInputException e) {
            return REFUSED + e.getMessage();
        }
    }
}
