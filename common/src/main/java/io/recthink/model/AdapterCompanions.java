package io.recthink.model;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Checks the tokenizer and the chat template that PEFT and TRL save beside an adapter. The files of the base model are
 * used, so an adapter with other files is refused.
 */
final class AdapterCompanions {
    private final Path adapter;
    private final Path model;

    AdapterCompanions(Path adapter, Path model) {
        this.adapter = adapter;
        this.model = model;
    }

    /** @throws InvalidInputException naming the file or setting that differs from the base model */
    void requireSame() {
        Path own = adapter.resolve(ModelFolder.TOKENIZER);
        Path usual = model.resolve(ModelFolder.TOKENIZER);
        if (Files.isRegularFile(own) && !isSameTokenizer(own, usual)) {
            throw problem(own, "is another tokenizer than the tokenizer of the base model");
        }
        Optional<String> template = ChatTemplate.text(adapter).map(String::strip);
        if (template.isPresent() && !template.equals(ChatTemplate.text(model).map(String::strip))) {
            throw problem(adapter, "has another chat template than the base model");
        }
        Optional<String> end = endToken(adapter);
        if (end.isPresent() && !end.equals(endToken(model))) {
            throw problem(adapter.resolve(ChatTemplate.TOKENIZER_CONFIG), "has another eos_token than the base model");
        }
    }

    private static boolean isSameTokenizer(Path own, Path usual) {
        try {
            return Files.isRegularFile(usual)
                    && (Files.mismatch(own, usual) < 0
                            || TokenizerFile.read(own).isSame(TokenizerFile.read(usual)));
        } catch (IOException e) {
            throw new InvalidInputException(own + ": cannot be read: " + e, e);
        }
    }

    private static Optional<String> endToken(Path folder) {
        Path file = folder.resolve(ChatTemplate.TOKENIZER_CONFIG);
        return Files.isRegularFile(file)
                ? ChatTemplate.specialToken(JsonFile.readObject(file), "eos_token")
                : Optional.empty();
    }

    private InvalidInputException problem(Path what, String difference) {
        return new InvalidInputException(what + " " + difference + " " + model
                + ", which is used; put the tokenizer, template or eos_token that the adapter was trained with into the folder"
                + " of the base model, or remove it from the folder of the adapter");
    }
}
