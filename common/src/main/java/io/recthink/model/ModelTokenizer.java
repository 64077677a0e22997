package io.recthink.model;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import io.recthink.InvalidInputException;
import io.recthink.NativeLibraries;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The tokenizer of a model folder (tokenizer.json). Safe for use by several threads. */
public final class ModelTokenizer implements AutoCloseable {
    // The library neither cuts nor pads, whatever the file says; the caller knows the context length.
    private static final Map<String, String> OPTIONS =
            Map.of("addSpecialTokens", "false", "padding", "DO_NOT_PAD", "truncation", "DO_NOT_TRUNCATE");

    private final Path file;
    private final HuggingFaceTokenizer tokenizer;
    private final int vocabularySize;
    private final List<ControlToken> controlTokens;

    private ModelTokenizer(
            Path file, HuggingFaceTokenizer tokenizer, int vocabularySize, List<ControlToken> controlTokens) {
        this.file = file;
        this.tokenizer = tokenizer;
        this.vocabularySize = vocabularySize;
        this.controlTokens = controlTokens;
    }

    /**
     * Opens tokenizer.json of a model folder; nothing is downloaded.
     *
     * @throws InvalidInputException if the file is missing, or the library cannot use it within bounds, see
     *     {@link TokenizerCheck}
     */
    public static ModelTokenizer open(Path folder) {
        Path file = folder.resolve(ModelFolder.TOKENIZER);
        if (!Files.isRegularFile(file)) {
            throw missing(folder);
        }
        TokenizerFile read = TokenizerFile.read(file); // checks the file: the native library trusts it
        int vocabularySize = read.vocabularySize();
        NativeLibraries.load("the tokenizers", ModelTokenizer::loadLibrary);
        try (InputStream in = Files.newInputStream(file)) {
            HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(in, OPTIONS);
            return new ModelTokenizer(
                    file,
                    tokenizer,
                    vocabularySize,
                    read.controlTokens().stream()
                            .map(token -> asFound(tokenizer, token))
                            .toList());
        } catch (IOException | RuntimeException e) {
            throw new InvalidInputException(file + ": cannot be used: " + e.getMessage(), e);
        }
    }

    static InvalidInputException missing(Path folder) {
        String slow = Files.isRegularFile(folder.resolve("tokenizer.model")) ? " (tokenizer.model is not read)" : "";
        return new InvalidInputException(folder + ": has no " + ModelFolder.TOKENIZER + slow
                + "; save the model's fast tokenizer into the folder (AutoTokenizer.from_pretrained of transformers,"
                + " then tokenizer.save_pretrained)");
    }

    /**
     * Returns the token with the library's id: the library numbers added tokens in order, whatever ids the file says.
     */
    private static ControlToken asFound(HuggingFaceTokenizer tokenizer, ControlToken token) {
        long[] ids = tokenizer.encode(token.content(), false, false).getIds();
        return ids.length == 1
                ? new ControlToken(Math.toIntExact(ids[0]), token.content(), token.special(), token.unknown())
                : token;
    }

    private static boolean loadLibrary() {
        LibUtils.checkStatus();
        return true;
    }

    /** Returns the token ids of a text. Special tokens in the text become their ids; no special token is added. */
    public int[] encode(String text) {
        return Arrays.stream(encoding(text).getIds()).mapToInt(Math::toIntExact).toArray();
    }

    private Encoding encoding(String text) {
        try {
            return tokenizer.encode(text, false, false);
        } catch (RuntimeException e) {
            throw new InvalidInputException(file + ": cannot encode a text: " + e.getMessage(), e);
        }
    }

    /** A token of a text, between two positions of the text, the second exclusive. */
    public record Piece(int id, int start, int end) {}

    /** The tokens of a text with their places in it. */
    public List<Piece> pieces(String text) {
        Encoding encoding = encoding(text);
        long[] ids = encoding.getIds();
        CharSpan[] spans = encoding.getCharTokenSpans();
        List<Piece> pieces = new ArrayList<>(ids.length);
        // The spans count Unicode code points, and they ascend.
        int characters = 0;
        int at = 0;
        for (int i = 0; i < ids.length; i++) {
            at = text.offsetByCodePoints(at, spans[i].getStart() - characters);
            characters = spans[i].getStart();
            int end = text.offsetByCodePoints(at, spans[i].getEnd() - characters);
            pieces.add(new Piece(Math.toIntExact(ids[i]), at, end));
        }
        return pieces;
    }

    /** The tokens that have a text of their own. */
    public List<ControlToken> controlTokens() {
        return controlTokens;
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
}
