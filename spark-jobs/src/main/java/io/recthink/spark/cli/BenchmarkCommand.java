package io.recthink.spark.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import io.recthink.model.ComputeType;
import io.recthink.model.Decoder;
import io.recthink.model.LoraConfig;
import io.recthink.model.LoraInitializer;
import io.recthink.model.ModelConfig;
import io.recthink.model.ModelFolder;
import io.recthink.model.ModelInitializer;
import io.recthink.model.ModelTokenizer;
import io.recthink.model.ParameterLayout;
import io.recthink.model.ParameterReader;
import io.recthink.model.Projection;
import io.recthink.spark.cli.Benchmark.Work;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code recthink benchmark}: measures prefill, decoding, gradients and training steps of a model on this machine. */
@Command(
        name = "benchmark",
        description = "Measure a model: prefill, decoding, the gradient of one group, a training step.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class BenchmarkCommand implements Callable<Integer> {
    private static final double STANDARD_DEVIATION = 0.02;

    @Spec
    private CommandSpec command;

    @Option(names = "--model", paramLabel = "DIR", required = true, description = "model folder")
    private Path model;

    @Mixin
    private EngineOptions engine;

    @Option(names = "--prompt", paramLabel = "N", defaultValue = "400", description = "tokens of a prompt")
    private int prompt;

    @Option(names = "--completion", paramLabel = "N", defaultValue = "128", description = "tokens of a completion")
    private int completion;

    @Option(names = "--group", paramLabel = "N", defaultValue = "8", description = "completions of a prompt")
    private int group;

    @Option(names = "--groups", paramLabel = "N", defaultValue = "1", description = "prompts of a training step")
    private int groups;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "1", description = "training steps to measure")
    private int steps;

    @Option(
            names = "--only-steps",
            description =
                    "measure only whole training steps (rollout, gradient, update), after one step that is not counted")
    private boolean onlySteps;

    @Option(
            names = "--max-rows",
            paramLabel = "N",
            defaultValue = "64",
            description = "completions that the model generates at the same time in a training step")
    private int maxRows;

    @Option(names = "--natural", description = "in a training step, let completions end where the model ends them")
    private boolean natural;

    @Option(names = "--keep-activations", description = "compute gradients as with model.recompute false")
    private boolean keepActivations;

    @Option(
            names = "--lora-rank",
            paramLabel = "N",
            defaultValue = "0",
            description = "learn an adapter of this rank beside all projections; 0: learn all weights")
    private int loraRank;

    @Option(
            names = "--random-weights",
            description = "measure a shape: the folder needs config.json and tokenizer.json only")
    private boolean randomWeights;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    /**
     * @param type type of the computation: FP32 where the device has no instructions for the type of {@code --dtype}
     */
    private record Measured(ComputeType type, List<Measurement> measurements) {}

    @Override
    public Integer call() {
        requireAtLeast(1, "--prompt", prompt);
        requireAtLeast(2, "--completion", completion);
        requireAtLeast(1, "--group", group);
        requireAtLeast(1, "--groups", groups);
        requireAtLeast(1, "--steps", steps);
        requireAtLeast(1, "--max-rows", maxRows);
        requireAtLeast(0, "--lora-rank", loraRank);
        Measured measured = randomWeights ? measureShape() : measureModel();
        command.commandLine().getOut().println(json ? json(measured) : table(measured));
        return 0;
    }

    private Measured measureModel() {
        try (ModelFolder folder = ModelFolder.open(model);
                ModelTokenizer tokenizer = folder.tokenizer()) {
            return measure(folder.config(), folder, tokenizer);
        }
    }

    private Measured measureShape() {
        try (ModelTokenizer tokenizer = ModelTokenizer.open(model)) {
            return measure(ModelConfig.read(model), ModelInitializer.weights(0, STANDARD_DEVIATION), tokenizer);
        }
    }

    private Measured measure(ModelConfig config, ParameterReader weights, ModelTokenizer tokenizer) {
        try (Decoder base = engine.load(config, weights)) {
            if (loraRank == 0) {
                return measure(base, weights, tokenizer);
            }
            ParameterReader adapter = new LoraInitializer(0);
            try (Decoder adapted = base.withAdapter(lora(), adapter)) {
                return measure(adapted, adapter, tokenizer);
            }
        }
    }

    private Measured measure(Decoder decoder, ParameterReader start, ModelTokenizer tokenizer) {
        Work work = new Work(prompt, completion, group, groups, maxRows, natural, !keepActivations);
        Benchmark benchmark = new Benchmark(decoder, start, tokenizer, work);
        List<Measurement> measurements = new ArrayList<>(onlySteps ? List.of() : benchmark.parts());
        measurements.addAll(benchmark.steps(steps));
        return new Measured(decoder.type(), measurements);
    }

    /** Counts the parameters of the model without an adapter. */
    private long parameters() {
        return ParameterLayout.of(ModelConfig.read(model)).size();
    }

    private LoraConfig lora() {
        return new LoraConfig(loraRank, loraRank, false, EnumSet.allOf(Projection.class));
    }

    private static void requireAtLeast(int least, String name, int value) {
        if (value < least) {
            throw new InvalidInputException(name + " must be at least " + least + " (was " + value + ")");
        }
    }

    private String table(Measured measured) {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%s, %d parameters, %s, %s, %d threads; prompt %d, completion %d tokens, group %d%n%n%-18s%10s%10s%12s%18s%12s%n",
                model,
                parameters(),
                measured.type().label(),
                loraRank == 0 ? "all weights" : "LoRA of rank " + loraRank,
                engine.threads(),
                prompt,
                completion,
                group,
                "",
                "tokens",
                "seconds",
                "tokens/s",
                "peak memory, MB",
                "batch full"));
        for (Measurement measurement : measured.measurements()) {
            String occupancy = measurement.occupancy().isPresent()
                    ? "%.0f %%".formatted(100 * measurement.occupancy().getAsDouble())
                    : "";
            table.append(String.format(
                                    Locale.ROOT,
                                    "%-18s%10d%10.2f%12.0f%18.0f%12s",
                                    measurement.name(),
                                    measurement.tokens(),
                                    measurement.seconds(),
                                    measurement.tokensPerSecond(),
                                    measurement.peakResidentBytes() / 1e6,
                                    occupancy)
                            .stripTrailing())
                    .append(System.lineSeparator());
        }
        return table.append("\nPeak memory is the peak memory of the process so far.")
                .toString();
    }

    private String json(Measured measured) {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode object = mapper.createObjectNode();
        object.put("model", model.toString());
        object.put("parameters", parameters());
        object.put("type", measured.type().label());
        object.put("loraRank", loraRank);
        object.put("threads", engine.threads());
        object.put("prompt", prompt);
        object.put("completion", completion);
        object.put("group", group);
        object.put("groups", groups);
        object.put("maxRows", maxRows);
        object.put("recompute", !keepActivations);
        ArrayNode array = object.putArray("measurements");
        for (Measurement measurement : measured.measurements()) {
            ObjectNode line = array.addObject()
                    .put("name", measurement.name())
                    .put("tokens", measurement.tokens())
                    .put("seconds", measurement.seconds())
                    .put("tokensPerSecond", measurement.tokensPerSecond())
                    .put("peakResidentBytes", measurement.peakResidentBytes());
            measurement.occupancy().ifPresent(share -> line.put("occupancy", share));
        }
        try {
            return mapper.writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
