package io.recthink.prompt;

import io.recthink.InvalidInputException;
import io.recthink.model.ChatTemplate;
import io.recthink.model.ChatTemplate.Message;
import io.recthink.model.ModelTokenizer;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Turns an example into the token ids of its prompt: messages, chat template with the start of the assistant's turn,
 * tokens. While a prompt is too long its oldest past purchase is left out whole; when none is left, the texts of the target
 * are cut to the half, as often as it takes. The instruction is never cut. No text of a user or a shop becomes a control
 * token of the model, see {@link ControlTokenGuard}. Safe for use by many threads.
 */
public final class PromptEncoder {
    private static final double LEAST_SHARE = 1.0 / 64; // of the texts of a target
    private static final Pattern TAG = Pattern.compile(Stream.of(Block.values())
            .flatMap(block -> Stream.of(block.open(), block.close()))
            .map(Pattern::quote)
            .collect(Collectors.joining("|")));

    private final PromptTemplate template;
    private final Function<List<Message>, EncodedText> texts;
    private final Function<String, int[]> answerTokens;
    private final int maxTokens;

    /**
     * An encoder for one model.
     *
     * @param maxTokens the most tokens that a prompt may have
     */
    public PromptEncoder(PromptTemplate template, ModelTokenizer tokenizer, ChatTemplate chatTemplate, int maxTokens) {
        this(template.marked(), Turns.of(chatTemplate), new ControlTokenGuard(tokenizer, chatTemplate), maxTokens);
    }

    private PromptEncoder(PromptTemplate template, Turns turns, ControlTokenGuard guard, int maxTokens) {
        this(
                template,
                messages -> guard.encode(
                        turns.render(messages),
                        messages.stream()
                                .mapToLong(message -> UntrustedRegions.count(message.content()))
                                .sum()),
                answer -> guard.encode(answer, 0).tokens(),
                maxTokens);
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
     * The tokens of the prompt.
     *
     * @throws InvalidInputException when not even the instruction fits
     */
    public int[] encode(PromptInput input) {
        return fitted(input).tokens();
    }

    /**
     * The prompt as it fits.
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
                        "a prompt without any past purchase and with next to nothing of its target has %d tokens; prompt.maxTokens %d is too small for the instruction. Raise it if the model's context allows it, or shorten prompt.system and prompt.user"
                                .formatted(prompt.tokens().length, maxTokens));
            }
        }
    }

    /**
     * The tokens of an answer that somebody else than the policy has written, a teacher for example. It may quote texts of
     * users: only the tags of the output grammar become tokens of their own.
     */
    public int[] encodeAnswer(String answer) {
        StringBuilder marked = new StringBuilder();
        int from = 0;
        Matcher tag = TAG.matcher(answer);
        while (tag.find()) {
            marked.append(UntrustedRegions.mark(answer.substring(from, tag.start())))
                    .append(tag.group());
            from = tag.end();
        }
        return answerTokens.apply(
                marked.append(UntrustedRegions.mark(answer.substring(from))).toString());
    }
}
