package io.recthink.spark.teacher;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.chat.ChatAnswer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/**
 * One answer in the ledger, one line of a file.
 *
 * @param sha256 identity of the request
 * @param purpose purpose of the request that was asked first
 * @param key row, review, user or item of this request
 * @param sample number of the answer to the same question
 * @param model model that was asked
 * @param response the answer without private reasoning
 * @param reasoning the private reasoning of the model; null: none
 * @param finish why the answer ended
 * @param promptTokens tokens of the request
 * @param completionTokens tokens of the answer, private reasoning included
 * @param ms milliseconds of the request
 * @param attempts attempts that the answer took
 * @param time time of the answer, UTC
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
record LedgerEntry(
        String sha256,
        String purpose,
        String key,
        int sample,
        String model,
        String response,
        String reasoning,
        String finish,
        long promptTokens,
        long completionTokens,
        long ms,
        int attempts,
        String time) {
    // Always six decimals, so that the order of the texts is the order of the times.
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** The entry of an answer. */
    static LedgerEntry of(Question question, String model, ChatAnswer answer, Instant time) {
        return new LedgerEntry(
                question.sha256(),
                question.purpose(),
                question.key(),
                question.sample(),
                model,
                answer.text(),
                answer.reasoning().orElse(null),
                answer.finish(),
                answer.promptTokens(),
                answer.completionTokens(),
                answer.milliseconds(),
                answer.attempts(),
                TIME.format(time));
    }

    /** The entry as one line, without its end. */
    String line() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The entry of a line; empty when the line is not whole. */
    static Optional<LedgerEntry> of(String line) {
        try {
            LedgerEntry entry = JSON.readValue(line, LedgerEntry.class);
            return Optional.ofNullable(entry)
                    .filter(read ->
                            read.sha256 != null && read.response != null && read.finish != null && read.time != null);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
