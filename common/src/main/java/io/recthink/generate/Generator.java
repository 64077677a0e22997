package io.recthink.generate;

import io.recthink.InvalidInputException;
import io.recthink.model.Decoder;
import io.recthink.model.ModelConfig;
import io.recthink.model.ModelTokenizer;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Samples completions of prompts. The generator reads each prompt once, and the prompt's completions share the result.
 * All completions grow in one batch: ended completions leave it, waiting prompts enter it.
 *
 * <p>The seed of a completion determines its random numbers (see {@link Seeds}). Calls with equal weights, prompts,
 * seeds, options and batch size give the same completions to the bit. This is true on the same machine with the same
 * number of threads. In another batch the log-probabilities may differ by rounding.
 *
 * <p>Memory grows with the rows of the batch and the length of prompts and completions. Several threads may use one
 * generator.
 */
public final class Generator implements AutoCloseable {
    private final Decoder decoder;
    private final ModelTokenizer tokenizer;

    /** Creates a generator; {@link #close} closes neither the decoder nor the tokenizer. */
    public Generator(Decoder decoder, ModelTokenizer tokenizer) {
        this.decoder = decoder;
        this.tokenizer = tokenizer;
    }

    /** Samples the completions of all prompts in one batch; see {@link #generate(List, SamplingOptions, int)}. */
    public List<List<Completion>> generate(List<PromptTokens> prompts, SamplingOptions options) {
        return generate(prompts, options, Integer.MAX_VALUE).completions();
    }

    /**
     * Samples the completions of some prompts.
     *
     * @param maxRows most completions that grow at a time, at least 1; a prompt with more completions is alone in the
     *     batch
     * @throws InvalidInputException if a prompt has a token outside of the vocabulary, or does not leave room for
     *     {@code maxTokens} tokens in the model's context
     */
    public Generation generate(List<PromptTokens> prompts, SamplingOptions options, int maxRows) {
        requireRows(maxRows);
        for (int i = 0; i < prompts.size(); i++) {
            check(i, prompts.get(i).tokens(), options);
        }
        List<List<GrowingCompletion>> rows =
                prompts.stream().map(prompt -> rows(prompt, options)).toList();
        List<List<GrowingCompletion>> asked =
                rows.stream().filter(group -> !group.isEmpty()).toList();
        if (asked.isEmpty()) {
            return new Generation(completions(rows), 0, 0, 0);
        }
        try (Batch batch = new Batch(decoder, asked, options, maxRows)) {
            batch.run();
            return new Generation(completions(rows), batch.maxRows(), batch.decodeSteps(), batch.decodedTokens());
        }
    }

    /**
     * Computes the probabilities of the ratings that may follow each prefix. The generator reads each prefix once. It
     * scores the candidates of a prefix as a group of completions, one token a step.
     *
     * @param maxRows most candidates that are scored at a time, at least 1; a prefix with more candidates is alone in
     *     the batch
     * @return empty for a prefix after which the tokenizer can write no rating, or the model's context has no room for
     *     the longest
     * @throws InvalidInputException if a prefix has a token outside of the vocabulary
     */
    public List<Optional<RatingDistribution>> ratings(List<RatingPrefix> prefixes, int maxRows) {
        requireRows(maxRows);
        List<GivenRows> given = prefixes.stream()
                .map(prefix -> GivenRows.of(prefix, decoder.config(), tokenizer))
                .toList();
        List<List<GrowingCompletion>> asked = given.stream()
                .map(GivenRows::all)
                .filter(rows -> !rows.isEmpty())
                .toList();
        if (!asked.isEmpty()) {
            try (Batch batch = new Batch(decoder, asked, GivenRows.options(asked), maxRows)) {
                batch.run();
            }
        }
        return given.stream().map(GivenRows::distribution).toList();
    }

    private static void requireRows(int maxRows) {
        if (maxRows < 1) {
            throw new IllegalArgumentException("maxRows must be at least 1 (was " + maxRows + ")");
        }
    }

    private void check(int prompt, int[] tokens, SamplingOptions options) {
        ModelConfig config = decoder.config();
        if ((long) tokens.length + options.maxTokens() > config.maxPositions()) {
            throw new InvalidInputException(
                    "Prompt " + prompt + " has " + tokens.length + " tokens and its completion up"
                            + " to " + options.maxTokens() + " tokens. The sum is more than the model's context of "
                            + config.maxPositions() + " tokens. Shorten the prompt or lower maxTokens");
        }
        requireKnown("Prompt " + prompt, tokens, config);
    }

    /** @param what owner of the tokens, for the error message */
    static void requireKnown(String what, int[] tokens, ModelConfig config) {
        for (int token : tokens) {
            if (token < 0 || token >= config.vocabularySize()) {
                throw new InvalidInputException(what + " has the token " + token + "; the tokens of the model are 0 to "
                        + (config.vocabularySize() - 1));
            }
        }
    }

    private List<GrowingCompletion> rows(PromptTokens prompt, SamplingOptions options) {
        return LongStream.of(prompt.seeds())
                .mapToObj(seed -> new GrowingCompletion(
                        prompt.tokens(), seed, options, decoder.config().endTokens(), tokenizer))
                .toList();
    }

    private List<List<Completion>> completions(List<List<GrowingCompletion>> rows) {
        return rows.stream()
                .map(group ->
                        group.stream().map(row -> row.completion(tokenizer)).toList())
                .toList();
    }

    @Override
    public void close() {
        // Every call gives back its memory; there is nothing between calls.
    }
}
