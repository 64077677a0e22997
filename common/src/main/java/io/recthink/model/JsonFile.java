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
 * Reads the JSON files of a model folder strictly: no key twice, nothing after the end. The files are not trusted. This
 * class limits the length of a file and its number of values; Jackson limits its depth and the length of its numbers.
 */
final class JsonFile {
    /** Most bytes of a file, far above every published file. The tokenizer is excepted: it is read piece by piece. */
    private static final long LONGEST = 64L << 20;

    /** Most bytes of a tokenizer; the largest published tokenizers have 40 MB. */
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

    /** Refuses a file of more than {@code longest} bytes. */
    static void requireLength(Path file, long longest) {
        try {
            if (Files.size(file) > longest) {
                throw new InvalidInputException(file + ": has " + Files.size(file) + " bytes, the most is " + longest
                        + "; a model's file of this name is smaller");
            }
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    /** Formats a value for a message, on one line of limited length. */
    static String shown(JsonNode value) {
        String text = value.isMissingNode() ? "absent" : value.toString();
        return text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "..." : text;
    }

    /** Counts the values and names of a file, and refuses more than {@code MOST_VALUES}. */
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

    /** Reads the object of a file; the parser is at the start of the object. */
    interface ObjectReader<T> {
        T read(JsonParser parser) throws IOException;
    }

    /**
     * Reads a file piece by piece.
     *
     * @param longest most bytes of the file
     * @throws InvalidInputException if the content is not an object or not valid
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
     * Returns the value of a field of the object in a file, or a missing node. Reading ends at the field: the
     * vocabulary of a tokenizer takes a tenth of a second, and every step opens a policy.
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

    /** Reads the value at the parser's position. */
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
