package io.recthink.teacher;

import io.recthink.prompt.PlainText;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the words that a review praises or criticises. The words of praise and complaint in a clause give the side of
 * all naming words of the clause. The class uses word lists and no grammar, which is exact enough for a warm start.
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
    private final Set<String> blindSpot;

    /** @param blindSpot words that are never names, in any case */
    Opinions(List<String> blindSpot) {
        this.blindSpot =
                blindSpot.stream().map(word -> word.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    }

    /**
     * The opinion in one clause.
     *
     * @param side positive for praise, negative for complaint, 0 when the clause takes no side
     * @param names the naming words of the clause, in their order
     */
    record Clause(int side, Set<String> names) {}

    /** The clauses of a text that contain a naming word. */
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

    /** The naming words of a text, in their order and without duplicates. */
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
                    && !negations.contains(word)
                    && !blindSpot.contains(word)) {
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
