package io.recthink.spark.cli;

import io.recthink.InvalidInputException;
import io.recthink.model.AdapterFolder;
import io.recthink.model.ComputeType;
import io.recthink.model.LoraMerge;
import io.recthink.model.ModelFolder;
import io.recthink.prompt.PolicyTerms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code recthink export}: writes a model and its adapter as one model folder. Does not start Spark. */
@Command(
        name = "export",
        description = "Make a plain model folder (FP32 safetensors) of a model and a LoRA adapter.",
        mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Mixin
    private ModelOptions models;

    @Option(
            names = "--merge",
            description = "add the adapter to the weights; required, because export has no other mode")
    private boolean merge;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "the model folder to make")
    private Path output;

    @Override
    public Integer call() {
        if (!merge) {
            throw new InvalidInputException("export: add --merge; PEFT can use an adapter folder without export");
        }
        if (Files.exists(output)) {
            throw new InvalidInputException(output + ": exists already; give another folder or remove it");
        }
        Path adapter = models.adapter()
                .orElseThrow(() ->
                        new InvalidInputException("export: --adapter is missing; name an adapter folder or a run"));
        try (ModelFolder base = ModelFolder.open(models.model());
                AdapterFolder change = AdapterFolder.open(adapter, base.config())) {
            var merged = new LoraMerge(base.config(), base, change.config(), change);
            ModelFolder.write(output, base.path(), ComputeType.FLOAT32, base.layout(), merged);
            copyTerms(adapter);
        }
        command.commandLine().getOut().println(output + ": model folder written");
        return 0;
    }

    /** Copies the {@link PolicyTerms}, so that jobs ask the merged model with the same settings as the adapter. */
    private void copyTerms(Path adapter) {
        Path terms = adapter.resolve(PolicyTerms.FILE);
        try {
            if (Files.exists(terms)) {
                Files.copy(terms, output.resolve(PolicyTerms.FILE));
            }
        } catch (IOException e) {
            throw new InvalidInputException("%s cannot be copied: %s".formatted(terms, e), e);
        }
    }
}
