package io.recthink.prompt;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the built-in instructions describe the form of an answer. */
public enum PromptLayout {
    /** In sentences, which the policy cannot copy as an answer. */
    @JsonProperty("words")
    WORDS,
    /** As a skeleton with dots: the templates of RecZero. */
    @JsonProperty("skeleton")
    SKELETON
}
