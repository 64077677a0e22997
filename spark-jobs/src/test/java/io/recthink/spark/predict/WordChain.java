package io.recthink.spark.predict;

import io.recthink.model.AdapterFolder;
import io.recthink.model.ComputeType;
import io.recthink.model.LoraConfig;
import io.recthink.model.ModelConfig;
import io.recthink.model.ModelConfig.Family;
import io.recthink.model.ModelFolder;
import io.recthink.model.ModelInitializer;
import io.recthink.model.ParameterLayout;
import io.recthink.model.Projection;
import io.recthink.spark.policy.PolicyFolder;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A model whose answers are known: its layers add nothing, an embedding is the word itself, and so the head is a table of
 * which word follows which. After "good" comes {@code <rate> 4 </rate>}, after "bad" nothing, after "mixed" either; the
 * number is 4 most often, else 2.
 */
public final class WordChain {
    private static final List<String> WORDS =
            List.of("[UNK]", "[END]", "<rate>", "</rate>", "1", "2", "3", "4", "5", "good", "bad", "mixed");
    private static final int WIDTH = 16;
    // RMS norm stretches a one-hot vector to the square root of its width.
    private static final float STRETCH = 4;
    private static final float CERTAIN = 40;

    private WordChain() {}

    /** Writes the model folder. */
    public static Path write(Path folder) throws IOException {
        Path like = Files.createDirectories(folder.resolveSibling(folder.getFileName() + "-like"));
        ModelConfig config = new ModelConfig(
                Family.LLAMA,
                WORDS.size(),
                WIDTH,
                16,
                1,
                2,
                2,
                8,
                1e-6,
                10000,
                Optional.empty(),
                64,
                false,
                false,
                false,
                List.of(1));
        ModelInitializer.write(like, config, 1, 0.02);
        Files.writeString(like.resolve("tokenizer.json"), tokenizer());
        Files.writeString(
                like.resolve("chat_template.jinja"), "{% for message in messages %}{{ message.content }} {% endfor %}");
        ModelFolder.write(folder, like, ComputeType.FLOAT32, ParameterLayout.of(config), (parameter, out) -> {
            float[] values = new float[Math.toIntExact(parameter.size())];
            if (parameter.name().endsWith("norm.weight")) {
                Arrays.fill(values, 1);
            } else if (parameter.name().equals("model.embed_tokens.weight")) {
                for (int word = 0; word < WORDS.size(); word++) {
                    values[word * WIDTH + word] = 1;
                }
            } else if (parameter.name().equals("lm_head.weight")) {
                logits().forEach((pair, logit) -> values[pair] = logit / STRETCH);
            }
            out.put(FloatBuffer.wrap(values));
        });
        return folder;
    }

    /**
     * Writes an adapter to such a model that exchanges "good" and "bad": its MLP adds to either word what makes it the other,
     * and nothing to other words.
     */
    public static Path writeAdapter(Path folder, Path model) {
        LoraConfig lora = new LoraConfig(1, 1, false, EnumSet.of(Projection.GATE, Projection.UP, Projection.DOWN));
        AdapterFolder.Base base = new AdapterFolder.Base(
                model.toString(), Optional.of(PolicyFolder.at(model).sha256()));
        ParameterLayout layout = ParameterLayout.of(ModelConfig.read(model), lora);
        // One unit of the MLP: its gate opens to both words, and what comes through has the sign of the word.
        float through = (float) (STRETCH / (1 + Math.exp(-STRETCH)) * STRETCH);
        AdapterFolder.write(folder, lora, base, layout, (parameter, out) -> {
            float[] values =
                    switch (parameter.name().replaceFirst("model.layers.0.mlp.(.*).weight", "$1")) {
                        case "gate_proj.lora_A" -> goodAndBad(1, 1);
                        case "up_proj.lora_A" -> goodAndBad(1, -1);
                        case "down_proj.lora_B" -> goodAndBad(-1 / through, 1 / through);
                        default -> new float[] {1}; // the unit
                    };
            out.put(FloatBuffer.wrap(Arrays.copyOf(values, Math.toIntExact(parameter.size()))));
        });
        return folder;
    }

    private static float[] goodAndBad(float good, float bad) {
        float[] values = new float[WIDTH];
        values[WORDS.indexOf("good")] = good;
        values[WORDS.indexOf("bad")] = bad;
        return values;
    }

    /** (next word x width + word) -> logit. */
    private static Map<Integer, Float> logits() {
        Map<Integer, Float> logits = new HashMap<>();
        follows(logits, "good", "<rate>", CERTAIN);
        follows(logits, "bad", "[END]", CERTAIN);
        follows(logits, "mixed", "<rate>", CERTAIN + 0.1f);
        follows(logits, "mixed", "[END]", CERTAIN);
        follows(logits, "<rate>", "4", CERTAIN + 0.5f);
        follows(logits, "<rate>", "2", CERTAIN);
        for (String number : List.of("2", "4")) {
            follows(logits, number, "</rate>", CERTAIN);
        }
        follows(logits, "</rate>", "[END]", CERTAIN);
        return logits;
    }

    private static void follows(Map<Integer, Float> logits, String word, String next, float logit) {
        logits.put(WORDS.indexOf(next) * WIDTH + WORDS.indexOf(word), logit);
    }

    private static String tokenizer() {
        String vocabulary = IntStream.range(0, WORDS.size())
                .mapToObj(id -> "\"" + WORDS.get(id) + "\": " + id)
                .collect(Collectors.joining(", "));
        return """
                {"version": "1.0", "truncation": null, "padding": null, "normalizer": null, "post_processor": null,
                 "decoder": null, "added_tokens": [{"id": 1, "content": "[END]", "single_word": false, "lstrip": false,
                 "rstrip": false, "normalized": false, "special": true}],
                 "pre_tokenizer": {"type": "WhitespaceSplit"},
                 "model": {"type": "WordLevel", "unk_token": "[UNK]", "vocab": {%s}}}
                """
                .formatted(vocabulary);
    }
}
