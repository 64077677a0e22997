package io.recthink.spark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.prompt.PromptSettings;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The lengths of prompts in tokens.
 *
 * @param typical the typical length, which decides the time of a step
 * @param longest the largest length, which decides the memory
 * @param source the option, the file or the setting that gives the lengths
 */
record PromptLengths(int typical, int longest, String source) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Returns the lengths for prompts of {@code tokens} tokens each. */
    static PromptLengths given(int tokens) {
        return new PromptLengths(tokens, tokens, "--prompt-tokens");
    }

    /**
     * Reads the median and the maximum of the train prompts from the data card, each at most {@code prompt.maxTokens}.
     * Both are {@code prompt.maxTokens} if no data card counts tokens.
     *
     * @throws InvalidInputException when the data card cannot be read
     */
    static PromptLengths of(Configuration configuration) {
        int most = configuration.get(PromptSettings.class).maxTokens();
        String card = configuration.paths().resolve(configuration.paths().data()) + "/data-card.json";
        return read(card)
                .filter(json -> json.at("/lengths/unit").asText().equals("tokens"))
                .map(json -> json.at("/lengths/texts/prompt/train"))
                .filter(train -> train.path("max").asInt() > 0)
                .map(train -> new PromptLengths(
                        Math.min(most, train.path("p50").asInt()),
                        Math.min(most, train.path("max").asInt()),
                        card))
                .orElse(new PromptLengths(most, most, "prompt.maxTokens"));
    }

    private static Optional<JsonNode> read(String card) {
        Path file = new Path(card);
        try {
            FileSystem files = file.getFileSystem(new org.apache.hadoop.conf.Configuration());
            if (!files.exists(file)) {
                return Optional.empty();
            }
            try (InputStream in = files.open(file)) {
                return Optional.of(JSON.readTree(in));
            }
        } catch (IOException e) {
            throw new InvalidInputException(
                    "paths.data: %s cannot be read: %s; give --prompt-tokens".formatted(card, e), e);
        }
    }
}
