package io.recthink.prompt;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whose settings of the prompt count where a policy says how it was trained to be asked. */
public enum PromptSource {
    @JsonProperty("policy")
    POLICY,
    @JsonProperty("configuration")
    CONFIGURATION
}
