package io.recthink.chat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The answer of a server.
 *
 * @param text the content of the message; empty where the server sent none
 * @param reasoning the private reasoning that the server, or {@link #withoutThinking}, kept apart from the text
 * @param finish the reason why the answer ended, such as {@code stop}, {@code length} or {@code content_filter}; empty
 *     where the server does not say
 * @param model the model that the server names; empty where it names none
 * @param promptTokens the number of tokens of the prompt; where the server does not say, the characters of the request
 *     divided by 4
 * @param completionTokens the number of tokens of the answer with its reasoning; where the server does not say, their
 *     characters divided by 4
 * @param milliseconds the time of the attempt that succeeded, without earlier attempts and waits
 * @param attempts the number of attempts, at least 1
 */
public record ChatAnswer(
        String text,
        Optional<String> reasoning,
        String finish,
        String model,
        long promptTokens,
        long completionTokens,
        long milliseconds,
        int attempts) {
    private static final String OPEN = "<think>";
    private static final String CLOSE = "</think>";

    /**
     * Reads the body of a successful response that was kept in a file.
     *
     * @param body the JSON text
     * @param request the JSON text of the request, for an estimate of its tokens
     * @return empty when the body is not a whole answer; an answer has no time, and one attempt
     */
    public static Optional<ChatAnswer> ofBody(String body, String request) {
        try {
            return Optional.of(AnswerBody.read(body.getBytes(StandardCharsets.UTF_8), request, 0, 1));
        } catch (AnswerBody.UnreadableException e) {
            return Optional.empty();
        }
    }

    /**
     * Moves leading think blocks from the text to the reasoning. A text that reaches {@code </think>} before any
     * {@code <think>} began in a block that the prompt had opened. A block without an end takes the whole text.
     *
     * @param ownGrammarThinks whether the wanted text itself begins with a think block; then only a block before
     *     another think block moves
     */
    public ChatAnswer withoutThinking(boolean ownGrammarThinks) {
        String rest = text;
        String moved = reasoning.orElse("");
        for (int end = endOfFirstBlock(text); end > 0; end = endOfBlock(rest)) {
            String after = rest.substring(end).stripLeading();
            if (ownGrammarThinks && !after.startsWith(OPEN)) {
                break;
            }
            moved = joined(moved, content(rest.substring(0, end)));
            rest = after;
        }
        return new ChatAnswer(
                rest,
                Optional.of(moved).filter(value -> !value.isEmpty()),
                finish,
                model,
                promptTokens,
                completionTokens,
                milliseconds,
                attempts);
    }

    private static int endOfFirstBlock(String text) {
        int open = text.indexOf(OPEN);
        int close = text.indexOf(CLOSE);
        boolean openedInPrompt = close >= 0 && (open < 0 || close < open);
        return openedInPrompt ? close + CLOSE.length() : endOfBlock(text);
    }

    /** The position after a leading think block; 0 where none leads. */
    private static int endOfBlock(String text) {
        if (!text.stripLeading().startsWith(OPEN)) {
            return 0;
        }
        int close = text.indexOf(CLOSE);
        return close < 0 ? text.length() : close + CLOSE.length();
    }

    private static String content(String block) {
        String opened = block.strip();
        String inner = opened.startsWith(OPEN) ? opened.substring(OPEN.length()) : opened;
        return (inner.endsWith(CLOSE) ? inner.substring(0, inner.length() - CLOSE.length()) : inner).strip();
    }

    private static String joined(String first, String second) {
        return Stream.of(first, second).filter(part -> !part.isEmpty()).collect(Collectors.joining("\n\n"));
    }
}
