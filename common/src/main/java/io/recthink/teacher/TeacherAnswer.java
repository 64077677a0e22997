package io.recthink.teacher;

/**
 * The answer of a teacher and its cost.
 *
 * @param text the text of the answer
 * @param calls the number of calls of a model, at least 0; 0 where a rule wrote the answer
 * @param tokens the number of tokens that these calls read and wrote, at least 0
 */
public record TeacherAnswer(String text, long calls, long tokens) {
    public TeacherAnswer {
        if (calls < 0 || tokens < 0) {
            throw new IllegalArgumentException("%d calls, %d tokens".formatted(calls, tokens));
        }
    }

    /** An answer without calls of a model. */
    static TeacherAnswer free(String text) {
        return new TeacherAnswer(text, 0, 0);
    }
}
