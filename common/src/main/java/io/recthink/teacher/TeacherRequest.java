package io.recthink.teacher;

import io.recthink.prompt.PromptInput;
import java.util.OptionalDouble;

/**
 * A question to a teacher. The constructor is the one place where it is decided who may see a true rating.
 *
 * @param purpose what is asked for
 * @param key what it is asked of: the id of a row, a review, a user or an item
 * @param sample the number of the answer to the same question, from 0
 * @param input what a prompt may show
 * @param truth the true rating of the row; empty where the purpose may not see it
 */
public record TeacherRequest(Purpose purpose, String key, int sample, PromptInput input, OptionalDouble truth) {
    public TeacherRequest {
        if (key.isEmpty() || sample < 0) {
            throw new IllegalArgumentException("key '%s', sample %d".formatted(key, sample));
        }
        if (truth.isPresent() != purpose.seesTruth()) {
            throw new IllegalArgumentException("%s %s the true rating of %s"
                    .formatted(purpose.label(), purpose.seesTruth() ? "needs" : "must not see", key));
        }
    }
}
