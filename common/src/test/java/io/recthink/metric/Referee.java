package io.recthink.metric;

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

    /** The errors of all systems, summed by user. */
    public UserErrors errors() {
        double[] user = numbers("user");
        double[] truth = numbers("truth");
        int systems = at("yhat").size();
        int users = (int) java.util.Arrays.stream(user).max().orElseThrow() + 1;
        UserErrors errors = new UserErrors(systems);
        for (int u = 0; u < users; u++) {
            long rows = 0;
            double[] absolute = new double[systems];
            double[] squared = new double[systems];
            for (int row = 0; row < user.length; row++) {
                if (user[row] == u) {
                    rows++;
                    for (int system = 0; system < systems; system++) {
                        double error = at("yhat/" + system + "/" + row).asDouble() - truth[row];
                        absolute[system] += Math.abs(error);
                        squared[system] += error * error;
                    }
                }
            }
            errors.add(rows, absolute, squared);
        }
        return errors;
    }
}
