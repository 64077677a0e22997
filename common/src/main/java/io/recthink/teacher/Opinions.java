package io.recthink.teacher;

import io.recthink.prompt.PlainText;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Finds out what a review speaks well or ill of: the naming words of each of its clauses, on the side that the clause's
 * words of praise and complaint take. Word lists and no grammar: roughly right, which is all that a warm start needs.
 */
final class Opinions {
    private static final Pattern CLAUSE_END = Pattern.compile("[.!?;\\n]+|\\b(?:but|however|although|except)\\b");
    private static final Pattern WORD = Pattern.compile("\\p{L}[\\p{L}\\p{M}]*(?:'\\p{L}+)?");
    private static final int NEGATION_REACH = 3;
    private static final int SHORTEST_NAME = 3;

    private final Set<String> praise = WordList.read("praise.txt");
    private final Set<String> complaint = WordList.read("complaint.txt");
    private final Set<String> functionWords = WordList.read("function-words.txt");
    private final Set<String> negations = WordList.read("negations.txt");

    /**
     * What one clause says.
     *
     * @param side positive for praise, negative for complaint, 0 when it takes no side
     * @param names the words that name what it speaks of, in their order
     */
    record Clause(int side, Set<String> names) {}

    /** The clauses of a text that name anything. */
    List<Clause> clauses(String text) {
        return CLAUSE_END
                .splitAsStream(PlainText.of(text).toLowerCase(Locale.ROOT).replace('’', '\''))
                .map(clause -> clause(words(clause)))
                .filter(clause -> !clause.names().isEmpty())
                .toList();
    }

    private Clause clause(List<String> words) {
        return new Clause(side(words), names(words));
    }

    /** The words of a text that name something, each once, in their order. */
    Set<String> names(String text) {
        return names(words(PlainText.of(text).toLowerCase(Locale.ROOT)));
    }

    private Set<String> names(List<String> words) {
        Set<String> names = new LinkedHashSet<>();
        for (String word : words) {
            if (word.length() >= SHORTEST_NAME
                    && !praise.contains(word)
                    && !complaint.contains(word)
                    && !functionWords.contains(word)
                    && !negations.contains(word)) {
                names.add(word);
            }
        }
        return names;
    }

    private int side(List<String> words) {
        int side = 0;
        int lastNegation = -NEGATION_REACH - 1;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int opinion = praise.contains(word) ? 1 : complaint.contains(word) ? -1 : 0;
            side += i - lastNegation <= NEGATION_REACH ? -opinion : opinion;
            lastNegation = negations.contains(word) ? i : lastNegation;
        }
        return Integer.signum(side);
    }

    private static List<String> words(String text) {
        return WORD.matcher(text).results().map(MatchResult::group).toList();
    }
}
