package io.recthink.spark.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.recthink.InvalidInputException;
import java.io.IOException;

/**
 * The JSON files that describe the content of a folder. Each has the number of its {@code format}; without a number it
 * has format 1. Unknown keys are ignored, because a later version may add keys to a format. A change of the meaning of
 * a file increases the number, and older versions refuse the file.
 */
public final class StateFile {
    /** The format that is written, and the newest format that can be read. */
    public static final int FORMAT = 1;

    /** The key of the format. */
    public static final String FORMAT_KEY = "format";

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private StateFile() {}

    /** A value as the content of a file. */
    public static byte[] write(Object value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads the value of a file that exists.
     *
     * @param file path of the file, for messages
     * @param remedy a sentence: what to do with an unusable file
     * @throws InvalidInputException when it is empty or truncated, has a later format, or has another type
     */
    public static <T> T read(String file, byte[] content, Class<T> type, String remedy) {
        if (content.length == 0) {
            throw new InvalidInputException(
                    "%s is empty: it was not written or copied completely. %s".formatted(file, remedy));
        }
        try {
            JsonNode json = JSON.readTree(content);
            requireKnown(file, json, remedy);
            return JSON.treeToValue(json, type);
        } catch (IOException e) {
            throw new InvalidInputException("%s cannot be read: %s. %s".formatted(file, reason(e), remedy), e);
        }
    }

    /** Whether a file is complete: its content is one JSON value. */
    public static boolean isWhole(byte[] content) {
        try {
            return !JSON.readTree(content).isMissingNode();
        } catch (IOException e) {
            return false;
        }
    }

    private static void requireKnown(String file, JsonNode json, String remedy) {
        if (!json.isObject()) {
            throw new InvalidInputException("%s is not a JSON object. %s".formatted(file, remedy));
        }
        JsonNode format = json.path(FORMAT_KEY);
        if (format.isMissingNode() || format.isNull()) {
            return;
        }
        if (!format.isIntegralNumber() || format.asLong() < 1) {
            throw new InvalidInputException("%s has the format %s, which is not a whole number of at least 1. %s"
                    .formatted(file, format, remedy));
        }
        if (!format.canConvertToInt() || format.asInt() > FORMAT) {
            throw new InvalidInputException(
                    "%s has the format %s, and this recthink knows %d: a newer recthink wrote it. Use the newer recthink."
                            .formatted(file, format, FORMAT));
        }
    }

    /** The reason in one line, without Jackson's excerpt of the file. */
    public static String reason(IOException failure) {
        if (!(failure instanceof JsonProcessingException json)) {
            return String.valueOf(failure.getMessage());
        }
        // The message of the record's constructor describes the problem.
        String message = json.getCause() == null
                ? json.getOriginalMessage()
                : String.valueOf(json.getCause().getMessage());
        String line = message.lines().findFirst().orElse(message);
        return json.getLocation() == null || json.getLocation().getLineNr() < 1
                ? line
                : "%s (line %d)".formatted(line, json.getLocation().getLineNr());
    }
}
