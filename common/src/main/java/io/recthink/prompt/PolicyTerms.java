package io.recthink.prompt;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.RecordedConfiguration;
import io.recthink.config.Sections;
import io.recthink.generate.RolloutSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * The settings with which a policy was trained and must be asked. A policy folder contains them in {@value #FILE}.
 * Every job that asks the policy uses these settings. A user's setting is refused when it differs from them and from
 * its default, unless {@code prompt.source} is {@code configuration}.
 *
 * @param prompt the section {@code prompt} of the configuration
 * @param maxTokens {@code rollout.maxTokens}, the token limit of a completion; null when training sampled no
 *     completions
 * @param minRating the lowest rating of the scale
 * @param maxRating the highest rating of the scale
 * @param seenUntil the latest time, ISO 8601 in UTC, of a row that the training or the choice of the step used; null
 *     when unknown
 */
public record PolicyTerms(
        PromptSettings prompt,
        @JsonInclude(JsonInclude.Include.NON_NULL) Integer maxTokens,
        double minRating,
        double maxRating,
        @JsonInclude(JsonInclude.Include.NON_NULL) String seenUntil) {
    /** The name of the file. */
    public static final String FILE = "recthink.json";

    private static final String SOURCE = "source";
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    /** The terms that follow from a configuration. */
    public static PolicyTerms of(Configuration configuration, double minRating, double maxRating, String seenUntil) {
        return new PolicyTerms(
                configuration.get(PromptSettings.class),
                configuration.get(RolloutSettings.class).maxTokens(),
                minRating,
                maxRating,
                seenUntil);
    }

    /** These terms without {@code maxTokens}, for a policy trained on completions that it did not sample. */
    public PolicyTerms withoutLength() {
        return new PolicyTerms(prompt, null, minRating, maxRating, seenUntil);
    }

    /** The text of the file. */
    public String toJson() {
        try {
            ObjectNode tree = JSON.valueToTree(this);
            ((ObjectNode) tree.get("prompt")).remove(SOURCE);
            return JSON.writeValueAsString(tree) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads the file. Settings of a later version are ignored. A setting that an earlier version lacks has the value
     * that describes the behaviour of the earlier version.
     *
     * @param origin the name of the file, for messages
     * @throws InvalidInputException when the file cannot be read
     */
    public static PolicyTerms parse(String origin, String json) {
        try {
            ObjectNode tree = (ObjectNode) JSON.readTree(json);
            ObjectNode prompt =
                    JSON.valueToTree(RecordedConfiguration.read(origin, "").get(PromptSettings.class));
            tree.path("prompt").properties().forEach(setting -> prompt.set(setting.getKey(), setting.getValue()));
            tree.set("prompt", prompt);
            PolicyTerms terms = JSON.treeToValue(tree, PolicyTerms.class);
            if (!(terms.minRating < terms.maxRating) || (terms.maxTokens != null && terms.maxTokens < 1)) {
                throw new InvalidInputException("%s: ratings from %s to %s, %s tokens: restore the file, or remove it"
                        .formatted(origin, terms.minRating, terms.maxRating, terms.maxTokens));
            }
            return terms;
        } catch (JsonProcessingException | ClassCastException e) {
            throw new InvalidInputException(
                    "%s: cannot be read: %s; restore the file, or remove it to use the prompt settings of the configuration"
                            .formatted(origin, e.getMessage()),
                    e);
        }
    }

    /**
     * The configuration with these terms.
     *
     * @param policy the name of the policy, for messages
     * @throws InvalidInputException naming each setting that differs from these terms and from its default
     */
    public Configuration applyTo(Configuration configuration, String policy) {
        return apply(configuration, policy, true);
    }

    /**
     * The configuration with the prompt settings of these terms, for a training that starts from the policy. The
     * training itself decides the length of completions.
     *
     * @throws InvalidInputException as {@link #applyTo}
     */
    public Configuration applyPromptTo(Configuration configuration, String policy) {
        return apply(configuration, policy, false);
    }

    private Configuration apply(Configuration configuration, String policy, boolean withTokens) {
        if (configuration.get(PromptSettings.class).source() == PromptSource.CONFIGURATION) {
            return configuration;
        }
        List<String> differing = new ArrayList<>();
        JsonNode own = JSON.valueToTree(prompt);
        JsonNode usual = JSON.valueToTree(Sections.defaultsOf(PromptSettings.class));
        JSON.valueToTree(configuration.get(PromptSettings.class)).properties().forEach(setting -> {
            String key = setting.getKey();
            if (!key.equals(SOURCE)) {
                compare("prompt." + key, setting.getValue(), usual.get(key), own.get(key), differing);
            }
        });
        RolloutSettings rollout = configuration.get(RolloutSettings.class);
        boolean ofPolicy = withTokens && maxTokens != null;
        if (ofPolicy) {
            compare(
                    "rollout.maxTokens",
                    JSON.valueToTree(rollout.maxTokens()),
                    JSON.valueToTree(Sections.defaultsOf(RolloutSettings.class).maxTokens()),
                    JSON.valueToTree(maxTokens),
                    differing);
        }
        if (!differing.isEmpty()) {
            throw new InvalidInputException(
                    "%s was trained with other settings: %s. Leave these settings out, or set prompt.source=configuration to use them on purpose"
                            .formatted(policy, String.join("; ", differing)));
        }
        Configuration asking = configuration.with(prompt);
        return ofPolicy ? asking.with(rollout.withMaxTokens(maxTokens)) : asking;
    }

    private static void compare(String key, JsonNode set, JsonNode usual, JsonNode own, List<String> differing) {
        if (!set.equals(usual) && !set.equals(own)) {
            differing.add("%s is %s in the configuration and %s in the policy".formatted(key, set, own));
        }
    }

    /**
     * Refuses another rating scale.
     *
     * @throws InvalidInputException when the policy was trained on another scale and {@code prompt.source} is
     *     {@code policy}
     */
    public void requireScale(double min, double max, Configuration configuration, String policy) {
        if (configuration.get(PromptSettings.class).source() == PromptSource.POLICY
                && (min != minRating || max != maxRating)) {
            throw new InvalidInputException(
                    "%s was trained on ratings from %s to %s, but is asked for ratings from %s to %s. Set prompt.source=configuration to ask for these ratings on purpose"
                            .formatted(policy, minRating, maxRating, min, max));
        }
    }
}
