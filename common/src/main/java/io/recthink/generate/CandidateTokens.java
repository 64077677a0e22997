package io.recthink.generate;

import io.recthink.model.ModelTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The candidates of a prefix as tokens. They are those of the text with the candidate, behind the longest beginning that the
 * texts with all candidates and the text alone have in common: where a candidate changes how the end of the text falls into
 * tokens, that end belongs to every candidate. What is in common is taken as it was written, also where a model has chosen
 * other tokens for the same text than its tokenizer does.
 *
 * @param shared the prompt and the tokens that all candidates have in common
 * @param continuations [candidate]: the tokens that write it, in one way for each end token where the turn must end;
 *     without any where the tokenizer cannot write it, as decoding them does not give the text back
 */
@SuppressWarnings("ArrayRecordComponent") // becomes tensors; never compared
record CandidateTokens(int[] shared, List<List<int[]>> continuations) {

    /** @param endTokens of the model */
    static CandidateTokens of(RatingPrefix prefix, List<Integer> endTokens, ModelTokenizer tokenizer) {
        int[] text = tokenizer.encode(prefix.text());
        String start = tokenizer.decode(text);
        List<String> candidates = prefix.candidates().texts();
        List<int[]> tokens = candidates.stream()
                .map(candidate -> tokenizer.encode(prefix.text() + candidate))
                .toList();
        List<Boolean> writable = IntStream.range(0, candidates.size())
                .mapToObj(i -> tokenizer.decode(tokens.get(i)).equals(start + candidates.get(i)))
                .toList();
        int common = IntStream.range(0, candidates.size())
                .filter(writable::get)
                .map(i -> common(text, tokens.get(i)))
                .min()
                .orElse(0);
        Border border = Border.of(prefix.written(), Arrays.copyOf(text, common), tokenizer);
        List<List<int[]>> continuations = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            int[] rest = Arrays.copyOfRange(tokens.get(i), border.inText(), tokens.get(i).length);
            continuations.add(writable.get(i) ? ended(rest, prefix.candidates().endsTurn(), endTokens) : List.of());
        }
        return new CandidateTokens(
                joined(prefix.prompt(), Arrays.copyOf(prefix.written(), border.inWritten())), continuations);
    }

    /** How many tokens two texts begin with alike. */
    private static int common(int[] one, int[] other) {
        int different = Arrays.mismatch(one, other);
        return different < 0 ? one.length : different;
    }

    private static List<int[]> ended(int[] tokens, boolean endsTurn, List<Integer> endTokens) {
        return endsTurn
                ? endTokens.stream().map(end -> joined(tokens, new int[] {end})).toList()
                : List.of(tokens);
    }

    static int[] joined(int[] first, int[] second) {
        int[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    int longest() {
        return continuations.stream()
                .flatMap(List::stream)
                .mapToInt(tokens -> tokens.length)
                .max()
                .orElse(0);
    }

    /** How many tokens the continuations have. */
    int count() {
        return continuations.stream()
                .flatMap(List::stream)
                .mapToInt(tokens -> tokens.length)
                .sum();
    }

    /**
     * The last place where tokens end in two sequences of the same text.
     *
     * @param inWritten how many tokens lie before it in the one
     * @param inText how many in the other
     */
    private record Border(int inWritten, int inText) {
        static Border of(int[] written, int[] text, ModelTokenizer tokenizer) {
            int before = written.length;
            for (int count = text.length; count > 0; count--) {
                String wanted = tokenizer.decode(Arrays.copyOf(text, count));
                String there = tokenizer.decode(Arrays.copyOf(written, before));
                while (there.length() > wanted.length()) {
                    before--;
                    there = tokenizer.decode(Arrays.copyOf(written, before));
                }
                if (there.equals(wanted)) {
                    return new Border(before, count);
                }
            }
            return new Border(0, 0);
        }
    }
}
