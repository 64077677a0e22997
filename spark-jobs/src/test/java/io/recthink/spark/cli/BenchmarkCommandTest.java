package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.Fixtures;
import io.recthink.model.ModelConfig;
import io.recthink.model.ParameterLayout;
import io.recthink.torch.Bfloat16Support;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkCommandTest {
    private static final String[] NAMES = {
        "prefill", "decode, batch 1", "decode, batch 8", "decode, batch 32", "group gradient"
    };
    private static final String[] STEP = {"step: rollout", "step: gradient", "step: update", "step"};

    @Test
    void measuresEveryStageAsJson() throws Exception {
        CommandRun run = benchmark("--json");
        assertThat(run.status()).as(run.errors()).isZero();
        JsonNode measurements = new ObjectMapper().readTree(run.output()).path("measurements");
        assertThat(measurements)
                .extracting(measurement -> measurement.path("name").asText())
                .containsExactly(
                        Stream.concat(Arrays.stream(NAMES), Arrays.stream(STEP)).toArray(String[]::new));
        assertThat(measurements)
                .extracting(measurement -> measurement.path("tokens").asInt())
                .startsWith(20, 7, 56, 224, 20 + 3 * 8, 3 * 8, 20 + 3 * 8);
        assertThat(measurements)
                .allMatch(measurement -> measurement.path("tokensPerSecond").asDouble() > 0)
                .allMatch(measurement -> measurement.path("peakResidentBytes").asLong() > 10_000_000);
    }

    @Test
    void measuresWholeStepsAlone() throws Exception {
        CommandRun run = benchmark("--json", "--only-steps", "--steps", "2", "--groups", "2", "--natural");
        assertThat(run.status()).as(run.errors()).isZero();
        JsonNode object = new ObjectMapper().readTree(run.output());
        assertThat(object.path("parameters").asLong())
                .isEqualTo(ParameterLayout.of(ModelConfig.read(Fixtures.folder("llama")))
                        .size());
        JsonNode measurements = object.path("measurements");
        assertThat(measurements)
                .extracting(measurement -> measurement.path("name").asText())
                .containsExactly(
                        Stream.concat(Arrays.stream(STEP), Arrays.stream(STEP)).toArray(String[]::new));
        assertThat(measurements.get(0).path("tokens").asInt()).isBetween(2 * 3, 2 * 3 * 8);
        assertThat(measurements.get(0).path("occupancy").asDouble()).isBetween(0.1, 1.0);
    }

    @Test
    void learnsAnAdapterOfTheGivenRank() throws Exception {
        CommandRun run = benchmark("--json", "--only-steps", "--lora-rank", "4");
        assertThat(run.status()).as(run.errors()).isZero();
        long updated = update(run).path("tokens").asLong();
        long rank2 = update(benchmark("--json", "--only-steps", "--lora-rank", "2"))
                .path("tokens")
                .asLong();
        long all = update(benchmark("--json", "--only-steps")).path("tokens").asLong();
        assertThat(run.output()).contains("\"occupancy\":1.0"); // all completions have the same length
        assertThat(updated).isEqualTo(2 * rank2).isLessThan(all);
    }

    @Test
    void measuresAShapeWithoutWeights(@TempDir Path shape) throws Exception {
        for (String file : List.of("config.json", "tokenizer.json")) {
            Files.copy(Fixtures.folder("llama").resolve(file), shape.resolve(file));
        }
        CommandRun run = benchmark("--only-steps", "--random-weights", "--model", shape.toString());
        assertThat(run.status()).as(run.errors()).isZero();
        assertThat(run.output()).contains(STEP);
    }

    @Test
    void namesTheTypeThatItComputedIn() throws Exception {
        String computed = Bfloat16Support.of(Device.cpu()) ? "bfloat16" : "float32";
        assertThat(benchmark("--only-steps", "--dtype", "bfloat16").output()).contains("parameters, " + computed);
        JsonNode object = new ObjectMapper()
                .readTree(benchmark("--only-steps", "--dtype", "bfloat16", "--json")
                        .output());
        assertThat(object.path("type").asText()).isEqualTo(computed);
    }

    private static JsonNode update(CommandRun run) throws Exception {
        return new ObjectMapper().readTree(run.output()).path("measurements").get(2);
    }

    @Test
    void printsATable() {
        CommandRun run = benchmark();
        assertThat(run.output()).contains(NAMES).contains("tokens/s", "peak memory");
    }

    @Test
    void refusesNumbersOutOfRange() {
        assertRefused("--prompt must be at least 1 (was 0)", "--prompt", "0");
        assertRefused("--completion must be at least 2 (was 1)", "--completion", "1");
        assertRefused("--group must be at least 1 (was 0)", "--group", "0");
        assertRefused("--threads must be at least 1 (was 0)", "--threads", "0");
        assertRefused("--steps must be at least 1 (was 0)", "--steps", "0");
        assertRefused("--groups must be at least 1 (was 0)", "--groups", "0");
        assertRefused("--lora-rank must be at least 0 (was -1)", "--lora-rank", "-1");
        assertRefused("must be one of [float32, bfloat16] (was float16)", "--dtype", "float16");
        assertRefused("context of 1024", "--prompt", "1020");
    }

    private static void assertRefused(String message, String option, String value) {
        CommandRun run = benchmark(option, value);
        assertThat(run.errors()).contains(message);
        assertThat(run.status()).isEqualTo(2);
    }

    private static CommandRun benchmark(String... arguments) {
        List<String> all = new ArrayList<>(List.of("benchmark"));
        List<String> given = List.of(arguments);
        for (String[] option : new String[][] {
            {"--model", Fixtures.folder("llama").toString()},
            {"--prompt", "20"},
            {"--completion", "8"},
            {"--group", "3"},
            {"--threads", "1"}
        }) {
            if (!given.contains(option[0])) {
                all.addAll(List.of(option));
            }
        }
        all.addAll(given);
        return CommandRun.of(all);
    }
}
