package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.Fixtures;
import io.recthink.torch.Bfloat16Support;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @Test
    void fullTrainingOf7BillionParametersDoesNotFitOneGpuAndLoraDoes() throws Exception {
        String model = qwen7b();
        String[] oneGpu = {"--gpus", "1", "--gpu-memory", "80g", "--driver-memory", "100g", "--executor-memory", "100g"
        };
        CommandRun full = plan(model, with(oneGpu, "--set", "model.dtype=bfloat16"));
        assertThat(full.status()).isEqualTo(2);
        assertThat(full.output())
                .contains("7,615,616,512 parameters")
                .contains("(16 bytes a parameter) is 121.85 GB: it does not fit one GPU of 80.00 GB");
        assertThat(full.errors()).contains("does not fit", "learner (driver) needs", "It fits with lora.rank: 16.");

        CommandRun lora = plan(model, with(oneGpu, "--set", "model.dtype=bfloat16", "--set", "lora.rank=16"));
        assertThat(lora.errors()).isEmpty();
        assertThat(lora.status()).isZero();
        assertThat(lora.output()).contains("it fits one GPU of 80.00 GB");
    }

    @Test
    void saysWhichSettingMakesItFit() throws Exception {
        JsonNode kept = json(plan(qwen7b(), "--json", "--set", "model.recompute=false", "--driver-memory", "310g"));
        assertThat(kept.path("fits").asBoolean()).isFalse();
        assertThat(kept.path("remedies")).extracting(JsonNode::asText).contains("model.recompute: true");
        assertThat(kept.path("recomputeAdvice").asBoolean()).isTrue();
    }

    @Test
    void saysThatKeptActivationsFit() {
        CommandRun run = plan(llama(), "--driver-memory", "100g");
        assertThat(run.status()).as(run.errors()).isZero();
        assertThat(run.output()).contains("Choose model.recompute: false, it fits");
    }

    @Test
    void saysThatThisProcessorHasNoInstructionsForBf16WhereItMatters() {
        String said = "no instructions for BF16. On such processors train computes in FP32";
        String output = plan(llama(), "--set", "model.dtype=bfloat16").output();
        if (Bfloat16Support.of(Device.cpu())) {
            assertThat(output).doesNotContain(said);
        } else {
            assertThat(output).contains(said);
        }
        assertThat(plan(llama()).output()).doesNotContain(said);
        assertThat(plan(llama(), "--set", "model.dtype=bfloat16", "--gpus", "1").output())
                .doesNotContain(said);
        assertThat(plan(llama(), "--set", "model.dtype=bfloat16", "--executors", "1")
                        .output())
                .doesNotContain("this machine")
                .contains("On processors without instructions for BF16 train computes in FP32");
    }

    @Test
    void anotherClusterIsComparedWithWhatIsGivenAlone() throws Exception {
        CommandRun unknown = plan(qwen7b(), "--executors", "2");
        assertThat(unknown.status()).as(unknown.errors()).isZero();
        assertThat(unknown.output())
                .contains("Not compared with a memory limit: learner (driver), executor."
                        + " Give --driver-memory, --executor-memory.")
                .contains("model.recompute: true needs ")
                .doesNotContain("this machine", "it fits", "Choose");

        CommandRun driver = plan(qwen7b(), "--executors", "2", "--driver-memory", "1g");
        assertThat(driver.status()).isEqualTo(2);
        assertThat(driver.errors()).contains("learner (driver) needs").doesNotContain("; executor needs");
        assertThat(driver.output()).contains("Not compared with a memory limit: executor. Give --executor-memory.");

        CommandRun gpus = plan(qwen7b(), "--gpus", "2", "--set", "model.dtype=bfloat16");
        assertThat(gpus.status()).as(gpus.errors()).isZero();
        assertThat(gpus.output())
                .contains("GPU of an executor, host of a GPU. Give --driver-memory, --gpu-memory, --executor-memory.")
                .contains("(16 bytes a parameter) is 121.85 GB.");
    }

    @Test
    void whatWasNotComparedIsNullInJson() throws Exception {
        JsonNode unknown = json(plan(llama(), "--json", "--executors", "2", "--driver-memory", "100g"));
        assertThat(unknown.get("fits").isNull()).isTrue();
        assertThat(unknown.get("recomputeAdvice").isNull()).isTrue();
        assertThat(unknown.at("/processes/0/limitBytes").asLong()).isEqualTo(100_000_000_000L);
        assertThat(unknown.at("/processes/1/limitBytes").isNull()).isTrue();

        JsonNode tooLarge = json(plan(qwen7b(), "--json", "--executors", "2", "--driver-memory", "1g"));
        assertThat(tooLarge.get("fits").booleanValue()).isFalse();
        JsonNode fits = json(
                plan(llama(), "--json", "--executors", "2", "--driver-memory", "100g", "--executor-memory", "100g"));
        assertThat(fits.get("fits").booleanValue()).isTrue();
        assertThat(fits.get("recomputeAdvice").booleanValue()).isFalse();
    }

    @Test
    void oneProcessIsComparedWithThisMachineAndTheOutputSaysSo() {
        String said = "Compared with the memory of this machine; --driver-memory SIZE names another limit.";
        assertThat(plan(llama()).output()).contains(said);
        assertThat(plan(llama(), "--as-benchmark").output()).contains(said);
        assertThat(plan(llama(), "--driver-memory", "100g").output())
                .doesNotContain(said)
                .contains("100.00");
    }

    @Test
    void refusesWhatNoSettingMakesFit() throws Exception {
        CommandRun run = plan(qwen7b(), "--driver-memory", "1g");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.errors()).contains("No setting makes it fit");
    }

    @Test
    void promptsAreAsLongAsTheDataCardCounts() throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.writeString(
                data.resolve("data-card.json"),
                "{\"lengths\": {\"unit\": \"tokens\", \"texts\": {\"prompt\": {\"train\": {\"p50\": 300, \"max\": 700}}}}}");
        JsonNode plan = json(plan(llama(), "--json", "--set", "paths.data=" + data));
        assertThat(plan.path("promptTokens").asInt()).isEqualTo(700);
        assertThat(plan.path("promptTokensFrom").asText()).endsWith("data-card.json");
        // Without a data card, the plan uses prompt.maxTokens.
        assertThat(json(plan(llama(), "--json", "--set", "paths.data=" + folder.resolve("none")))
                        .path("promptTokens")
                        .asInt())
                .isEqualTo(4000);
    }

    @Test
    void aBenchmarkScalesTheExpectedTime() throws Exception {
        CommandRun benchmark = CommandRun.of(List.of(
                "benchmark",
                "--model",
                llama(),
                "--only-steps",
                "--json",
                "--prompt",
                "20",
                "--completion",
                "8",
                "--group",
                "3",
                "--threads",
                "1"));
        JsonNode measured = JSON.readTree(benchmark.output());
        Path file = Files.writeString(folder.resolve("benchmark.json"), benchmark.output());
        JsonNode plan = json(plan(
                llama(),
                with(
                        new String[] {
                            "--json", "--as-benchmark", "--prompt-tokens", "20", "--benchmark", file.toString()
                        },
                        "--set",
                        "rollout.maxTokens=8",
                        "--set",
                        "train.groupSize=3",
                        "--set",
                        "train.promptsPerStep=1",
                        "--set",
                        "train.partitions=1",
                        "--set",
                        "rollout.partitions=1")));
        // the same work, so the plan gives the measured time
        assertThat(plan.at("/seconds/gradient").asDouble()).isCloseTo(seconds(measured, 1), within(1e-9));
        assertThat(plan.at("/seconds/rollout").asDouble()).isCloseTo(seconds(measured, 0), within(1e-9));
    }

    private static double seconds(JsonNode benchmark, int measurement) {
        return benchmark.path("measurements").get(measurement).path("seconds").asDouble();
    }

    @Test
    void refusesWhatCannotBeRead() {
        assertRefused("--tasks must be at least 1 (was 0)", "--tasks", "0");
        assertRefused("--gpus must be at least 1 (was 0)", "--gpus", "0");
        assertRefused("must be a number with m, g or t", "--gpu-memory", "80");
        assertRefused("mutually exclusive", "--gpus", "1", "--executors", "2");
        assertRefused(
                "cannot be read", "--benchmark", folder.resolve("none.json").toString());
        CommandRun noModel = plan(folder.toString());
        assertThat(noModel.errors()).contains("it has no config.json");
        assertThat(noModel.status()).isEqualTo(2);
    }

    private static void assertRefused(String message, String... arguments) {
        CommandRun run = plan(llama(), arguments);
        assertThat(run.errors()).contains(message);
        assertThat(run.status()).isEqualTo(2);
    }

    /** Writes the shape of Qwen2.5-7B: only config.json. */
    private String qwen7b() throws IOException {
        Path model = Files.createDirectories(folder.resolve("qwen"));
        Files.writeString(
                model.resolve("config.json"),
                "{\"architectures\": [\"Qwen2ForCausalLM\"], \"model_type\": \"qwen2\", \"hidden_act\": \"silu\", \"hidden_size\": 3584, "
                        + "\"intermediate_size\": 18944, \"max_position_embeddings\": 32768, \"num_attention_heads\": 28, "
                        + "\"num_hidden_layers\": 28, \"num_key_value_heads\": 4, \"rms_norm_eps\": 1e-06, \"rope_theta\": 1000000.0, "
                        + "\"tie_word_embeddings\": false, \"vocab_size\": 152064}");
        return model.toString();
    }

    private static String llama() {
        return Fixtures.folder("llama").toString();
    }

    private static JsonNode json(CommandRun run) throws IOException {
        return JSON.readTree(run.output());
    }

    private static String[] with(String[] first, String... more) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static CommandRun plan(String model, String... arguments) {
        List<String> all = new ArrayList<>(List.of("plan", "--model", model));
        all.addAll(List.of(arguments));
        return CommandRun.of(all);
    }
}
