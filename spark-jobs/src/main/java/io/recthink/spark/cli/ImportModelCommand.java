package io.recthink.spark.cli;

import io.recthink.model.GgufImport;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code recthink import-model}: writes a GGUF file as a model folder. Does not start Spark. */
@Command(
        name = "import-model",
        description = "Make a model folder (FP32 safetensors, tokenizer, chat template) from a GGUF file.",
        mixinStandardHelpOptions = true)
final class ImportModelCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Option(
            names = "--gguf",
            required = true,
            paramLabel = "FILE",
            description = "llama, qwen2 or qwen3 in F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K or Q6_K")
    private Path gguf;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "the model folder to make")
    private Path output;

    @Override
    public Integer call() {
        GgufImport.convert(gguf, output);
        command.commandLine().getOut().println(output + ": model folder written");
        return 0;
    }
}
