package io.recthink.review;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Splits the text of a review into words: lower case, and everything but letters and digits is a blank. */
public final class Words {
    private static final Pattern BETWEEN = Pattern.compile("[^\\p{L}\\p{Nd}]+");

    private Words() {}

    /** The words of a text in their order. */
    public static List<String> of(String text) {
        return BETWEEN.splitAsStream(text.toLowerCase(Locale.ROOT))
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
