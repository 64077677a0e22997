package io.recthink.chat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Reads the body of a successful response, in the format of OpenAI's chat completions. */
final class AnswerBody {
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final int CHARACTERS_PER_TOKEN = 4;

    private AnswerBody() {}

    /**
     * Returns the answer of a body.
     *
     * @param request the text of the request, for an estimate of its tokens
     * @throws UnreadableException if the body is not a whole answer
     */
    static ChatAnswer read(byte[] body, String request, long milliseconds, int attempts) throws UnreadableException {
        JsonNode json = parse(body);
        JsonNode choice = firstChoice(json);
        JsonNode message = choice.path("message");
        if (!message.isObject()) {
            throw new UnreadableException("has a choice without a message");
        }
        String text = text(message.path("content"));
        Optional<String> reasoning = Stream.of("reasoning_content", "reasoning")
                .map(name -> textOrEmpty(message.path(name)))
                .filter(value -> !value.isEmpty())
                .findFirst();
        JsonNode usage = json.path("usage");
        int written = text.length() + reasoning.map(String::length).orElse(0);
        return new ChatAnswer(
                text,
                reasoning,
                textOrEmpty(choice.path("finish_reason")),
                textOrEmpty(json.path("model")),
                tokens(usage.path("prompt_tokens"), request.length()),
                tokens(usage.path("completion_tokens"), written),
                milliseconds,
                attempts);
    }

    private static JsonNode parse(byte[] body) throws UnreadableException {
        try {
            return MAPPER.readTree(body);
        } catch (IOException e) {
            // The message of the exception quotes the body, which no message may show.
            throw new UnreadableException("is not valid JSON");
        }
    }

    private static JsonNode firstChoice(JsonNode json) throws UnreadableException {
        for (JsonNode choice : json.path("choices")) {
            if (choice.path("index").asInt(0) == 0) {
                return choice;
            }
        }
        String error = textOrEmpty(json.at("/error/message"));
        throw new UnreadableException(error.isEmpty() ? "has no choice" : "has no choice but an error: " + error);
    }

    /** The text of a content: a string, parts of which those with the type {@code text} count, or null. */
    private static String text(JsonNode content) throws UnreadableException {
        if (content.isTextual()) {
            return content.textValue();
        } else if (content.isArray()) {
            return StreamSupport.stream(content.spliterator(), false)
                    .filter(part -> textOrEmpty(part.path("type")).equals("text"))
                    .map(part -> textOrEmpty(part.path("text")))
                    .collect(Collectors.joining());
        } else if (content.isNull() || content.isMissingNode()) {
            return "";
        }
        throw new UnreadableException("has a content that is no text");
    }

    private static String textOrEmpty(JsonNode node) {
        return node.isTextual() ? node.textValue() : "";
    }

    private static long tokens(JsonNode count, int characters) {
        return count.isIntegralNumber() && count.canConvertToInt() && count.intValue() >= 0
                ? count.intValue()
                : (characters + CHARACTERS_PER_TOKEN - 1) / CHARACTERS_PER_TOKEN;
    }

    /** A body is no whole answer; the message continues "the answer". */
    static final class UnreadableException extends Exception {
        UnreadableException(String message) {
            super(message);
        }
    }
}
