package io.recthink.prompt;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the built-in instructions say what an answer holds. */
public enum PromptLayout {
    /** In sentences, which give nothing to copy. */
    @JsonProperty("words")
    WORDS,
    /** By a skeleton with dots: the templates of RecZero. */
    @JsonProperty("skeleton")
    SKELETON
}
