package io.recthink.prompt;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Measures whether a trace thinks about its row, with three measures that need no other model.
 *
 * <ul>
 *   <li>The trace is the completion without the content of the rate block, with runs of white space as one blank. Text
 *       outside the blocks belongs to the trace. Completions with equal traces have the same
 *       {@link TraceFigures#trace}.
 *   <li>Words are in lower case, of any script. In scripts without blanks between words, each character is a word. The
 *       tags of the grammar are not words, and no sequence of words crosses a tag.
 *   <li>Copied is the share of a trace's sequences of four words that the instruction contains; repeated sequences
 *       count each time. The instruction is the system message and the fixed words of the user message. A trace without
 *       four words in a row has no share.
 *   <li>A trace is about its row when it has at least three different words of the row's own texts. These texts are the
 *       summaries and reviews of the user's past purchases, and the title, categories, brand and description of the
 *       target. Words of the instruction do not count.
 * </ul>
 *
 * A cut off completion is measured up to its end. An empty trace is a trace: all empty traces are equal, and none is
 * about its row. Immutable; safe for use by many threads.
 */
public final class TraceMeasure implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int LEAST_OWN_WORDS = 3;
    private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

    // The content of the rate block ends at its closing tag. Without one it ends at the next tag or at the end of the
    // text.
    private static final Pattern RATING = Pattern.compile(
            "(?<=" + Block.RATE.open() + ")(?:(?!"
                    + Stream.of(Block.values())
                            .flatMap(block -> Stream.of(block.open(), block.close()))
                            .collect(Collectors.joining("|"))
                    + ").)*+",
            Pattern.DOTALL);

    private final HashSet<Long> instructionWords = new HashSet<>();
    private final HashSet<String> instructionSequences = new HashSet<>();

    /** @param instruction the parts of the instruction; no sequence of words crosses two parts */
    TraceMeasure(List<String> instruction) {
        for (String part : instruction) {
            for (List<String> words : Words.of(part)) {
                words.forEach(word -> instructionWords.add(Words.hash(word)));
                Words.runs(words).forEach(instructionSequences::add);
            }
        }
    }

    /**
     * The measure for the traces of a prompt; empty where {@code prompt.think} is {@code none}.
     *
     * @param min the lowest rating of the scale
     * @param max the highest rating of the scale
     */
    public static Optional<TraceMeasure> of(PromptSettings prompt, double min, double max) {
        return prompt.think() == ThinkMode.NONE
                ? Optional.empty()
                : Optional.of(new TraceMeasure(new PromptTemplate(prompt, min, max).instruction()));
    }

    /** The hashes of the words in the row's own texts, ascending, without duplicates. */
    public static long[] ownWords(PromptInput row) {
        Stream<String> reviews = row.userHistory().stream().flatMap(past -> Stream.of(past.summary(), past.review()));
        Item target = row.target();
        Stream<String> item = Stream.concat(
                Stream.of(target.title(), target.brand(), target.description()), target.categories().stream());
        return Stream.concat(reviews, item)
                .flatMap(text -> Words.of(text).stream())
                .flatMap(List::stream)
                .mapToLong(Words::hash)
                .sorted()
                .distinct()
                .toArray();
    }

    /** The trace of a completion. */
    public static String trace(String completion) {
        return WHITE_SPACE
                .matcher(RATING.matcher(completion).replaceAll(""))
                .replaceAll(" ")
                .strip();
    }

    /**
     * Measures the trace of a completion.
     *
     * @param ownWords the hashes of the words of the row, see {@link #ownWords}
     */
    public TraceFigures measure(String completion, long[] ownWords) {
        String trace = trace(completion);
        List<List<String>> words = Words.of(trace);
        List<String> sequences = words.stream().flatMap(Words::runs).toList();
        long copied = sequences.stream().filter(instructionSequences::contains).count();
        Set<Long> own = words.stream()
                .flatMap(List::stream)
                .map(Words::hash)
                .filter(word -> !instructionWords.contains(word) && Arrays.binarySearch(ownWords, word) >= 0)
                .collect(Collectors.toSet());
        return new TraceFigures(
                Words.hash(trace),
                sequences.isEmpty() ? Double.NaN : (double) copied / sequences.size(),
                own.size() >= LEAST_OWN_WORDS);
    }
}
