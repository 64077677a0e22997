package io.recthink.teacher;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The kinds of teachers. */
public enum TeacherKind {
    /** A set of rules writes the answer; {@link RuleTeacher}. */
    @JsonProperty("rule")
    RULE,
    /** A server that speaks the OpenAI chat-completions protocol. */
    @JsonProperty("chat")
    CHAT,
    /** A Hugging Face folder or an adapter, run by recthink's own engine on the executors. */
    @JsonProperty("local")
    LOCAL,
    /** Files of requests that another program answers. */
    @JsonProperty("batch-file")
    BATCH_FILE;

    /** The name of the kind in settings, tables and messages. */
    public String label() {
        return switch (this) {
            case RULE -> "rule";
            case CHAT -> "chat";
            case LOCAL -> "local";
            case BATCH_FILE -> "batch-file";
        };
    }
}
