package io.recthink.statistics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.stream.IntStream;

/** The numbers that {@code referee.py} computed with numpy and scipy. */
public final class Referee {
    private final JsonNode json;

    private Referee(JsonNode json) {
        this.json = json;
    }

    /** Reads the numbers. */
    public static Referee read() throws IOException {
        try (InputStream in = Referee.class.getResourceAsStream("referee.json")) {
            return new Referee(new ObjectMapper().readTree(in));
        }
    }

    /** The value at a path such as {@code bias/user}. */
    public JsonNode at(String path) {
        return json.at("/" + path);
    }

    /** The numbers at a path. */
    public double[] numbers(String path) {
        JsonNode node = at(path);
        return IntStream.range(0, node.size())
                .mapToDouble(i -> node.get(i).asDouble())
                .toArray();
    }
}
