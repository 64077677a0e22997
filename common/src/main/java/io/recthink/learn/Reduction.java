package io.recthink.learn;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the losses of the tokens become one number; {@link Objective.Grpo} defines each way. */
public enum Reduction {
    @JsonProperty("sequence-mean")
    SEQUENCE_MEAN,
    @JsonProperty("token-mean")
    TOKEN_MEAN,
    @JsonProperty("max-length")
    MAX_LENGTH
}
