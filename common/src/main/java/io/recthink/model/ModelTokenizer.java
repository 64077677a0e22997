package io.recthink.model;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.InvalidInputException;
import io.recthink.NativeLibraries;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** The tokenizer of a model folder (tokenizer.json). Safe for use by several threads. */
public final class ModelTokenizer implements AutoCloseable {
    // Neither cuts nor fills, whatever the file says; the caller knows the context length.
    private static final Map<String, String> OPTIONS =
            Map.of("addSpecialTokens", "false", "padding", "DO_NOT_PAD", "truncation", "DO_NOT_TRUNCATE");

    private final HuggingFaceTokenizer tokenizer;
    private final int vocabularySize;

    private ModelTokenizer(HuggingFaceTokenizer tokenizer, int vocabularySize) {
        this.tokenizer = tokenizer;
        this.vocabularySize = vocabularySize;
    }

    /**
     * Opens tokenizer.json of a model folder; nothing is downloaded.
     *
     * @throws InvalidInputException if there is none or it cannot be used
     */
    public static ModelTokenizer open(Path folder) {
        Path file = folder.resolve(ModelFolder.TOKENIZER);
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(folder + ": has no " + ModelFolder.TOKENIZER
                    + "; save the model's fast tokenizer into the folder (tokenizer.save_pretrained)");
        }
        int vocabularySize = vocabularySize(file);
        NativeLibraries.load("the tokenizers", ModelTokenizer::loadLibrary);
        try (InputStream in = Files.newInputStream(file)) {
            return new ModelTokenizer(HuggingFaceTokenizer.newInstance(in, OPTIONS), vocabularySize);
        } catch (IOException | RuntimeException e) {
            throw new InvalidInputException(file + ": cannot be used: " + e.getMessage(), e);
        }
    }

    private static boolean loadLibrary() {
        LibUtils.checkStatus();
        return true;
    }

    /** The token ids of a text. Special tokens written in the text become their ids; none is added. */
    public int[] encode(String text) {
        return Arrays.stream(tokenizer.encode(text, false, false).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    /** The text of token ids, without special tokens. */
    public String decode(int[] ids) {
        return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), true);
    }

    /** One more than the largest token id. */
    public int vocabularySize() {
        return vocabularySize;
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    private static int vocabularySize(Path file) {
        JsonNode json = JsonFile.readObject(file);
        JsonNode vocabulary = json.path("model").path("vocab");
        // Unigram models list their tokens in the order of the ids, the others map tokens to ids.
        int largest = vocabulary.isArray() ? vocabulary.size() - 1 : -1;
        if (vocabulary.isObject()) {
            for (JsonNode id : vocabulary) {
                largest = Math.max(largest, id.asInt(-1));
            }
        }
        for (JsonNode token : json.path("added_tokens")) {
            largest = Math.max(largest, token.path("id").asInt(-1));
        }
        if (largest < 0) {
            throw new InvalidInputException(file + ": has no vocabulary");
        }
        return largest + 1;
    }
}
