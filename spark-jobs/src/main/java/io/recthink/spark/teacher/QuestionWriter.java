package io.recthink.spark.teacher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.Seeds;
import io.recthink.chat.ChatBody;
import io.recthink.model.ChatTemplate.Message;
import io.recthink.spark.files.Digest;
import io.recthink.teacher.TeacherRequest;
import io.recthink.teacher.TeacherSettings;
import java.io.Serializable;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Turns requests into questions for a model.
 *
 * @param teacher how the model is asked
 * @param model identity of the model: its name at the server, or the digest of its folder
 * @param seed seed of the run
 */
record QuestionWriter(TeacherSettings teacher, String model, long seed) implements Serializable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CHARACTERS_PER_TOKEN = 4;
    private static final int NO_STEP = 0;
    private static final long SEED_BITS = 0x7fff_ffffL; // servers take seeds of 31 bits

    Question question(TeacherRequest request, List<Message> messages) {
        long drawn = Seeds.of(seed, NO_STEP, Digest.of(text(messages), List.of()), request.sample()) & SEED_BITS;
        String body = body(teacher, model, messages, drawn).json();
        String identity = "{\"body\":%s,\"kind\":%s,\"model\":%s,\"sample\":%d}"
                .formatted(body, text(teacher.kind().label()), text(model), request.sample());
        long characters = messages.stream()
                .mapToLong(message -> message.content().length())
                .sum();
        return new Question(
                Digest.of(identity, List.of()),
                request.purpose().label(),
                request.key(),
                request.sample(),
                drawn,
                body,
                characters / CHARACTERS_PER_TOKEN + 1);
    }

    /**
     * The body of a request.
     *
     * @throws IllegalArgumentException when a further field cannot be part of it
     */
    static ChatBody body(TeacherSettings teacher, String model, List<Message> messages, long seed) {
        return new ChatBody(
                model,
                messages.stream()
                        .map(message -> new ChatBody.Message(message.role(), message.content()))
                        .toList(),
                OptionalDouble.of(teacher.temperature()),
                OptionalDouble.of(teacher.topP()),
                teacher.maxTokens(),
                teacher.maxTokensField(),
                OptionalLong.of(seed),
                teacher.stop(),
                teacher.body());
    }

    private static String text(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
