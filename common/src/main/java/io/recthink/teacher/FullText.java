package io.recthink.teacher;

import io.recthink.prompt.Item;
import io.recthink.prompt.PlainText;
import java.util.List;
import java.util.Locale;

/** Short sentences with the marks that the prompt asks for: about a hundred tokens with a usual tokenizer. */
final class FullText implements TraceText {
    private static final int MOST_LIKED = 4;
    private static final int MOST_REASONS = 3;
    private static final int TITLE_CHARACTERS = 60;

    @Override
    public String facts(Item target) {
        return String.join("\n", String.join("\n", target.categories()), target.title(), target.description());
    }

    @Override
    public String user(Judgement judgement) {
        return history(judgement)
                + "\n[pos] " + words(judgement.strongest(judgement.liked(), MOST_LIKED))
                + "\n[neg] " + words(judgement.strongest(judgement.disliked(), MOST_REASONS));
    }

    private static String history(Judgement judgement) {
        return judgement.purchases() == 0
                ? "There are no past purchases."
                : String.format(
                        Locale.ROOT,
                        "Past ratings: %d, average %.1f.",
                        judgement.purchases(),
                        judgement.meanRating().orElseThrow());
    }

    @Override
    public String item(Judgement judgement, Item target) {
        return name(target)
                + "\n[like] " + words(reasons(judgement, judgement.reasonsFor()))
                + "\n[dislike] " + words(reasons(judgement, judgement.reasonsAgainst()));
    }

    /** The title, cut to {@value #TITLE_CHARACTERS} characters, without characters that could form a tag. */
    private static String name(Item target) {
        String title = PlainText.of(target.title())
                .replaceAll("[<>\\p{C}\\x{FFFD}]+", " ")
                .replaceAll("\\s+", " ")
                .strip();
        int characters = Math.min(TITLE_CHARACTERS, title.codePointCount(0, title.length()));
        String shown = title.substring(0, title.offsetByCodePoints(0, characters));
        return shown.isEmpty() ? "An item without a name" : shown;
    }

    @Override
    public String match(Judgement judgement) {
        List<String> reasonsFor = judgement.reasonsFor();
        List<String> reasonsAgainst = judgement.reasonsAgainst();
        String verdict = reasonsFor.size() > reasonsAgainst.size()
                ? "More speaks for it than against it."
                : reasonsFor.size() < reasonsAgainst.size()
                        ? "More speaks against it than for it."
                        : "Nothing tips the balance.";
        return "For it: %s. Against it: %s. %s"
                .formatted(words(reasons(judgement, reasonsFor)), words(reasons(judgement, reasonsAgainst)), verdict);
    }

    private static List<String> reasons(Judgement judgement, List<String> words) {
        return judgement.strongest(words, MOST_REASONS);
    }

    private static String words(List<String> words) {
        return words.isEmpty() ? "nothing clear" : String.join(", ", words);
    }
}
