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
 * Looks whether a trace is thinking about its row, by three measures that need no other model.
 *
 * <ul>
 *   <li>The trace is the completion without what its rating block holds, runs of white space taken as one blank. What stands
 *       outside the blocks belongs to it. Two completions with equal traces have the same {@link TraceFigures#trace}.
 *   <li>Words are in lower case, of any script; where blanks do not part words each character is one. The tags of the grammar are no words, and
 *       no sequence of words goes across one.
 *   <li>Copied is the share of a trace's sequences of four words that stand in the instruction, repeated ones counted each
 *       time. The instruction is the system message and the fixed words of the user message. A trace in which no four words
 *       follow each other has no such share.
 *   <li>A trace is about its row when it has at least three different words of the texts that the row alone has: the
 *       summaries and reviews of the user's past purchases, and the title, categories, brand and description of the target.
 *       Words of the instruction do not count.
 * </ul>
 *
 * A completion that was cut off is measured as far as it goes. An empty trace is a trace: all of them are equal, none is
 * about its row. Immutable; safe for use by many threads.
 */
public final class TraceMeasure implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int LEAST_OWN_WORDS = 3;
    private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

    // What the rating block holds ends where it closes, and where it does not, at the next tag or at the end.
    private static final Pattern RATING = Pattern.compile(
            "(?<=" + Block.RATE.open() + ")(?:(?!"
                    + Stream.of(Block.values())
                            .flatMap(block -> Stream.of(block.open(), block.close()))
                            .collect(Collectors.joining("|"))
                    + ").)*+",
            Pattern.DOTALL);

    private final HashSet<Long> instructionWords = new HashSet<>();
    private final HashSet<String> instructionSequences = new HashSet<>();

    /** @param instruction its parts, across which no sequence of words goes */
    TraceMeasure(List<String> instruction) {
        for (String part : instruction) {
            for (List<String> words : Words.of(part)) {
                words.forEach(word -> instructionWords.add(Words.hash(word)));
                Words.runs(words).forEach(instructionSequences::add);
            }
        }
    }

    /**
     * The measure for the traces of a prompt; nothing where the policy is not asked to think.
     *
     * @param min the lowest rating of the scale
     * @param max the highest rating of the scale
     */
    public static Optional<TraceMeasure> of(PromptSettings prompt, double min, double max) {
        return prompt.think() == ThinkMode.NONE
                ? Optional.empty()
                : Optional.of(new TraceMeasure(new PromptTemplate(prompt, min, max).instruction()));
    }

    /** The hashes of the words of the texts that a row alone has, ascending, each once. */
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
     * @param ownWords of its row, see {@link #ownWords}
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
