package io.recthink.prompt;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks a think block for words of its own. RecZero demands output "free of unreadable content" and does not say what that
 * is; this rule is recthink's reading of it, for policies that learn to fill in the form:
 *
 * <ul>
 *   <li>A block needs a number of different words. A word has a letter; case does not count. In scripts without blanks
 *       between words each character is one.
 *   <li>What is copied from the instruction does not count: a line that stands in it, and four or more words in a row that
 *       do. Line ends and punctuation do not matter.
 *   <li>No line may end in dots that hold the place of words: {@code ...} alone, after a blank, or after a bracket or a
 *       colon.
 * </ul>
 *
 * Immutable; safe for use by many threads.
 */
public final class ContentRule {
    /** The words in a row that make a copy. */
    private static final int RUN = 4;

    private static final String ALONE =
            "\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsThai}\\p{IsLao}\\p{IsKhmer}\\p{IsMyanmar}";
    private static final Pattern WORD =
            Pattern.compile("[" + ALONE + "]|[\\p{L}\\p{M}\\p{N}&&[^" + ALONE + "]]+(?:['’][\\p{L}\\p{M}]+)*");
    private static final Pattern LETTER = Pattern.compile("\\p{L}");
    private static final Pattern PLACEHOLDER =
            Pattern.compile("(?:^|[\\s\\]):>])(?:\\.{3,}|…+)\\s*$", Pattern.MULTILINE);

    private final int minWords;
    private final String instruction;
    private final Set<String> runs;

    /**
     * A rule.
     *
     * @param minWords different words that a block needs; 0 for no rule
     * @param instruction what the policy was told, see {@link PromptTemplate#instruction}
     */
    public ContentRule(int minWords, String instruction) {
        List<String> words = words(instruction);
        this.minWords = minWords;
        this.instruction = " " + String.join(" ", words) + " ";
        this.runs = new HashSet<>();
        for (int i = 0; i + RUN <= words.size(); i++) {
            runs.add(run(words, i));
        }
    }

    /** Whether anything is asked for. */
    boolean applies() {
        return minWords > 0;
    }

    /** Whether the content of a block has enough words of its own, and no dots in place of words. */
    boolean holds(String content) {
        return !PLACEHOLDER.matcher(content).find() && ownWords(content).size() >= minWords;
    }

    private Set<String> ownWords(String content) {
        Set<String> own = new HashSet<>();
        for (String line : content.lines().toList()) {
            List<String> words = words(line);
            boolean[] copied = copied(words);
            for (int i = 0; i < copied.length; i++) {
                if (!copied[i] && LETTER.matcher(words.get(i)).find()) {
                    own.add(words.get(i));
                }
            }
        }
        return own;
    }

    private boolean[] copied(List<String> line) {
        boolean[] copied = new boolean[line.size()];
        int length = Math.min(RUN, line.size());
        for (int i = 0; i + length <= line.size(); i++) {
            boolean inInstruction = length == RUN
                    ? runs.contains(run(line, i))
                    : instruction.contains(" " + String.join(" ", line) + " ");
            for (int j = i; inInstruction && j < i + length; j++) {
                copied[j] = true;
            }
        }
        return copied;
    }

    private static String run(List<String> words, int start) {
        return String.join(" ", words.subList(start, start + RUN));
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(text.toLowerCase(Locale.ROOT));
        while (matcher.find()) {
            words.add(matcher.group());
        }
        return words;
    }
}
