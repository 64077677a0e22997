package io.recthink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Small random models with the numbers that transformers, PEFT and torch computed for them. */
public final class Fixtures {
    /** The model folders; each also has golden.json and golden.safetensors. */
    public static final List<String> MODELS = List.of("llama", "llama3", "qwen2", "qwen3");

    /** Names the SmolLM2-135M-Instruct GGUF (Q4_1) for the tests that need it, as system or environment variable. */
    public static final String SMOLLM2_GGUF = "RECTHINK_SMOLLM2_GGUF";

    private Fixtures() {}

    /** A folder below fixtures. */
    public static Path folder(String name) {
        try {
            URL url = Objects.requireNonNull(Fixtures.class.getResource("/fixtures/" + name), name);
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** golden.json of a folder below fixtures. */
    public static JsonNode golden(String name) {
        try {
            return new ObjectMapper()
                    .readTree(folder(name).resolve("golden.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The GGUF file of SmolLM2, if {@link #SMOLLM2_GGUF} names one. */
    public static Optional<Path> smolLm2Gguf() {
        String name = System.getProperty(SMOLLM2_GGUF, System.getenv(SMOLLM2_GGUF));
        return Optional.ofNullable(name).map(Path::of);
    }
}
