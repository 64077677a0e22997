package io.recthink.teacher;

import io.recthink.prompt.Item;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Marks and words only: a model of a hundred thousand parameters can learn the vocabulary and the order. */
final class TerseText implements TraceText {
    private static final int MOST_WORDS = 12;

    /** The categories of an item; the title for an item without categories. */
    @Override
    public String facts(Item target) {
        return target.categories().isEmpty() ? target.title() : String.join("\n", target.categories());
    }

    @Override
    public String user(Judgement judgement) {
        return words("[pos]", judgement.liked(), "[neg]", judgement.disliked());
    }

    @Override
    public String item(Judgement judgement, Item target) {
        return judgement.facts().isEmpty()
                ? "unknown"
                : String.join(" ", judgement.facts().stream().limit(MOST_WORDS).toList());
    }

    /** Fact by fact, so that the reasons for the rating are at the same places in every trace. */
    @Override
    public String match(Judgement judgement) {
        return judgement.facts().isEmpty()
                ? "open"
                : judgement.facts().stream()
                        .limit(MOST_WORDS)
                        .map(fact -> fact + " " + verdict(judgement, fact))
                        .collect(Collectors.joining(" "));
    }

    private static String verdict(Judgement judgement, String fact) {
        int points = judgement.points().getOrDefault(fact, 0);
        return points > 0 ? "for" : points < 0 ? "against" : "open";
    }

    private static String words(String firstMark, List<String> first, String secondMark, List<String> second) {
        return String.join(
                " ",
                Stream.of(Stream.of(firstMark), limited(first), Stream.of(secondMark), limited(second))
                        .flatMap(words -> words)
                        .toList());
    }

    private static Stream<String> limited(List<String> words) {
        return words.stream().limit(MOST_WORDS);
    }
}
