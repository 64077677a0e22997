package io.recthink.generate;

import io.recthink.InvalidInputException;
import io.recthink.model.Decoder;
import io.recthink.model.ModelConfig;
import io.recthink.model.ModelTokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Samples completions of prompts. All prompts of a call and all their completions are one batch: each prompt is read
 * once, and its completions share what was computed for it. Completions that have ended leave the batch.
 *
 * <p>The random numbers of a completion are addressed by its seed (see {@link Seeds}). A call with the same weights,
 * prompts, seeds and options gives the same completions to the bit on the same machine with the same number of threads;
 * in another batch the log-probabilities may differ by rounding.
 *
 * <p>Memory grows with the prompts and completions of a call: the caller decides how many go into one. Several threads
 * may use one generator.
 */
public final class Generator implements AutoCloseable {
    private final Decoder decoder;
    private final ModelTokenizer tokenizer;

    /** Neither the decoder nor the tokenizer is closed with the generator. */
    public Generator(Decoder decoder, ModelTokenizer tokenizer) {
        this.decoder = decoder;
        this.tokenizer = tokenizer;
    }

    /**
     * Samples the completions of some prompts.
     *
     * @return for each prompt its completions, in the order of its seeds
     * @throws InvalidInputException if a prompt has a token outside of the vocabulary, or does not leave room for
     *     {@code maxTokens} tokens in the model's context
     */
    public List<List<Completion>> generate(List<PromptTokens> prompts, SamplingOptions options) {
        for (int i = 0; i < prompts.size(); i++) {
            check(i, prompts.get(i).tokens(), options);
        }
        List<Row> rows = rows(prompts, options);
        if (!rows.isEmpty()) {
            try (Batch batch = new Batch(decoder, prompts, rows, options)) {
                batch.run();
            }
        }
        return completions(prompts.size(), rows);
    }

    private void check(int prompt, int[] tokens, SamplingOptions options) {
        ModelConfig config = decoder.config();
        if ((long) tokens.length + options.maxTokens() > config.maxPositions()) {
            throw new InvalidInputException("Prompt " + prompt + " has " + tokens.length + " tokens; with "
                    + options.maxTokens() + " for the completion that is more than the model's context of "
                    + config.maxPositions() + ". Shorten the prompt or lower maxTokens");
        }
        for (int token : tokens) {
            if (token < 0 || token >= config.vocabularySize()) {
                throw new InvalidInputException("Prompt " + prompt + " has the token " + token
                        + "; those of the model are 0 to " + (config.vocabularySize() - 1));
            }
        }
    }

    private List<Row> rows(List<PromptTokens> prompts, SamplingOptions options) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            for (long seed : prompts.get(i).seeds()) {
                int length = prompts.get(i).tokens().length;
                rows.add(new Row(i, length, seed, options, decoder.config().endTokens(), tokenizer));
            }
        }
        return rows;
    }

    private List<List<Completion>> completions(int prompts, List<Row> rows) {
        List<List<Completion>> completions = new ArrayList<>();
        for (int i = 0; i < prompts; i++) {
            completions.add(new ArrayList<>());
        }
        for (Row row : rows) {
            completions.get(row.prompt()).add(row.completion(tokenizer));
        }
        return completions;
    }

    @Override
    public void close() {
        // Every call gives back its memory; there is nothing between calls.
    }
}
