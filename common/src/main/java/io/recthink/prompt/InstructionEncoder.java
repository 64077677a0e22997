package io.recthink.prompt;

import io.recthink.model.ChatTemplate;
import io.recthink.model.ChatTemplate.Message;
import io.recthink.model.ModelTokenizer;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Converts messages and the completions that follow them to token ids for one model. Text that {@link #untrusted} or
 * {@link #answer} has marked never becomes a control token of the model. Text without marks is the program's own and
 * may name control tokens. Safe for use by many threads.
 */
public final class InstructionEncoder {
    private static final Pattern TAG = Pattern.compile(Stream.of(Block.values())
            .flatMap(block -> Stream.of(block.open(), block.close()))
            .map(Pattern::quote)
            .collect(Collectors.joining("|")));

    private final Turns turns;
    private final ControlTokenGuard guard;

    /** An encoder for the model of a tokenizer and a chat template. */
    public InstructionEncoder(ModelTokenizer tokenizer, ChatTemplate chatTemplate) {
        this.turns = Turns.of(chatTemplate);
        this.guard = new ControlTokenGuard(tokenizer, chatTemplate);
    }

    /** Marks a text of a user or a shop as part of a message, so that no part of it becomes a control token. */
    public static String untrusted(String text) {
        return UntrustedRegions.mark(UntrustedRegions.withoutMarks(text));
    }

    /**
     * Marks an answer that the policy has not written, for example a teacher's, for use as a completion. The answer may
     * quote texts of users: only the tags of the output grammar can become control tokens.
     */
    public static String answer(String answer) {
        StringBuilder marked = new StringBuilder();
        int from = 0;
        Matcher tag = TAG.matcher(answer);
        while (tag.find()) {
            marked.append(UntrustedRegions.mark(answer.substring(from, tag.start())))
                    .append(tag.group());
            from = tag.end();
        }
        return marked.append(UntrustedRegions.mark(answer.substring(from))).toString();
    }

    /**
     * The token ids of a prompt: the messages in the chat template, with the start of the assistant's turn.
     *
     * @throws io.recthink.InvalidInputException when the chat template leaves out or cuts parts of the messages
     */
    public int[] prompt(List<Message> messages) {
        return text(messages).tokens();
    }

    EncodedText text(List<Message> messages) {
        return guard.encode(
                turns.render(messages),
                messages.stream()
                        .mapToLong(message -> UntrustedRegions.count(message.content()))
                        .sum());
    }

    /** The token ids of a completion, without the end token. */
    public int[] completion(String completion) {
        return guard.encode(completion, 0).tokens();
    }
}
