package io.recthink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Small random models with the numbers that transformers, PEFT and torch computed for them. */
public final class Fixtures {
    /** The model folders; each also has golden.json and golden.safetensors. */
    public static final List<String> MODELS = List.of("llama", "llama3", "qwen2", "qwen3");

    /** Names the SmolLM2-135M-Instruct GGUF (Q4_1) for the tests that need it, as system or environment variable. */
    public static final String SMOLLM2_GGUF = "RECTHINK_SMOLLM2_GGUF";

    private static final Map<String, Path> COPIES = new ConcurrentHashMap<>();

    private Fixtures() {}

    /** A folder below fixtures; a copy where the fixtures came in a jar, as they do in the other module. */
    public static Path folder(String name) {
        try {
            URI uri = Objects.requireNonNull(Fixtures.class.getResource("/fixtures/" + name), name)
                    .toURI();
            return uri.getScheme().equals("jar") ? COPIES.computeIfAbsent(name, key -> copy(uri)) : Path.of(uri);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path copy(URI uri) {
        try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of());
                Stream<Path> files = Files.walk(jar.provider().getPath(uri))) {
            Path copy = Files.createTempDirectory("fixtures");
            Path root = jar.provider().getPath(uri);
            for (Path file : files.toList()) {
                Path target = copy.resolve(root.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
