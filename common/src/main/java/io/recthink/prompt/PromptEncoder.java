package io.recthink.prompt;

import io.recthink.InvalidInputException;
import io.recthink.model.ChatTemplate;
import io.recthink.model.ChatTemplate.Message;
import io.recthink.model.ModelTokenizer;
import java.util.List;
import java.util.function.Function;

/**
 * Turns an example into the token ids of its prompt: messages, chat template with the start of the assistant's turn,
 * tokens. While a prompt is too long its oldest past purchase is left out whole; the instruction and the target are
 * never cut. Safe for use by many threads.
 */
public final class PromptEncoder {
    private final PromptTemplate template;
    private final Function<List<Message>, int[]> tokens;
    private final int maxTokens;

    /**
     * An encoder for one model.
     *
     * @param maxTokens the most tokens that a prompt may have
     */
    public PromptEncoder(PromptTemplate template, ModelTokenizer tokenizer, ChatTemplate chatTemplate, int maxTokens) {
        this(template, messages -> tokenizer.encode(chatTemplate.render(messages, true)), maxTokens);
    }

    PromptEncoder(PromptTemplate template, Function<List<Message>, int[]> tokens, int maxTokens) {
        this.template = template;
        this.tokens = tokens;
        this.maxTokens = maxTokens;
    }

    /**
     * The tokens of the prompt.
     *
     * @throws InvalidInputException when even a prompt without past purchases is too long
     */
    public int[] encode(PromptInput input) {
        int shown = Math.min(template.historyItems(), input.userHistory().size());
        while (true) {
            int[] prompt = tokens.apply(template.messages(input.latest(shown)));
            if (prompt.length <= maxTokens) {
                return prompt;
            }
            if (shown == 0) {
                throw new InvalidInputException(
                        "the prompt for '" + input.target().title() + "' has " + prompt.length
                                + " tokens without any past purchase; at most " + maxTokens
                                + " fit. Raise prompt.maxTokens if the model's context allows it, or shorten the item's"
                                + " description with prompt.descriptionCharacters");
            }
            shown--;
        }
    }
}
