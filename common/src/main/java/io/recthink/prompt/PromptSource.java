package io.recthink.prompt;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether the prompt settings of the policy or of the configuration count, for a policy that records its settings. */
public enum PromptSource {
    @JsonProperty("policy")
    POLICY,
    @JsonProperty("configuration")
    CONFIGURATION
}
