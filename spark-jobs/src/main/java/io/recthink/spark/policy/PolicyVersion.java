package io.recthink.spark.policy;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Objects;

/**
 * The name of a policy's weights in a run.
 *
 * @param number the step that published it; 0 is the starting policy
 * @param sha256 SHA-256 of {@code model.safetensors} or {@code adapter_model.safetensors}, lower-case hexadecimal
 * @param base the base model of an adapter; null for a model
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PolicyVersion(int number, String sha256, Base base) {
    public PolicyVersion {
        Objects.requireNonNull(sha256, "no sha256 of the policy");
    }

    /**
     * A base model.
     *
     * @param path Hadoop path of its folder
     * @param sha256 SHA-256 of its weights
     * @param digest digest of weights, configuration, tokenizer and template; null in runs of versions that did not
     *     record it
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Base(String path, String sha256, String digest) {}

    /** The version of a policy. */
    public static PolicyVersion of(PolicyReference policy) {
        PolicyReference model = policy.model();
        return new PolicyVersion(
                policy.number(),
                policy.sha256(),
                policy.adapter() == null ? null : new Base(model.path(), model.sha256(), model.digest()));
    }
}
