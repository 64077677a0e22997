package io.recthink.generate;

import io.recthink.model.ModelTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The candidates of a prefix as tokens.
 *
 * <p>The tokenizer encodes the text alone and the text with each candidate. The longest beginning that all token
 * sequences share is common to the candidates; the tokens behind it write the candidate. Where a candidate changes the
 * last tokens of the text, these tokens belong to every candidate. The common part keeps the tokens that the model has
 * written, also where the tokenizer gives other tokens for the same text.
 *
 * @param shared the prompt and the tokens that all candidates share
 * @param continuations [candidate]: the token sequences that write the candidate, one for each end token where the turn
 *     must end. Empty where the tokenizer cannot write the candidate: decoding the tokens gives another text.
 */
@SuppressWarnings("ArrayRecordComponent") // becomes tensors; never compared
record CandidateTokens(int[] shared, List<List<int[]>> continuations) {

    /** @param endTokens end tokens of the model */
    static CandidateTokens of(RatingPrefix prefix, List<Integer> endTokens, ModelTokenizer tokenizer) {
        Texts spaced = Texts.of(prefix.text(), prefix.candidates(), tokenizer);
        return (spaced.writesAny()
                        ? spaced
                        : Texts.of(prefix.text(), prefix.candidates().unspaced(), tokenizer))
                .behind(prefix, endTokens, tokenizer);
    }

    /**
     * A text by itself and with each candidate, as tokens.
     *
     * @param writable [candidate]: whether decoding the tokens gives the candidate back
     */
    private record Texts(int[] text, List<int[]> withCandidate, List<Boolean> writable) {
        static Texts of(String text, RatingCandidates candidates, ModelTokenizer tokenizer) {
            int[] tokens = tokenizer.encode(text);
            String start = tokenizer.decode(tokens);
            List<int[]> withCandidate = candidates.texts().stream()
                    .map(candidate -> tokenizer.encode(text + candidate))
                    .toList();
            List<Boolean> writable = new ArrayList<>();
            for (int i = 0; i < withCandidate.size(); i++) {
                String whole = tokenizer.decode(withCandidate.get(i));
                writable.add(whole.startsWith(start) && candidates.isWritten(whole.substring(start.length()), i));
            }
            return new Texts(tokens, withCandidate, writable);
        }

        boolean writesAny() {
            return writable.contains(true);
        }

        CandidateTokens behind(RatingPrefix prefix, List<Integer> endTokens, ModelTokenizer tokenizer) {
            Border border = Border.of(prefix, text, common(), tokenizer);
            List<List<int[]>> continuations = new ArrayList<>();
            for (int i = 0; i < withCandidate.size(); i++) {
                int[] tokens = withCandidate.get(i);
                continuations.add(
                        writable.get(i)
                                ? ended(
                                        Arrays.copyOfRange(tokens, border.inText(), tokens.length),
                                        prefix.candidates().endsTurn(),
                                        endTokens)
                                : List.of());
            }
            int[] written = Arrays.copyOf(prefix.written(), border.inWritten());
            return new CandidateTokens(joined(prefix.prompt(), written), continuations);
        }

        /** The number of tokens at the beginning of the text that are the same with every writable candidate. */
        private int common() {
            return IntStream.range(0, withCandidate.size())
                    .filter(writable::get)
                    .map(i -> CandidateTokens.common(text, withCandidate.get(i)))
                    .min()
                    .orElse(0);
        }
    }

    /** The number of equal tokens at the beginning of two texts. */
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

    /** The number of tokens of all continuations. */
    int count() {
        return continuations.stream()
                .flatMap(List::stream)
                .mapToInt(tokens -> tokens.length)
                .sum();
    }

    /**
     * The last place where a token ends both in the written tokens and in the tokenizer's tokens of the text.
     *
     * @param inWritten number of written tokens before the place
     * @param inText number of the tokenizer's tokens before the place
     */
    private record Border(int inWritten, int inText) {
        /** @param common number of the text's first tokens that count */
        static Border of(RatingPrefix prefix, int[] text, int common, ModelTokenizer tokenizer) {
            int[] written = prefix.written();
            String there = tokenizer.decode(written);
            if (common == text.length && there.equals(prefix.text())) {
                return new Border(written.length, common);
            }
            int before = written.length;
            for (int count = common; count > 0; count--) {
                String wanted = tokenizer.decode(Arrays.copyOf(text, count));
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
