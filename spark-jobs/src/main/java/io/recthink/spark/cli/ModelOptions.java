package io.recthink.spark.cli;

import io.recthink.InvalidInputException;
import io.recthink.spark.run.PolicyFolder;
import io.recthink.spark.run.PolicyReference;
import io.recthink.spark.run.PolicyStore;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A model, alone or with an adapter beside it. */
final class ModelOptions {
    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "model folder; with --adapter it may be left out where the adapter names its base model")
    private Optional<Path> model = Optional.empty();

    @Option(
            names = "--adapter",
            paramLabel = "DIR",
            description = "folder of a LoRA adapter beside the model, as a run or PEFT saves it")
    private Optional<Path> adapter = Optional.empty();

    /** The adapter's folder, if there is one. */
    Optional<Path> adapter() {
        return adapter;
    }

    /**
     * The model's folder.
     *
     * @throws InvalidInputException when none is named, or the adapter was made for another model
     */
    Path model() {
        if (adapter.isEmpty()) {
            return model.orElseThrow(() ->
                    new InvalidInputException("--model is missing; name a model folder, or an adapter by --adapter"));
        }
        PolicyFolder folder = PolicyFolder.at(adapter.get());
        PolicyReference base =
                model.map(given -> folder.base(PolicyFolder.at(given))).orElseGet(folder::base);
        return PolicyStore.localize(base.path(), base.sha256());
    }
}
