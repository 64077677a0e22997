package io.recthink.prompt;

import io.recthink.InvalidInputException;
import io.recthink.model.ChatTemplate;
import io.recthink.model.ChatTemplate.Message;
import io.recthink.model.ModelTokenizer;
import java.util.List;
import java.util.function.Function;

/**
 * Converts an example to the token ids of its prompt: messages, chat template with the start of the assistant's turn,
 * tokens. While a prompt is too long, the encoder leaves out the oldest past purchase. When none is left, it halves the
 * length of the target's texts, at most six times. It never cuts the instruction. No text of a user or a shop becomes a
 * control token of the model, see {@link ControlTokenGuard}. Safe for use by many threads.
 */
public final class PromptEncoder {
    private static final double LEAST_SHARE = 1.0 / 64; // of the configured characters of the target's texts

    private final PromptTemplate template;
    private final Function<List<Message>, EncodedText> texts;
    private final Function<String, int[]> answerTokens;
    private final int maxTokens;

    /**
     * An encoder for one model.
     *
     * @param maxTokens the maximum number of tokens of a prompt
     */
    public PromptEncoder(PromptTemplate template, ModelTokenizer tokenizer, ChatTemplate chatTemplate, int maxTokens) {
        this(template.marked(), new InstructionEncoder(tokenizer, chatTemplate), maxTokens);
    }

    private PromptEncoder(PromptTemplate template, InstructionEncoder encoder, int maxTokens) {
        this(template, encoder::text, encoder::completion, maxTokens);
    }

    PromptEncoder(
            PromptTemplate template,
            Function<List<Message>, EncodedText> texts,
            Function<String, int[]> answerTokens,
            int maxTokens) {
        this.template = template;
        this.texts = texts;
        this.answerTokens = answerTokens;
        this.maxTokens = maxTokens;
    }

    /**
     * The token ids of the prompt.
     *
     * @throws InvalidInputException when not even the instruction fits
     */
    public int[] encode(PromptInput input) {
        return fitted(input).tokens();
    }

    /**
     * The prompt, shortened to the token limit.
     *
     * @throws InvalidInputException when not even the instruction fits
     */
    public FittedPrompt fitted(PromptInput input) {
        int wanted = Math.min(template.historyItems(), input.userHistory().size());
        int shown = wanted;
        double share = 1;
        while (true) {
            EncodedText prompt = texts.apply(template.messages(input.latest(shown), share));
            if (prompt.tokens().length <= maxTokens) {
                return new FittedPrompt(prompt, wanted - shown, share);
            } else if (shown > 0) {
                shown--;
            } else if (share > LEAST_SHARE) {
                share /= 2;
            } else {
                throw new InvalidInputException(
                        "a prompt without past purchases and with almost no text of its target has %d tokens; prompt.maxTokens %d is too small for the instruction. Raise prompt.maxTokens if the model's context allows it, or shorten prompt.system and prompt.user"
                                .formatted(prompt.tokens().length, maxTokens));
            }
        }
    }

    /**
     * The messages of the shortened prompt, with the texts of users and shops marked. An {@link InstructionEncoder} of
     * the same model converts them to the same tokens.
     *
     * @throws InvalidInputException when not even the instruction fits
     */
    public List<Message> messages(PromptInput input) {
        FittedPrompt prompt = fitted(input);
        int wanted = Math.min(template.historyItems(), input.userHistory().size());
        return template.messages(input.latest(wanted - prompt.purchasesLeftOut()), prompt.targetShare());
    }

    /** The token ids of an {@link InstructionEncoder#answer answer} that the policy has not written. */
    public int[] encodeAnswer(String answer) {
        return answerTokens.apply(InstructionEncoder.answer(answer));
    }
}
