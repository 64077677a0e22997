package io.recthink.prompt;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The marks with which the skeleton of the four steps lists likes, dislikes and interests. */
final class Marks {
    private static final String LIKE = "[like]";
    private static final String DISLIKE = "[dislike]";
    private static final List<String> ALL = List.of(LIKE, DISLIKE, "[pos]", "[neg]");

    // The text may stand on the next line, as in the published code.
    private static final Pattern NUMBERED_ITEM = Pattern.compile("\\(\\d+\\)\\s+\\S", Pattern.UNICODE_CHARACTER_CLASS);

    private Marks() {}

    /** Whether texts contain each mark. */
    static boolean allIn(String... texts) {
        return ALL.stream().allMatch(mark -> Stream.of(texts).anyMatch(text -> text.contains(mark)));
    }

    /** Whether two blocks pass {@link FormatTest#MARKS}. */
    static boolean complete(String user, String item) {
        int like = item.indexOf(LIKE);
        return allIn(user) && NUMBERED_ITEM.matcher(user).find() && like >= 0 && like < item.indexOf(DISLIKE);
    }
}
