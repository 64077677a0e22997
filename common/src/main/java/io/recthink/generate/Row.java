package io.recthink.generate;

import io.recthink.model.ModelTokenizer;
import java.util.Arrays;
import java.util.List;

/** A completion that grows. */
final class Row {
    private final int[] prompt;
    private final long seed;
    private final SamplingOptions options;
    private final List<Integer> endTokens;
    private final StopStrings stopStrings;
    private final int[] tokens;
    private final float[] logprobs;
    private int count;
    private boolean stopped;

    /** @param prompt tokens of its prompt */
    Row(int[] prompt, long seed, SamplingOptions options, List<Integer> endTokens, ModelTokenizer tokenizer) {
        this.prompt = prompt;
        this.seed = seed;
        this.options = options;
        this.endTokens = options.ignoreEnd() ? List.of() : endTokens;
        this.stopStrings = new StopStrings(tokenizer, options.ignoreEnd() ? List.of() : options.stopStrings());
        this.tokens = new int[options.maxTokens()];
        this.logprobs = new float[options.maxTokens()];
    }

    int[] prompt() {
        return prompt;
    }

    boolean finished() {
        return stopped || count == options.maxTokens();
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
