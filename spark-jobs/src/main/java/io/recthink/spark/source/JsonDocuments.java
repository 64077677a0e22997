package io.recthink.spark.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.recthink.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Iterates over the rows of a JSON file that does not have one object per line: the file is an array of objects, or its
 * objects span several lines. Each row is returned as one line. The file is read as a stream, so a file of any length
 * needs the memory of one row.
 */
final class JsonDocuments implements Iterator<String>, AutoCloseable {
    /** Reads JSON as logs contain it: also with single quotes, with NaN, and with any character after a backslash. */
    static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER)
            .build();

    private final String file;
    private final JsonParser parser;
    private String next;

    /** @param file the name of the file, for messages */
    JsonDocuments(String file, InputStream in) throws IOException {
        this.file = file;
        this.parser = JSON.createParser(in);
        advance();
    }

    /**
     * Returns whether this class must read a file: the file begins with an array of objects, or its first object spans
     * several lines.
     *
     * @throws IOException when the file cannot be read
     */
    static boolean needed(InputStream in) throws IOException {
        try (JsonParser parser = JSON.createParser(in)) {
            JsonToken first = parser.nextToken();
            if (first != JsonToken.START_OBJECT) {
                return first == JsonToken.START_ARRAY && parser.nextToken() == JsonToken.START_OBJECT;
            }
            int line = parser.currentTokenLocation().getLineNr();
            parser.skipChildren();
            return parser.currentToken() == JsonToken.END_OBJECT
                    && parser.currentTokenLocation().getLineNr() > line;
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            return false;
        }
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public String next() {
        if (next == null) {
            throw new NoSuchElementException(file);
        }
        String row = next;
        advance();
        return row;
    }

    private void advance() {
        try {
            JsonToken token = parser.nextToken();
            while (isBorderOfRows(token)) {
                token = parser.nextToken();
            }
            next = token == null ? null : line();
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new InvalidInputException(
                    "%s: is not valid JSON after line %d: %s; repair or cut the file there"
                            .formatted(file, e.getLocation().getLineNr(), e.getOriginalMessage()),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isBorderOfRows(JsonToken token) {
        return token == JsonToken.START_ARRAY
                ? parser.getParsingContext().getParent().inRoot()
                : token == JsonToken.END_ARRAY && parser.getParsingContext().inRoot();
    }

    private String line() throws IOException {
        StringWriter line = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(line)) {
            generator.copyCurrentStructure(parser);
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
