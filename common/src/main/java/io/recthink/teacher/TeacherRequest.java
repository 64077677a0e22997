package io.recthink.teacher;

import io.recthink.prompt.PromptInput;
import java.util.OptionalDouble;

/**
 * A request to a teacher. Only this constructor decides who may see a true rating.
 *
 * @param purpose the purpose of the answer
 * @param key the id of the row, review, user or item that the request is about
 * @param sample the number of the answer to the same question, from 0
 * @param input the data that a prompt may show
 * @param truth the true rating of the row; present exactly where the purpose may see it
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
