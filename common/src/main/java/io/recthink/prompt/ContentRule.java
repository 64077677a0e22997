package io.recthink.prompt;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Requires words of its own from a think block. RecZero demands output "free of unreadable content" and does not define
 * it. This rule is recthink's definition, for policies that learn to fill in the form:
 *
 * <ul>
 *   <li>A block needs a minimum number of different words. A word has a letter; case does not count. In scripts without
 *       blanks between words, each character is a word.
 *   <li>Words copied from the instruction do not count: four or more words in a row, or a shorter line, that the
 *       instruction contains. Punctuation and the line ends of the instruction do not matter.
 *   <li>No line may end in dots in place of words: {@code ...} alone, after a blank, or after a closing bracket or a
 *       colon.
 * </ul>
 *
 * Immutable; safe for use by many threads.
 */
public final class ContentRule {
    private static final Pattern LETTER = Pattern.compile("\\p{L}");
    private static final Pattern PLACEHOLDER =
            Pattern.compile("(?:^|[\\s\\]):>])(?:\\.{3,}|…+)\\s*$", Pattern.MULTILINE);

    private final int minWords;
    private final String instruction;
    private final Set<String> runs;

    /**
     * A rule.
     *
     * @param minWords the number of different words that a block needs; 0 for no rule
     * @param instruction the instruction of the policy, see {@link PromptTemplate#instruction}
     */
    public ContentRule(int minWords, List<String> instruction) {
        List<List<String>> parts = instruction.stream().map(Words::in).toList();
        this.minWords = minWords;
        this.instruction = parts.stream().map(ContentRule::line).collect(Collectors.joining("\n"));
        this.runs = parts.stream().flatMap(Words::runs).collect(Collectors.toSet());
    }

    /** Whether the rule requires any words. */
    boolean applies() {
        return minWords > 0;
    }

    /** Whether the content of a block has enough words of its own, and no dots in place of words. */
    boolean holds(String content) {
        return share(content) == 1;
    }

    /** The number of own words in a block divided by the required number, at most 1; 0 with dots in place of words. */
    double share(String content) {
        if (PLACEHOLDER.matcher(content).find()) {
            return 0;
        }
        int own = ownWords(content).size();
        return own >= minWords ? 1 : (double) own / minWords;
    }

    private Set<String> ownWords(String content) {
        Set<String> own = new HashSet<>();
        for (String line : content.lines().toList()) {
            List<String> words = Words.in(line);
            boolean[] copied = copied(words);
            for (int i = 0; i < copied.length; i++) {
                if (!copied[i] && LETTER.matcher(words.get(i)).find()) {
                    own.add(words.get(i));
                }
            }
        }
        return own;
    }

    private boolean[] copied(List<String> words) {
        boolean[] copied = new boolean[words.size()];
        if (words.size() < Words.RUN) {
            Arrays.fill(copied, instruction.contains(line(words)));
        }
        List<String> ofLine = Words.runs(words).toList();
        for (int i = 0; i < ofLine.size(); i++) {
            if (runs.contains(ofLine.get(i))) {
                Arrays.fill(copied, i, i + Words.RUN, true);
            }
        }
        return copied;
    }

    private static String line(List<String> words) {
        return " " + String.join(" ", words) + " ";
    }
}
