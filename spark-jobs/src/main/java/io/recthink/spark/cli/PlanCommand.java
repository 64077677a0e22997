package io.recthink.spark.cli;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.model.ModelConfig;
import io.recthink.model.ModelFolder;
import io.recthink.model.ModelSettings;
import io.recthink.plan.Cluster;
import io.recthink.plan.Cluster.Layout;
import io.recthink.plan.Workload;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code recthink plan}: computes the memory and the time of a training. Reads no weights and does not start Spark. */
@Command(
        name = "plan",
        description = "Work out the memory of each process and the time of a training step, before anything starts.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class PlanCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            required = true,
            description = "model folder; its config.json is enough")
    private Path model;

    @Mixin
    private ConfigurationOptions configuration = new ConfigurationOptions();

    @Option(
            names = "--prompt-tokens",
            paramLabel = "N",
            description = "tokens of a prompt; default: the tokens of the longest train prompt in the data card, else"
                    + " prompt.maxTokens")
    private Optional<Integer> promptTokens = Optional.empty();

    @ArgGroup(exclusive = true)
    private Places places = new Places();

    static final class Places {
        @Option(
                names = "--executors",
                paramLabel = "N",
                description = "executors beside the driver; default: one process is driver and executor")
        private Optional<Integer> executors = Optional.empty();

        @Option(names = "--gpus", paramLabel = "N", description = "executors with one GPU each")
        private Optional<Integer> gpus = Optional.empty();

        @Option(names = "--as-benchmark", description = "plan the process of benchmark --only-steps, without Spark")
        private boolean benchmark;
    }

    @Option(
            names = "--tasks",
            paramLabel = "N",
            defaultValue = "1",
            description = "tasks that an executor runs at a time: its cores over spark.task.cpus")
    private int tasks;

    @Option(
            names = "--gpu-memory",
            paramLabel = "SIZE",
            converter = MemorySize.Converter.class,
            description = "memory of a GPU; if not given, plan prints the needed memory and compares it with no limit")
    private Optional<MemorySize> gpuMemory = Optional.empty();

    @Option(
            names = "--driver-memory",
            paramLabel = "SIZE",
            converter = MemorySize.Converter.class,
            description =
                    "memory for the process of the driver, its Java heap and all other memory; default: the memory of"
                            + " this machine, but no limit with --executors or --gpus")
    private Optional<MemorySize> driverMemory = Optional.empty();

    @Option(
            names = "--executor-memory",
            paramLabel = "SIZE",
            converter = MemorySize.Converter.class,
            description =
                    "memory for the process of an executor; if not given, plan prints the needed memory and compares"
                            + " it with no limit")
    private Optional<MemorySize> executorMemory = Optional.empty();

    @Mixin
    private RateOptions rates = new RateOptions();

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Override
    public Integer call() {
        Configuration settings = configuration.read();
        requireAtLeast(1, "--tasks", tasks);
        promptTokens.ifPresent(tokens -> requireAtLeast(1, "--prompt-tokens", tokens));
        ModelConfig config = config();
        PromptLengths prompts = promptTokens.map(PromptLengths::given).orElseGet(() -> PromptLengths.of(settings));
        Workload work = TrainingWorkload.of(config, settings, prompts.longest());
        Planner planner = new Planner(
                work,
                TrainingWorkload.of(config, settings, prompts.typical()),
                cluster(),
                limits(),
                rates.read(cluster().layout(), settings.get(ModelSettings.class)));
        PlanReport report = new PlanReport(model, prompts, planner);
        command.commandLine().getOut().println(json ? report.json() : report.table());
        report.refusal().ifPresent(reason -> {
            throw new InvalidInputException(reason);
        });
        return 0;
    }

    /**
     * Reads the shape of the model. If the folder contains weights, this method checks the headers of the weight files.
     */
    private ModelConfig config() {
        boolean complete = Files.exists(model.resolve("tokenizer.json"))
                && (Files.exists(model.resolve("model.safetensors"))
                        || Files.exists(model.resolve("model.safetensors.index.json")));
        if (!complete) {
            return ModelConfig.read(model);
        }
        try (ModelFolder folder = ModelFolder.open(model)) {
            return folder.config();
        }
    }

    private Cluster cluster() {
        places.executors.ifPresent(count -> requireAtLeast(1, "--executors", count));
        places.gpus.ifPresent(count -> requireAtLeast(1, "--gpus", count));
        if (places.gpus.isPresent()) {
            return new Cluster(Layout.GPUS, places.gpus.get(), tasks);
        }
        if (places.executors.isPresent()) {
            return new Cluster(Layout.EXECUTORS, places.executors.get(), tasks);
        }
        return places.benchmark ? new Cluster(Layout.BENCHMARK, 1, 1) : new Cluster(Layout.LOCAL, 1, tasks);
    }

    /** Returns the limits of the options. The default for the only process is the memory of this machine. */
    private Limits limits() {
        boolean elsewhere = places.executors.isPresent() || places.gpus.isPresent();
        boolean ofThisMachine = !elsewhere && driverMemory.isEmpty();
        return new Limits(
                ofThisMachine ? OptionalLong.of(memoryOfThisMachine()) : bytes(driverMemory),
                bytes(executorMemory),
                bytes(gpuMemory),
                ofThisMachine);
    }

    private static OptionalLong bytes(Optional<MemorySize> given) {
        return given.stream().mapToLong(MemorySize::bytes).findFirst();
    }

    private static long memoryOfThisMachine() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getTotalMemorySize();
    }

    private static void requireAtLeast(int least, String name, int value) {
        if (value < least) {
            throw new InvalidInputException(name + " must be at least " + least + " (was " + value + ")");
        }
    }
}
