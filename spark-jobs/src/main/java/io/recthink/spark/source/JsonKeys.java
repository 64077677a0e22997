package io.recthink.spark.source;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** Finds keys that occur twice in one JSON object. Spark keeps the last value of such a key and reports nothing. */
final class JsonKeys {
    private JsonKeys() {}

    /**
     * Returns whether any object of a line has a key twice; false if the line is invalid before the second occurrence.
     */
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
