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

/** How a policy is asked: on its own terms where its folder has some. */
public final class AskedPolicy {
    private static final String REFUSED = "refused: ";
    private static final Logger LOG = LoggerFactory.getLogger(AskedPolicy.class);

    private AskedPolicy() {}

    /**
     * Looks at a policy before it is trained or asked, and says what a person should know.
     *
     * @param model its folder on this machine, or that of its base model
     * @param configuration how it is asked
     * @return what stands at the end of every prompt, where the answer begins
     * @throws io.recthink.InvalidInputException when it cannot be asked so
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

    /** Looks at a policy where it will be used: the driver may have no room for a model. */
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
