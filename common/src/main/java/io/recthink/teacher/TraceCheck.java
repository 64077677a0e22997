package io.recthink.teacher;

import io.recthink.prompt.Block;
import io.recthink.prompt.FormatTest;
import io.recthink.prompt.OutputGrammar;
import io.recthink.prompt.ParsedOutput;
import io.recthink.prompt.RatingText;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Checks the answers of a teacher for the warm start, and makes completions of them. A pure function of the answer.
 * Immutable; safe for use by many threads.
 */
public final class TraceCheck {
    private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Z}]+");
    private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{M}\\p{N}]+");

    private final OutputGrammar grammar;
    private final ColdStartSettings settings;
    private final List<String> forbidden;
    private final Set<String> foreign;

    /** @param grammar the grammar of the student's completions, with the words that its reward asks for */
    public TraceCheck(OutputGrammar grammar, ColdStartSettings settings) {
        this.grammar = grammar;
        this.settings = settings;
        this.forbidden = settings.forbidden().stream().map(TraceCheck::plain).toList();
        this.foreign = settings.foreign().stream().map(TraceCheck::plain).collect(Collectors.toSet());
    }

    /**
     * A checked answer.
     *
     * @param rejection why the answer is not used; empty when it is
     * @param completion the completion that the student learns; empty text for a rejected answer
     * @param rating the rating at the end of the completion; NaN for a rejected answer
     */
    public record Checked(Optional<Rejection> rejection, String completion, double rating) {
        /** An answer that is not used. */
        public static Checked rejected(Rejection rejection) {
            return new Checked(Optional.of(rejection), "", Double.NaN);
        }
    }

    /**
     * Checks a trace that the teacher wrote without the true rating.
     *
     * @param truth the true rating of the row
     */
    public Checked trace(TeacherAnswer answer, double truth) {
        ParsedOutput parsed = parse(answer);
        Optional<Rejection> rejection = form(answer, parsed);
        if (rejection.isPresent()) {
            return Checked.rejected(rejection.get());
        }
        double rating = parsed.rating().orElseThrow();
        return switch (settings.ratings()) {
            case TEACHER -> accepted(parsed, rating);
            case TRUTH ->
                Math.abs(rating - truth) < settings.alignedWithin()
                        ? accepted(parsed, truth)
                        : Checked.rejected(Rejection.OTHER_RATING);
        };
    }

    /** Checks a rationale that the teacher wrote with the true rating. */
    public Checked rationale(TeacherAnswer answer, double truth) {
        ParsedOutput parsed = parse(answer);
        Optional<Rejection> rejection = form(answer, parsed);
        if (rejection.isPresent()) {
            return Checked.rejected(rejection.get());
        }
        if (parsed.rating().orElseThrow() != truth) {
            return Checked.rejected(Rejection.OTHER_RATING);
        }
        String text = plain(answer.text());
        return forbidden.stream().anyMatch(text::contains)
                ? Checked.rejected(Rejection.FORBIDDEN_PHRASE)
                : accepted(parsed, truth);
    }

    private ParsedOutput parse(TeacherAnswer answer) {
        return grammar.parse(answer.text(), !answer.finish().equals(TeacherAnswer.LENGTH));
    }

    private Optional<Rejection> form(TeacherAnswer answer, ParsedOutput parsed) {
        if (answer.finish().equals(TeacherAnswer.LENGTH)) {
            return Optional.of(Rejection.CUT_OFF);
        }
        if (answer.finish().equals(TeacherAnswer.CONTENT_FILTER)) {
            return Optional.of(Rejection.FILTERED);
        }
        if (answer.text().isBlank()) {
            return Optional.of(Rejection.EMPTY);
        }
        if (parsed.failedTests().equals(Set.of(FormatTest.OWN_WORDS))) {
            return Optional.of(Rejection.FEW_WORDS);
        }
        if (parsed.failedTests().equals(Set.of(FormatTest.MARKS))) {
            return Optional.of(Rejection.NO_MARKS);
        }
        if (!parsed.formatOk()) {
            return Optional.of(Rejection.MALFORMED);
        }
        return NO_WORD.splitAsStream(plain(answer.text())).anyMatch(foreign::contains)
                ? Optional.of(Rejection.FOREIGN_WORD)
                : Optional.empty();
    }

    /** The blocks alone, in one form: what a teacher writes around them is no part of the form that is learnt. */
    private Checked accepted(ParsedOutput parsed, double rating) {
        Map<Block, Optional<String>> contents = Map.of(
                Block.USER, parsed.user(),
                Block.ITEM, parsed.item(),
                Block.MATCH, parsed.match(),
                Block.THINK, parsed.think());
        String completion = grammar.blocks().stream()
                .map(block -> block == Block.RATE
                        ? block.open() + RatingText.of(rating) + block.close()
                        : block.open() + "\n" + contents.get(block).orElseThrow() + "\n" + block.close())
                .collect(Collectors.joining("\n"));
        return new Checked(Optional.empty(), completion, rating);
    }

    private static String plain(String text) {
        return BLANKS.matcher(text).replaceAll(" ").strip().toLowerCase(Locale.ROOT);
    }
}
