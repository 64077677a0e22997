package io.recthink.teacher;

/**
 * Writes the texts that students learn from: traces, references, profiles, rationales. Safe for use by many threads.
 */
public interface Teacher {
    /** The name of the teacher in tables and messages. */
    String name();

    /**
     * The answer to a request; the same request always gets the same answer.
     *
     * @throws io.recthink.InvalidInputException when this teacher does not serve the purpose
     */
    TeacherAnswer answer(TeacherRequest request);
}
