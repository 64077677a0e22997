package io.recthink.spark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import io.recthink.model.ComputeType;
import io.recthink.model.LoraConfig;
import io.recthink.model.ModelConfig;
import io.recthink.model.ModelSettings;
import io.recthink.model.Projection;
import io.recthink.plan.Cluster.Layout;
import io.recthink.plan.Rates;
import io.recthink.plan.StepTime;
import io.recthink.plan.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options from which {@code plan} computes the time of a step. */
final class RateOptions {
    // CORE_*: one core of an Intel Xeon with AMX, fitted to benchmarks on two such processors (docs/planning.md).
    // GPU: half of the rates in the data sheet of an A100, and a tenth for decoding.
    private static final Rates CORE_FLOAT32 = new Rates(165e9, 4.3e-9, 90e9, 60e9, 5.1e9, 2.75e9, 0.5e-3, 0.3e-3);
    private static final Rates CORE_BFLOAT16 =
            new Rates(1180e9, 4.8e-9, 430e9, 100e9, 10.1e9, 1.68e9, 0.24e-3, 0.36e-3);
    private static final Rates GPU = new Rates(150e12, 0, 150e12, 30e12, 1e12, 1e12, 0, 0);

    @Option(
            names = "--benchmark",
            paramLabel = "FILE",
            description = "output of benchmark --only-steps --json with the same --dtype and threads: plan scales the"
                    + " expected times by the measured times of rollout, gradient and update")
    private Optional<Path> benchmark = Optional.empty();

    @Option(
            names = "--gflops",
            paramLabel = "N",
            description =
                    "billion floating point operations a second of a task in large matrix products; default: 165 a thread in FP32, 1180 in BF16, 150000 on a GPU")
    private Optional<Double> gflops = Optional.empty();

    @Option(
            names = "--bandwidth",
            paramLabel = "GB",
            description =
                    "billion bytes a second that a task reads from memory; default: 5.1 a thread in FP32, 10.1 in BF16, 1000 on a GPU")
    private Optional<Double> bandwidth = Optional.empty();

    /**
     * How {@code plan} computes the time of a step.
     *
     * @param rates the rates of a task
     * @param factors measured times divided by expected times; all 1 without {@code --benchmark}
     * @param source the text about the source, which {@code plan} prints beside the time
     */
    record Timing(Rates rates, StepTime factors, String source) {}

    Timing read(Layout layout, ModelSettings model) {
        Rates rates = given(layout == Layout.GPUS ? GPU : ofCores(model));
        StepTime unchanged = new StepTime(1, 1, 1);
        return benchmark
                .map(file -> new Timing(rates, factors(file, rates), "scaled by " + file))
                .orElse(new Timing(rates, unchanged, "operations and bytes over assumed rates; see --benchmark"));
    }

    private static Rates ofCores(ModelSettings model) {
        Rates core =
                switch (model.dtype()) {
                    case FLOAT32 -> CORE_FLOAT32;
                    case BFLOAT16 -> CORE_BFLOAT16;
                };
        return core.times(model.threads());
    }

    private Rates given(Rates rates) {
        try {
            Rates computing = gflops.map(value -> rates.withOperations(1e9 * value / rates.products()))
                    .orElse(rates);
            return bandwidth.map(value -> computing.withWeights(1e9 * value)).orElse(computing);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("--gflops and --bandwidth: " + e.getMessage(), e);
        }
    }

    private static StepTime factors(Path file, Rates rates) {
        try {
            JsonNode json = new ObjectMapper().readTree(file.toFile());
            ModelConfig model = ModelConfig.read(Path.of(text(json, "model")));
            return measured(json).over(StepTime.of(work(json, model), 1, rates));
        } catch (IOException e) {
            throw new InvalidInputException("--benchmark " + file + ": cannot be read: " + e, e);
        } catch (IllegalArgumentException | TypeConversionException e) {
            throw new InvalidInputException(
                    "--benchmark " + file + ": is not an output of benchmark --only-steps --json: " + e.getMessage(),
                    e);
        }
    }

    private static Workload work(JsonNode json, ModelConfig model) {
        int rank = json.path("loraRank").asInt();
        Optional<LoraConfig> lora = rank == 0
                ? Optional.empty()
                : Optional.of(new LoraConfig(rank, rank, false, EnumSet.allOf(Projection.class)));
        ComputeType type = new ComputeTypeConverter().convert(text(json, "type"));
        return new Workload(
                model,
                type,
                lora,
                json.path("recompute").asBoolean(),
                json.path("prompt").asInt(),
                json.path("completion").asInt(),
                json.path("group").asInt(),
                json.path("groups").asInt(),
                1,
                json.path("maxRows").asInt(),
                1,
                1,
                false);
    }

    private static String text(JsonNode json, String key) {
        if (!json.path(key).isTextual()) {
            throw new IllegalArgumentException("it has no " + key);
        }
        return json.path(key).asText();
    }

    /** Returns the shortest measured time of each part of a step, because a busy machine only lengthens a step. */
    private static StepTime measured(JsonNode json) {
        return new StepTime(
                shortest(json, "step: rollout"), shortest(json, "step: gradient"), shortest(json, "step: update"));
    }

    private static double shortest(JsonNode json, String name) {
        double seconds = Double.POSITIVE_INFINITY;
        for (JsonNode measurement : json.path("measurements")) {
            if (measurement.path("name").asText().equals(name)) {
                seconds = Math.min(seconds, measurement.path("seconds").asDouble());
            }
        }
        if (Double.isInfinite(seconds)) {
            throw new IllegalArgumentException("it has no measurement " + name);
        }
        return seconds;
    }
}
