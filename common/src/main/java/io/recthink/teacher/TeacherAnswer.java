package io.recthink.teacher;

/**
 * The answer of a teacher.
 *
 * @param text the text of the answer, without private reasoning
 * @param finish why the answer ended: {@value #STOP}, {@value #LENGTH}, {@value #CONTENT_FILTER} or another word of a
 *     server
 */
public record TeacherAnswer(String text, String finish) {
    /** The teacher ended the answer. */
    public static final String STOP = "stop";

    /** The limit of tokens cut the answer off. */
    public static final String LENGTH = "length";

    /** A filter of the server cut the answer off or replaced it. */
    public static final String CONTENT_FILTER = "content_filter";

    /** An answer that its teacher ended. */
    static TeacherAnswer whole(String text) {
        return new TeacherAnswer(text, STOP);
    }
}
