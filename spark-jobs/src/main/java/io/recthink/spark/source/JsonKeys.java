package io.recthink.spark.source;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** Looks for keys that an object of JSON has twice. Spark keeps the last value of such a key without a word. */
final class JsonKeys {
    private JsonKeys() {}

    /** Whether any object of a line has a key twice; false where the line cannot be parsed as far as that. */
    static boolean repeated(String line) {
        Deque<Set<String>> objects = new ArrayDeque<>();
        try (JsonParser parser = JsonDocuments.JSON.createParser(line)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.START_OBJECT) {
                    objects.push(new HashSet<>());
                } else if (token == JsonToken.END_OBJECT) {
                    objects.pop();
                } else if (token == JsonToken.FIELD_NAME && !objects.peek().add(parser.currentName())) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return false;
        }
    }
}
