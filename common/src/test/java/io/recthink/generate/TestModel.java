package io.recthink.generate;

import io.recthink.Fixtures;
import io.recthink.TestDevice;
import io.recthink.model.AdapterFolder;
import io.recthink.model.ComputeType;
import io.recthink.model.Decoder;
import io.recthink.model.ModelConfig;
import io.recthink.model.ModelFolder;
import io.recthink.model.ModelTokenizer;
import io.recthink.model.ParameterReader;
import java.nio.file.Path;
import java.util.List;

/** A model with its tokenizer and generator. */
record TestModel(Decoder decoder, ModelTokenizer tokenizer, Generator generator) implements AutoCloseable {

    static TestModel fixture(String name) {
        return open(Fixtures.folder(name));
    }

    static TestModel open(Path path) {
        try (ModelFolder folder = ModelFolder.open(path)) {
            return of(folder.config(), folder, path);
        }
    }

    /** A fixture's model that ends with other tokens. */
    static TestModel fixtureWithEndTokens(String name, List<Integer> endTokens) {
        try (ModelFolder folder = ModelFolder.open(Fixtures.folder(name))) {
            return of(folder.config().withEndTokens(endTokens), folder, Fixtures.folder(name));
        }
    }

    /** The same in BF16. */
    static TestModel inBfloat16(String name, List<Integer> endTokens) {
        try (ModelFolder folder = ModelFolder.open(Fixtures.folder(name))) {
            ModelConfig config = folder.config().withEndTokens(endTokens);
            return of(config, folder, Fixtures.folder(name), ComputeType.BFLOAT16);
        }
    }

    static TestModel of(ModelConfig config, ParameterReader weights, Path tokenizerFolder) {
        return of(config, weights, tokenizerFolder, ComputeType.FLOAT32);
    }

    private static TestModel of(ModelConfig config, ParameterReader weights, Path tokenizerFolder, ComputeType type) {
        Decoder decoder = Decoder.of(config, weights, type, TestDevice.get());
        ModelTokenizer tokenizer = ModelTokenizer.open(tokenizerFolder);
        return new TestModel(decoder, tokenizer, new Generator(decoder, tokenizer));
    }

    /** This model with the adapter of a fixture; it is closed with this one. */
    TestModel withAdapter(String name) {
        try (AdapterFolder adapter = AdapterFolder.open(Fixtures.folder(name).resolve("lora"), decoder.config())) {
            Decoder adapted = decoder.withAdapter(adapter.config(), adapter);
            return new TestModel(adapted, tokenizer, new Generator(adapted, tokenizer));
        }
    }

    @Override
    public void close() {
        generator.close();
        tokenizer.close();
        decoder.close();
    }
}
