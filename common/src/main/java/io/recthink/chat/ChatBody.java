package io.recthink.chat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * The body of a request. What is absent or empty is not sent.
 *
 * @param model the name of the model; not empty
 * @param messages the conversation, at least one message
 * @param temperature the temperature, at least 0
 * @param topP the share of probability that is sampled from, above 0 and at most 1
 * @param maxTokens the most tokens of the answer, at least 1
 * @param maxTokensField the name of the field of {@code maxTokens}: {@code max_tokens} or {@code max_completion_tokens}
 * @param seed the seed of sampling
 * @param stop texts that end the answer
 * @param furtherFields more fields of the body, as YAML has them: texts, numbers, truth values, null, lists and maps
 */
public record ChatBody(
        String model,
        List<Message> messages,
        OptionalDouble temperature,
        OptionalDouble topP,
        int maxTokens,
        String maxTokensField,
        OptionalLong seed,
        List<String> stop,
        Map<String, Object> furtherFields) {
    private static final Set<String> MAX_TOKENS_FIELDS = Set.of("max_tokens", "max_completion_tokens");

    /** Fields that have a setting of their own, or that would change the form of the answer. */
    private static final Set<String> OWN_FIELDS = Set.of(
            "model",
            "messages",
            "temperature",
            "top_p",
            "max_tokens",
            "max_completion_tokens",
            "seed",
            "stop",
            "stream",
            "n");

    private static final JsonFactory JSON = new JsonFactory();
    private static final int MOST_ZEROS = 20;

    /**
     * A message of a conversation.
     *
     * @param role such as {@code system}, {@code user} or {@code assistant}
     */
    public record Message(String role, String content) {}

    /** @throws IllegalArgumentException if a value is out of its range, or a further field has a setting of its own */
    public ChatBody {
        require(!model.isEmpty(), "model", "a name", "empty");
        require(!messages.isEmpty(), "messages", "at least one message", "none");
        temperature.ifPresent(
                value -> require(value >= 0 && Double.isFinite(value), "temperature", "at least 0", value));
        topP.ifPresent(value -> require(value > 0 && value <= 1, "topP", "above 0 and at most 1", value));
        require(maxTokens >= 1, "maxTokens", "at least 1", maxTokens);
        require(
                MAX_TOKENS_FIELDS.contains(maxTokensField),
                "maxTokensField",
                "max_tokens or max_completion_tokens",
                maxTokensField);
        furtherFields.keySet().stream()
                .filter(OWN_FIELDS::contains)
                .sorted()
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException(
                            "the field '%s' must not be among the further fields of a request; recthink sets it itself"
                                    .formatted(name));
                });
        messages = List.copyOf(messages);
        stop = List.copyOf(stop);
        furtherFields = Collections.unmodifiableMap(new TreeMap<>(furtherFields));
    }

    private static void require(boolean holds, String name, String expected, Object value) {
        if (!holds) {
            throw new IllegalArgumentException("%s must be %s (was %s)".formatted(name, expected, value));
        }
    }

    /**
     * The canonical JSON text: the keys of all objects sorted by UTF-16 code units (as in RFC 8785), no blanks, and one
     * form of each number. Equal requests have equal texts, whatever the order of maps and the types of numbers.
     *
     * @throws IllegalArgumentException if a further field has a value that JSON cannot express
     */
    public String json() {
        Map<String, Object> fields = new TreeMap<>(furtherFields);
        fields.put("model", model);
        fields.put(
                "messages",
                messages.stream()
                        .map(message -> Map.of("role", message.role(), "content", message.content()))
                        .toList());
        temperature.ifPresent(value -> fields.put("temperature", value));
        topP.ifPresent(value -> fields.put("top_p", value));
        fields.put(maxTokensField, maxTokens);
        seed.ifPresent(value -> fields.put("seed", value));
        if (!stop.isEmpty()) {
            fields.put("stop", stop);
        }
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            write(json, "", fields);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, String name, Object value) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof String text) {
            json.writeString(text);
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (value instanceof Number number) {
            json.writeNumber(canonical(name, number));
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            for (Object element : list) {
                write(json, name, element);
            }
            json.writeEndArray();
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<String, Object> entry : sorted(name, map).entrySet()) {
                json.writeFieldName(entry.getKey());
                write(json, entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
        } else {
            throw new IllegalArgumentException(
                    "the field '%s' of a request has a value of %s, which JSON cannot express"
                            .formatted(name, value.getClass()));
        }
    }

    private static Map<String, Object> sorted(String name, Map<?, ?> map) {
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach((key, value) -> {
            if (!(key instanceof String text)) {
                throw new IllegalArgumentException(
                        "the field '%s' of a request has the key %s; put it in quotes".formatted(name, key));
            }
            sorted.put(text, value);
        });
        return sorted;
    }

    /** One text for all numbers of one value: 1, 1.0 and 1.00 are {@code 1}. */
    private static String canonical(String name, Number number) {
        try {
            BigDecimal value = new BigDecimal(number.toString()).stripTrailingZeros();
            return Math.abs((long) value.scale()) <= MOST_ZEROS ? value.toPlainString() : value.toString();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "the field '%s' of a request must be a finite number (was %s)".formatted(name, number), e);
        }
    }
}
