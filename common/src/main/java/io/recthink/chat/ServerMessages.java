package io.recthink.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Makes what a server says fit for a message: one line, at most 300 characters, without the key. */
final class ServerMessages {
    private static final int LONGEST = 300;
    private static final String HIDDEN = "(key)";
    // Control and format characters, halves of characters, separators of lines and paragraphs.
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+");

    private final String key;

    /** @param key the key that no message may show; may be empty */
    ServerMessages(String key) {
        this.key = key;
    }

    /** The message in the body of an error: OpenAI's {@code error.message}, other servers' fields, or the whole body. */
    String of(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        try {
            JsonNode json = AnswerBody.MAPPER.readTree(text);
            return shown(Stream.of("/error/message", "/error", "/message", "/detail")
                    .map(json::at)
                    .filter(JsonNode::isTextual)
                    .map(JsonNode::textValue)
                    .findFirst()
                    .orElseGet(json::toString));
        } catch (JsonProcessingException e) {
            return shown(text);
        }
    }

    /** A text that is fit for a message. */
    String shown(String text) {
        String line = UNPRINTABLE.matcher(withoutKey(text)).replaceAll(" ").strip();
        if (line.isEmpty()) {
            return "no message";
        }
        return line.codePointCount(0, line.length()) <= LONGEST
                ? line
                : line.substring(0, line.offsetByCodePoints(0, LONGEST)) + "...";
    }

    private String withoutKey(String text) {
        if (key.isEmpty()) {
            return text;
        }
        String quoted = new String(JsonStringEncoder.getInstance().quoteAsString(key));
        return text.replace(key, HIDDEN).replace(quoted, HIDDEN);
    }
}
