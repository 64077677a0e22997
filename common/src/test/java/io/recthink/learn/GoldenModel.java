package io.recthink.learn;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.Fixtures;
import io.recthink.TestDevice;
import io.recthink.model.AdapterFolder;
import io.recthink.model.ComputeType;
import io.recthink.model.Decoder;
import io.recthink.model.ModelFolder;
import io.recthink.model.ParameterLayout.Parameter;
import io.recthink.model.SafetensorsReader;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** One of the small random models with the numbers that transformers and torch computed for it. */
final class GoldenModel implements AutoCloseable {
    private final ModelFolder folder;
    private final SafetensorsReader tensors;
    private final Decoder decoder;
    private final JsonNode json;

    GoldenModel(String name) {
        this(name, ComputeType.FLOAT32);
    }

    GoldenModel(String name, ComputeType type) {
        this.folder = ModelFolder.open(Fixtures.folder(name));
        this.tensors = SafetensorsReader.open(Fixtures.folder(name).resolve("golden.safetensors"));
        this.decoder = Decoder.load(folder, type, TestDevice.get());
        this.json = Fixtures.golden(name);
    }

    /** The adapter that PEFT made for the model; the caller closes it. */
    AdapterFolder adapter() {
        return AdapterFolder.open(folder.path().resolve("lora"), folder.config());
    }

    /** The model with this adapter beside it; it is closed with the model. */
    Decoder adapted() {
        try (AdapterFolder adapter = adapter()) {
            return decoder.withAdapter(adapter.config(), adapter);
        }
    }

    Decoder decoder() {
        return decoder;
    }

    ModelFolder folder() {
        return folder;
    }

    JsonNode json() {
        return json;
    }

    int[] prompt() {
        return ints(json.get("prompt"));
    }

    int[] completion(int row) {
        return ints(json.get("completions").get(row));
    }

    /** The prompt with completions 0 and 1. */
    Group supervisedGroup() {
        return new Group(
                prompt(),
                List.of(LearningCompletion.supervised(completion(0)), LearningCompletion.supervised(completion(1))));
    }

    Objective supervised() {
        return new Objective.Supervised((long) completion(0).length + completion(1).length);
    }

    /** The prompt with all four completions, and their reference where the case has a KL term. */
    Group grpoGroup(String grpoCase) {
        JsonNode grpo = json.get("grpo");
        boolean kl = grpo.get("cases").get(grpoCase).get("beta").doubleValue() > 0;
        var rows = new ArrayList<LearningCompletion>();
        for (int i = 0; i < json.get("completions").size(); i++) {
            float[] reference = kl ? floats(grpo.get("refLogprobs").get(i)) : null;
            double advantage = grpo.get("advantages").get(i).doubleValue();
            rows.add(new LearningCompletion(
                    completion(i), floats(grpo.get("oldLogprobs").get(i)), reference, advantage, 1));
        }
        return new Group(prompt(), rows);
    }

    Objective grpo(String grpoCase) {
        JsonNode grpo = json.get("grpo");
        JsonNode settings = grpo.get("cases").get(grpoCase);
        double clip = grpo.get("clip").doubleValue();
        Reduction reduction = settings.get("reduce").textValue().startsWith("sequence")
                ? Reduction.SEQUENCE_MEAN
                : Reduction.TOKEN_MEAN;
        List<LearningCompletion> rows = grpoGroup(grpoCase).completions();
        long tokens = rows.stream().mapToLong(row -> row.tokens().length).sum();
        return new Objective.Grpo(
                clip, clip, 0, reduction, settings.get("beta").doubleValue(), 0, rows.size(), tokens, 64, 1);
    }

    float[] tensor(String name) {
        FloatBuffer values =
                FloatBuffer.allocate((int) tensors.find(name).orElseThrow().size());
        tensors.read(name, values);
        return values.array();
    }

    /** The largest ratio |a - b| / |b| over the parameters, b being the golden tensors with this prefix. */
    double worstRelativeError(ParameterVector vector, String prefix) {
        double worst = 0;
        for (Parameter parameter : vector.layout().parameters()) {
            float[] expected = tensor(prefix + "." + parameter.name());
            worst = Math.max(worst, relativeError(values(vector, parameter), expected));
        }
        return worst;
    }

    static float[] values(ParameterVector vector, Parameter parameter) {
        FloatBuffer values = FloatBuffer.allocate((int) parameter.size());
        vector.read(parameter, values);
        return values.array();
    }

    static double relativeError(float[] actual, float[] expected) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow((double) actual[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / norm);
    }

    static int[] ints(JsonNode array) {
        var values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).intValue();
        }
        return values;
    }

    static float[] floats(JsonNode array) {
        var values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).floatValue();
        }
        return values;
    }

    @Override
    public void close() {
        decoder.close();
        tensors.close();
        folder.close();
    }
}
