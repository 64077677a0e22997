package io.recthink.spark.cli;

import ai.djl.Device;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.model.ComputeType;
import io.recthink.model.Decoder;
import io.recthink.plan.Cluster.Layout;
import io.recthink.plan.MemoryPlan;
import io.recthink.plan.ModelSize;
import io.recthink.plan.ProcessMemory;
import io.recthink.plan.Remedies.Remedy;
import io.recthink.plan.Stage;
import io.recthink.plan.StepTime;
import io.recthink.plan.Workload;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** The text that {@code plan} prints. */
final class PlanReport {
    private static final double GIGA = 1e9;
    private static final long MEBI = 1L << 20;
    // A container above its memory limit is killed. The need of a process may exceed the plan by this factor.
    private static final double CONTAINER_SLACK = 1.15;
    private static final String NO_BFLOAT16 =
            "The processor of this machine has no instructions for BF16. On such processors train computes in FP32:"
                    + " plan the training with --set model.dtype=float32.%n";
    private static final String BFLOAT16 =
            "On processors without instructions for BF16 train computes in FP32: plan for these processors with --set"
                    + " model.dtype=float32.%n";
    private static final String ROW = "%-26s%9s%11s%11s%9s%13s%9s%9s%9s%n";

    private final Path model;
    private final PromptLengths prompts;
    private final Planner planner;
    private final Workload work;
    private final ModelSize size;

    PlanReport(Path model, PromptLengths prompts, Planner planner) {
        this.model = model;
        this.prompts = prompts;
        this.planner = planner;
        this.work = planner.work();
        this.size = ModelSize.of(work.model(), work.lora());
    }

    /** Returns why the training does not fit and which settings to change; empty if no process is too large. */
    Optional<String> refusal() {
        List<ProcessMemory> tooLarge = planner.tooLarge();
        if (tooLarge.isEmpty()) {
            return Optional.empty();
        }
        String problem = tooLarge.stream()
                .map(process -> "%s needs %s GB and has %s GB"
                        .formatted(process.name(), gigabytes(process.peak().total()), limit(process)))
                .collect(Collectors.joining("; "));
        return Optional.of("This does not fit: " + problem + ". " + remedy());
    }

    private String remedy() {
        List<Remedy> remedies = planner.remedies();
        if (remedies.isEmpty()) {
            return "No setting makes it fit; take more memory, a smaller model, or shorter prompts and completions.";
        }
        return "It fits with " + remedies.stream().map(Remedy::settings).collect(Collectors.joining(", or with "))
                + ".";
    }

    String table() {
        StringBuilder table = new StringBuilder(heading());
        table.append(String.format(
                Locale.ROOT,
                ROW,
                "GB",
                "weights",
                "gradients",
                "optimizer",
                "KV cache",
                "activations",
                "runtime",
                "total",
                "of"));
        for (ProcessMemory process : planner.processes()) {
            table.append(rows(process));
        }
        return table.append(String.format("%n")).append(advice()).toString();
    }

    private String heading() {
        return String.format(
                Locale.ROOT,
                "%s: %,d parameters, %,d learned%s; %s, %s%n%d prompts a step of up to %,d tokens (%s), %d completions each of up to %,d tokens%n%n",
                model,
                size.parameters(),
                size.learned(),
                work.lora().map(lora -> " (LoRA of rank " + lora.rank() + ")").orElse(""),
                work.type().label(),
                work.recompute() ? "layers computed again" : "activations kept",
                work.promptsPerStep(),
                prompts.longest(),
                prompts.source(),
                work.groupSize(),
                work.completionTokens());
    }

    private String rows(ProcessMemory process) {
        String name = process.count() > 1 ? process.name() + " (" + process.count() + " x)" : process.name();
        StringBuilder rows = new StringBuilder(name + String.format("%n"));
        for (Stage stage : process.stages()) {
            rows.append(row("  " + stage.name(), stage, ""));
        }
        Stage peak = process.peak();
        return rows.append(String.format(
                        Locale.ROOT, ROW, "  peak", "", "", "", "", "", "", gigabytes(peak.total()), limit(process)))
                .toString();
    }

    private String limit(ProcessMemory process) {
        OptionalLong limit = planner.limits().of(process);
        return limit.isPresent() ? gigabytes(limit.getAsLong()) : "?";
    }

    private static String row(String name, Stage stage, String limit) {
        return String.format(
                Locale.ROOT,
                ROW,
                name,
                part(stage.weights()),
                part(stage.gradients()),
                part(stage.optimizer()),
                part(stage.keysAndValues()),
                part(stage.activations()),
                part(stage.runtime()),
                gigabytes(stage.total()),
                limit);
    }

    private static String part(long bytes) {
        return bytes == 0 ? "-" : gigabytes(bytes);
    }

    private static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.2f", bytes / GIGA);
    }

    private String advice() {
        StringBuilder advice = new StringBuilder();
        StepTime time = planner.time();
        advice.append(String.format(
                Locale.ROOT,
                "A step takes about %.0f s: rollout %.1f, gradient %.1f, update %.1f. An estimate: %s.%n",
                time.total(),
                time.rollout(),
                time.gradient(),
                time.update(),
                planner.timing().source()));
        advice.append(String.format(processors()));
        advice.append(settings());
        advice.append(recompute());
        if (planner.onGpus()) {
            advice.append(state());
        }
        advice.append(comparison());
        return advice.toString().stripTrailing();
    }

    private String settings() {
        return planner.processes().stream()
                .filter(process -> process.javaHeap() > 0)
                .map(process -> setting(process) + String.format("%n"))
                .collect(Collectors.joining());
    }

    private String setting(ProcessMemory process) {
        String name =
                switch (process.place()) {
                    case DRIVER -> "spark.driver.memory";
                    case EXECUTOR, GPU -> "spark.executor.memory";
                };
        long heap = MemoryPlan.heapSetting(process.javaHeap());
        String least = "%s: %dm of Java heap at least".formatted(name, heap / MEBI);
        if (planner.cluster().layout() == Layout.BENCHMARK) {
            return least + ".";
        }
        long overhead = (long) (CONTAINER_SLACK * process.overhead());
        return "%s; %sOverhead: %dm in a container.".formatted(least, name, overhead / MEBI);
    }

    /** Returns the note about BF16. The processors of executors are unknown; a single process runs on this machine. */
    private String processors() {
        if (work.type() != ComputeType.BFLOAT16) {
            return "";
        }
        return switch (planner.cluster().layout()) {
            case BENCHMARK, LOCAL -> Decoder.typeOn(Device.cpu(), work.type()) == work.type() ? "" : NO_BFLOAT16;
            case EXECUTORS -> BFLOAT16;
            case GPUS -> "";
        };
    }

    private String recompute() {
        String kept = gigabytes(planner.gradientPeak(false));
        Optional<Boolean> keepingFits = planner.keepingFits();
        if (keepingFits.isEmpty()) {
            return String.format(
                    Locale.ROOT,
                    "model.recompute: true needs %s GB at most; false needs %s GB, and about %.1f s less a step.%n",
                    gigabytes(planner.gradientPeak(true)),
                    kept,
                    planner.recomputeSeconds());
        }
        if (keepingFits.get()) {
            return String.format(
                    Locale.ROOT,
                    "Choose model.recompute: false, it fits: %s GB, and about %.1f s less a step.%n",
                    kept,
                    planner.recomputeSeconds());
        }
        return "Choose model.recompute: true; false would need " + kept + String.format(" GB.%n");
    }

    private String state() {
        String state = "The whole state of this training (%s) is %s GB"
                .formatted(
                        work.lora().isPresent()
                                ? "frozen weights and 16 bytes for each parameter of the adapter"
                                : "16 bytes a parameter",
                        gigabytes(MemoryPlan.state(work)));
        OptionalLong gpu = planner.limits().gpu();
        if (gpu.isEmpty()) {
            return state + String.format(".%n");
        }
        boolean fits = MemoryPlan.state(work) <= gpu.getAsLong();
        return "%s: it %s one GPU of %s GB%s.%n"
                .formatted(
                        state,
                        fits ? "fits" : "does not fit",
                        gigabytes(gpu.getAsLong()),
                        fits ? "" : "; master weights and moments stay with the driver");
    }

    /** Returns which limits the plan uses and which are missing; empty if the command line names all limits. */
    private String comparison() {
        if (planner.limits().ofThisMachine()) {
            return "Compared with the memory of this machine; --driver-memory SIZE names another limit.%n".formatted();
        }
        List<ProcessMemory> unknown = planner.notCompared();
        if (unknown.isEmpty()) {
            return "";
        }
        return "Not compared with a memory limit: %s. Give %s.%n"
                .formatted(
                        unknown.stream().map(ProcessMemory::name).collect(Collectors.joining(", ")),
                        unknown.stream().map(PlanReport::option).collect(Collectors.joining(", ")));
    }

    private static String option(ProcessMemory process) {
        return switch (process.place()) {
            case DRIVER -> "--driver-memory";
            case EXECUTOR -> "--executor-memory";
            case GPU -> "--gpu-memory";
        };
    }

    String json() {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode object = mapper.createObjectNode();
        object.put("model", model.toString());
        object.put("parameters", size.parameters());
        object.put("learned", size.learned());
        object.put("type", work.type().label());
        object.put("loraRank", work.lora().map(lora -> lora.rank()).orElse(0));
        object.put("recompute", work.recompute());
        object.put("promptTokens", prompts.longest());
        object.put("promptTokensFrom", prompts.source());
        object.put("fits", planner.fits().orElse(null));
        object.put("stateBytes", MemoryPlan.state(work));
        ArrayNode processes = object.putArray("processes");
        planner.processes().forEach(process -> put(process, processes.addObject()));
        StepTime time = planner.time();
        object.putObject("seconds")
                .put("rollout", time.rollout())
                .put("gradient", time.gradient())
                .put("update", time.update())
                .put("total", time.total())
                .put("source", planner.timing().source());
        object.put("recomputeAdvice", planner.keepingFits().map(fits -> !fits).orElse(null));
        if (refusal().isPresent()) {
            ArrayNode remedies = object.putArray("remedies");
            planner.remedies().forEach(remedy -> remedies.add(remedy.settings()));
        }
        try {
            return mapper.writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private void put(ProcessMemory process, ObjectNode object) {
        object.put("process", process.name())
                .put("count", process.count())
                .put("javaHeapBytes", process.javaHeap())
                .put("javaHeapSettingBytes", MemoryPlan.heapSetting(process.javaHeap()))
                .put("peakBytes", process.peak().total())
                .put("limitBytes", limitBytes(process));
        ArrayNode stages = object.putArray("stages");
        for (Stage stage : process.stages()) {
            stages.addObject()
                    .put("stage", stage.name())
                    .put("weights", stage.weights())
                    .put("gradients", stage.gradients())
                    .put("optimizer", stage.optimizer())
                    .put("keysAndValues", stage.keysAndValues())
                    .put("activations", stage.activations())
                    .put("runtime", stage.runtime())
                    .put("total", stage.total());
        }
    }

    private Long limitBytes(ProcessMemory process) {
        OptionalLong limit = planner.limits().of(process);
        return limit.isPresent() ? Long.valueOf(limit.getAsLong()) : null;
    }
}
