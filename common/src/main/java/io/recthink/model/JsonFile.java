package io.recthink.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.recthink.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The JSON files of a model folder, read strictly: no key twice, nothing after the end. */
final class JsonFile {
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonFile() {}

    static JsonNode readObject(Path file) {
        return parseObject(file.toString(), bytes(file));
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    /**
     * The value of a field of the object in a file, or a missing node. The file is read as far as the field: the vocabulary
     * of a tokenizer takes a tenth of a second, and a policy is opened at each step.
     */
    static JsonNode readField(Path file, String name) {
        try (JsonParser parser = MAPPER.createParser(file.toFile())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new InvalidInputException(
                        file + ": " + IncompleteFile.describe(bytes(file), "is not a JSON object"));
            }
            for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
                parser.nextToken();
                if (field.equals(name)) {
                    return MAPPER.reader()
                            .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                            .readTree(parser);
                }
                parser.skipChildren();
            }
            return MissingNode.getInstance();
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(
                    file + ": " + IncompleteFile.describe(bytes(file), "is not valid JSON: " + e.getOriginalMessage()),
                    e);
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    static JsonNode parseObject(String source, byte[] bytes) {
        try {
            JsonNode json = MAPPER.readTree(bytes);
            if (!json.isObject()) {
                throw new InvalidInputException(source + ": " + IncompleteFile.describe(bytes, "is not a JSON object"));
            }
            return json;
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(
                    source + ": " + IncompleteFile.describe(bytes, "is not valid JSON: " + e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw unreadable(source, e);
        }
    }

    private static InvalidInputException unreadable(String source, IOException e) {
        return new InvalidInputException(source + ": cannot be read: " + e, e);
    }

    static void write(Path file, JsonNode json) {
        try {
            Files.writeString(file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be written: " + e, e);
        }
    }
}
