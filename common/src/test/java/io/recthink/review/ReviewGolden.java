package io.recthink.review;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.recthink.Fixtures;
import io.recthink.model.SafetensorsReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A tiny network with its inputs and the numbers that PyTorch computed for it in FP64. {@code -Drecthink.review.goldens=FOLDER}
 * names a folder with other such networks.
 */
record ReviewGolden(Path folder, JsonNode json, SafetensorsReader tensors) implements AutoCloseable {
    static Stream<Path> folders() throws IOException {
        String given = System.getProperty("recthink.review.goldens", "");
        Path root = given.isEmpty() ? Fixtures.folder("review") : Path.of(given);
        try (Stream<Path> found = Files.walk(root)) {
            List<Path> folders = found.filter(file -> file.endsWith("golden.json"))
                    .map(Path::getParent)
                    .sorted()
                    .toList();
            if (folders.isEmpty()) {
                throw new IllegalStateException(root + " has no golden.json");
            }
            return folders.stream();
        }
    }

    static ReviewGolden open(Path folder) {
        try {
            return new ReviewGolden(
                    folder,
                    new JsonMapper().readTree(folder.resolve("golden.json").toFile()),
                    SafetensorsReader.open(folder.resolve("golden.safetensors")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String model() {
        return json.get("model").asText();
    }

    boolean has(String name) {
        return json.get("tensors").has(name);
    }

    float[] floats(String name) {
        long count = 1;
        for (JsonNode size : json.at("/tensors").path(name).get("shape")) {
            count *= size.asLong();
        }
        float[] values = new float[Math.toIntExact(count)];
        tensors.read(name, FloatBuffer.wrap(values));
        return values;
    }

    /** The network of the numbers, as {@code change} makes it of the plain one. */
    ReviewNetwork network() {
        return switch (model()) {
            case "deepconn" -> new DeepCoNN(sizes(), false);
            case "narre" -> new NARRE(sizes(), size("R"), true);
            case "daml" -> new DAML(sizes(), DAML.Head.NFM, false);
            default -> throw new IllegalStateException(model());
        };
    }

    /** The network with the values of the numbers. */
    TrainedNetwork trained(ReviewNetwork network) {
        return new TrainedNetwork(network, parameter -> {
            String variant = "variant." + parameter.name();
            return floats(has(variant) ? variant : "param." + parameter.name());
        });
    }

    Sizes sizes() {
        return new Sizes(
                size("users"),
                size("items"),
                size("vocabulary"),
                size("E"),
                size("K"),
                size("n"),
                json.at("/sizes").has("L") ? size("L") : size("T"),
                size("k"),
                size("attention"));
    }

    private int size(String name) {
        return json.at("/sizes").path(name).asInt();
    }

    Batch batch() {
        JsonNode ratings = json.at("/inputs/rating");
        float[] truths = new float[ratings.size()];
        for (int i = 0; i < truths.length; i++) {
            truths[i] = (float) ratings.get(i).asDouble();
        }
        return new Batch(side("user"), side("item"), truths);
    }

    private Side side(String name) {
        JsonNode tokens = json.get("inputs").get(name + ".tokens");
        int[] ids = ints(json.get("inputs").get(name + ".id"));
        if (!json.get("inputs").has(name + ".reviewIds")) {
            return Side.ofDocuments(ids, rows(tokens).map(ReviewGolden::text).toList());
        }
        int none = (name.equals("user") ? size("items") : size("users")) + 1;
        List<int[]> texts = new ArrayList<>();
        List<int[]> counterparts = new ArrayList<>();
        for (int row = 0; row < ids.length; row++) {
            int[] others = ints(json.get("inputs").get(name + ".reviewIds").get(row));
            int reviews = (int) Arrays.stream(others).filter(id -> id != none).count();
            counterparts.add(Arrays.copyOf(others, reviews));
            rows(tokens.get(row)).limit(reviews).map(ReviewGolden::text).forEach(texts::add);
        }
        return new Side(ids, texts, counterparts);
    }

    private static Stream<JsonNode> rows(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static int[] text(JsonNode tokens) {
        return Arrays.stream(ints(tokens)).filter(token -> token != 0).toArray();
    }

    private static int[] ints(JsonNode array) {
        return rows(array).mapToInt(JsonNode::asInt).toArray();
    }

    /** The setting of Adam with which the numbers were made. */
    Adam adam() {
        JsonNode settings = json.at("/settings/adam");
        return new Adam(
                settings.get("lr").asDouble(),
                settings.get("weightDecay").asDouble(),
                json.at("/settings/penalty/factor").asDouble());
    }

    Map<RatingLoss, Double> losses() {
        return Map.of(
                RatingLoss.L2,
                loss(RatingLoss.L2),
                RatingLoss.L1,
                loss(RatingLoss.L1),
                RatingLoss.huber(1),
                loss(RatingLoss.huber(1)));
    }

    private double loss(RatingLoss loss) {
        return json.get("losses")
                .get(loss.kind().name().toLowerCase(Locale.ROOT))
                .asDouble();
    }

    /** Parameters of the numbers that this project leaves out, because they have no effect. */
    List<String> withoutEffect() {
        return rows(json.get("withoutEffect")).map(JsonNode::asText).toList();
    }

    /** The names of the tensors that begin so, without that begin. */
    List<String> names(String begin) {
        List<String> names = new ArrayList<>();
        json.get("tensors").fieldNames().forEachRemaining(name -> {
            if (name.startsWith(begin)) {
                names.add(name.substring(begin.length()));
            }
        });
        return names;
    }

    @Override
    public void close() {
        tensors.close();
    }
}
