package io.recthink.teacher;

/**
 * What a teacher wrote, and what that took.
 *
 * @param text of the answer
 * @param calls of a model, at least 0; 0 where a rule wrote it
 * @param tokens that these calls read and wrote
 */
public record TeacherAnswer(String text, long calls, long tokens) {
    public TeacherAnswer {
        if (calls < 0 || tokens < 0) {
            throw new IllegalArgumentException("%d calls, %d tokens".formatted(calls, tokens));
        }
    }

    /** An answer for which no model was called. */
    static TeacherAnswer free(String text) {
        return new TeacherAnswer(text, 0, 0);
    }
}
