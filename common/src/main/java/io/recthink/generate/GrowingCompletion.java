package io.recthink.generate;

import io.recthink.Seeds;
import io.recthink.model.ModelTokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A growing completion: of sampled tokens, or of given tokens whose probabilities are computed. */
final class GrowingCompletion {
    private final int[] prompt;
    private final long seed;
    private final SamplingOptions options;
    private final Optional<int[]> given;
    private final List<Integer> endTokens;
    private final StopStrings stopStrings;
    private final int[] tokens;
    private final float[] logprobs;
    private int count;
    private boolean stopped;

    /** @param prompt tokens of the prompt */
    GrowingCompletion(
            int[] prompt, long seed, SamplingOptions options, List<Integer> endTokens, ModelTokenizer tokenizer) {
        this(prompt, seed, options, endTokens, tokenizer, Optional.empty());
    }

    private GrowingCompletion(
            int[] prompt,
            long seed,
            SamplingOptions options,
            List<Integer> endTokens,
            ModelTokenizer tokenizer,
            Optional<int[]> given) {
        this.prompt = prompt;
        this.seed = seed;
        this.options = options;
        this.given = given;
        this.endTokens = options.ignoreEnd() ? List.of() : endTokens;
        this.stopStrings = new StopStrings(tokenizer, options.ignoreEnd() ? List.of() : options.stopStrings());
        this.tokens = new int[options.maxTokens()];
        this.logprobs = new float[options.maxTokens()];
    }

    /** A completion of given tokens. */
    static GrowingCompletion given(int[] prompt, int[] tokens, ModelTokenizer tokenizer) {
        return new GrowingCompletion(
                prompt, 0, GivenRows.options(tokens.length), List.of(), tokenizer, Optional.of(tokens));
    }

    int[] prompt() {
        return prompt;
    }

    boolean isGiven() {
        return given.isPresent();
    }

    /** The next token of a completion with given tokens. */
    int nextGiven() {
        return given.orElseThrow()[count];
    }

    boolean finished() {
        return stopped || count == options.maxTokens();
    }

    int mostTokens() {
        return options.maxTokens();
    }

    int lastToken() {
        return tokens[count - 1];
    }

    /** Position of the last token in the sequence of prompt and completion. */
    int lastPosition() {
        return prompt.length + count - 1;
    }

    /** Tokens of the completion whose keys and values have been computed: all but the last. */
    int cached() {
        return count - 1;
    }

    /** The random number for the next token. */
    double uniform() {
        return Seeds.uniform(seed, count);
    }

    void add(int token, float logprob) {
        tokens[count] = token;
        logprobs[count] = logprob;
        count++;
        stopped = endTokens.contains(token) || stopStrings.completedBy(tokens, count);
    }

    /** The natural logarithm of the probability of all tokens together. */
    double logProbability() {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += logprobs[i];
        }
        return sum;
    }

    Completion completion(ModelTokenizer tokenizer) {
        int[] sampled = Arrays.copyOf(tokens, count);
        return new Completion(
                sampled,
                Arrays.copyOf(logprobs, count),
                tokenizer.decode(sampled),
                stopped ? Finish.STOP : Finish.LENGTH,
                seed);
    }
}
