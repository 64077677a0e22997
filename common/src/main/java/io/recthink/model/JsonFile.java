package io.recthink.model;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.recthink.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The JSON files of a model folder, read strictly: no key twice, nothing after the end. They are not trusted: how long a
 * file is and how many values it has are bounded, how deep it goes and how long its numbers are is by Jackson.
 */
final class JsonFile {
    /** Far more than any published file has, that of the tokenizer left aside, which is read piece by piece. */
    private static final long LONGEST = 64L << 20;

    /** Of a tokenizer; the largest published have 40 MB. */
    static final long LONGEST_STREAMED = 256L << 20;

    private static final int MOST_VALUES = 1 << 20;
    private static final int LONGEST_SHOWN = 120;

    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonFile() {}

    static JsonNode readObject(Path file) {
        return parseObject(file.toString(), bytes(file));
    }

    static byte[] bytes(Path file) {
        requireLength(file, LONGEST);
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    /** Refuses a file that is longer than any of its kind. */
    static void requireLength(Path file, long longest) {
        try {
            if (Files.size(file) > longest) {
                throw new InvalidInputException(file + ": has " + Files.size(file) + " bytes, the most is " + longest
                        + "; it is no such file of a model");
            }
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    /** A value for a message: on one line, and not longer than one. */
    static String shown(JsonNode value) {
        String text = value.isMissingNode() ? "absent" : value.toString();
        return text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "..." : text;
    }

    /** Counts the values, names among them, that are made of a file. */
    static final class Counted extends JsonParserDelegate {
        private int values;

        Counted(JsonParser parser) {
            super(parser);
        }

        @Override
        public JsonToken nextToken() throws IOException {
            if (++values > MOST_VALUES) {
                throw new JsonParseException(this, "has more than " + MOST_VALUES + " values");
            }
            return super.nextToken();
        }
    }

    /** Reads the object that a file is, with the parser at its first field's name. */
    interface ObjectReader<T> {
        T read(JsonParser parser) throws IOException;
    }

    /**
     * Reads a file piece by piece.
     *
     * @param longest bytes that the file may have
     * @throws InvalidInputException if it is no object, or not valid
     */
    static <T> T stream(Path file, long longest, ObjectReader<T> reader) {
        requireLength(file, longest);
        try (JsonParser parser = MAPPER.createParser(file.toFile())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new InvalidInputException(
                        file + ": " + IncompleteFile.describe(start(file), "is not a JSON object"));
            }
            return reader.read(parser);
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(
                    file + ": " + IncompleteFile.describe(start(file), "is not valid JSON: " + e.getOriginalMessage()),
                    e);
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    private static byte[] start(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(IncompleteFile.LENGTH);
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    /**
     * The value of a field of the object in a file, or a missing node. The file is read as far as the field: the vocabulary
     * of a tokenizer takes a tenth of a second, and a policy is opened at each step.
     */
    static JsonNode readField(Path file, String name) {
        return stream(file, LONGEST_STREAMED, parser -> {
            for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
                parser.nextToken();
                if (field.equals(name)) {
                    return tree(new Counted(parser));
                }
                parser.skipChildren();
            }
            return MissingNode.getInstance();
        });
    }

    /** The value that a parser stands at. */
    static JsonNode tree(Counted parser) throws IOException {
        return MAPPER.reader()
                .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .readTree(parser);
    }

    static JsonNode parseObject(String source, byte[] bytes) {
        try {
            JsonNode json;
            try (JsonParser parser = new Counted(MAPPER.createParser(bytes))) {
                json = MAPPER.readTree(parser);
            }
            if (json == null || !json.isObject()) {
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
