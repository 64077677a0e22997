package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.Fixtures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateCommandTest {
    private static final String MODEL = Fixtures.folder("llama").toString();
    private static final JsonNode GOLDEN = Fixtures.golden("llama");

    @Test
    void printsOneJsonObjectForPromptTokens() throws Exception {
        CommandRun run = greedy("--ignore-end", "--json");
        assertThat(run.status()).isZero();
        JsonNode answer = new ObjectMapper().readTree(run.output());
        assertThat(answer.fieldNames())
                .toIterable()
                .containsExactly("promptTokens", "tokens", "logprobs", "text", "finish", "tokensPerSecond");
        assertThat(answer.path("promptTokens")).isEqualTo(GOLDEN.path("prompt"));
        assertThat(answer.path("tokens")).isEqualTo(GOLDEN.path("greedy"));
        assertThat(answer.path("logprobs")).hasSameSizeAs(GOLDEN.path("greedy")).allMatch(p -> p.asDouble() < 0);
        assertThat(answer.path("finish").asText()).isEqualTo("length");
        assertThat(answer.path("tokensPerSecond").asDouble()).isPositive();
        assertThat(run.output().lines()).hasSize(1);
    }

    @Test
    void anAdapterChangesWhatTheModelSays(@TempDir Path folder) throws Exception {
        JsonNode plain = new ObjectMapper().readTree(greedy("--json").output());
        CommandRun run = greedy("--json", "--adapter", MODEL + "/lora");
        assertThat(run.status()).as(run.errors()).isZero();
        JsonNode adapted = new ObjectMapper().readTree(run.output());
        assertThat(adapted.path("logprobs")).isNotEqualTo(plain.path("logprobs"));
        String merged = folder.resolve("merged").toString();
        CommandRun.of(List.of("export", "--model", MODEL, "--adapter", MODEL + "/lora", "--merge", "--output", merged));
        JsonNode ofMerged =
                new ObjectMapper().readTree(greedy("--json", "--model", merged).output());
        assertThat(adapted.path("tokens")).isEqualTo(ofMerged.path("tokens"));
    }

    @Test
    void printsTheTextAlone() throws Exception {
        JsonNode answer = new ObjectMapper().readTree(greedy("--json").output());
        CommandRun run = greedy();
        assertThat(run.output()).isEqualTo(answer.path("text").asText() + System.lineSeparator());
    }

    @Test
    void sendsThePromptThroughTheChatTemplate() throws Exception {
        CommandRun run = generate("--system", "rate", "--prompt", "that item", "--json");
        JsonNode answer = new ObjectMapper().readTree(run.output());
        List<Integer> tokens = integers(answer.path("promptTokens"));
        // <|im_start|> opens the system's, the user's and the assistant's turn; <|im_end|> closes the first two
        assertThat(tokens.stream().filter(token -> token == 1)).hasSize(3);
        assertThat(tokens.stream().filter(token -> token == 2)).hasSize(2);
        assertThat(tokens.get(0)).isEqualTo(1);
    }

    @Test
    void handsVariablesToTheChatTemplate(@TempDir Path folder) throws Exception {
        try (Stream<Path> files = Files.list(Path.of(MODEL))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        Files.writeString(folder.resolve("chat_template.jinja"), "{{ messages[0].content * n }}");
        String[] arguments = {"--model", folder.toString(), "--prompt", "a", "--json", "--template", "n=3"};
        List<Integer> three = integers(
                new ObjectMapper().readTree(generate(arguments).output()).path("promptTokens"));
        arguments[6] = "n=1";
        List<Integer> one = integers(
                new ObjectMapper().readTree(generate(arguments).output()).path("promptTokens"));

        assertThat(three).isNotEqualTo(one);
    }

    @Test
    void samplesByTheSeed() {
        String first =
                generate("--prompt", "a", "--temperature", "1", "--seed", "5").output();
        assertThat(generate("--prompt", "a", "--temperature", "1", "--seed", "5")
                        .output())
                .isEqualTo(first);
        assertThat(generate("--prompt", "a", "--temperature", "1", "--seed", "6")
                        .output())
                .isNotEqualTo(first);
    }

    @Test
    void refusesBadInputWithAMessage(@TempDir Path empty) {
        assertRefused(
                "Prompt 0 has 2 tokens and its completion up to 2000 tokens",
                "--prompt-tokens",
                "3,4",
                "--max-tokens",
                "2000");
        assertRefused("Prompt 0 has the token 320", "--prompt-tokens", "3,320");
        assertRefused("temperature must be 0 or more (was -1.0)", "--prompt", "x", "--temperature", "-1");
        assertRefused("topP must be above 0 and at most 1 (was 2.0)", "--prompt", "x", "--top-p", "2");
        assertRefused("maxTokens must be at least 1 (was 0)", "--prompt", "x", "--max-tokens", "0");
        assertRefused("--threads must be at least 1 (was 0)", "--prompt", "x", "--threads", "0");
        assertRefused("--system needs --prompt", "--prompt-tokens", "3", "--system", "x");
        assertRefused("mutually exclusive", "--prompt-tokens", "3", "--prompt", "x");
        assertRefused("--prompt-tokens", "--prompt-tokens", "3,x");
        assertRefused("prompt.template.messages must be left out", "--prompt", "x", "--template", "messages=1");
        assertRefused("--prompt");
        assertRefused("config.json", "--prompt", "x", "--model", empty.toString());
    }

    private static void assertRefused(String message, String... arguments) {
        CommandRun run = generate(arguments);
        assertThat(run.errors()).contains(message).doesNotContain("\tat ");
        assertThat(run.status()).as(run.errors()).isEqualTo(2);
        assertThat(run.output()).isEmpty();
    }

    private static CommandRun greedy(String... arguments) {
        String prompt =
                integers(GOLDEN.path("prompt")).stream().map(String::valueOf).collect(Collectors.joining(","));
        return generate(IntStream.range(0, 2 + arguments.length)
                .mapToObj(i -> i == 0 ? "--prompt-tokens" : i == 1 ? prompt : arguments[i - 2])
                .toArray(String[]::new));
    }

    /**
     * Runs the command with a model. The defaults are 24 tokens, temperature 0 and one thread; arguments override them.
     */
    private static CommandRun generate(String... arguments) {
        List<String> all = new ArrayList<>(List.of("generate"));
        List<String> given = Arrays.asList(arguments);
        addUnlessGiven(all, given, "--model", MODEL);
        addUnlessGiven(all, given, "--max-tokens", "24");
        addUnlessGiven(all, given, "--temperature", "0");
        addUnlessGiven(all, given, "--threads", "1");
        all.addAll(given);
        return CommandRun.of(all);
    }

    private static void addUnlessGiven(List<String> all, List<String> given, String option, String value) {
        if (!given.contains(option)) {
            all.addAll(List.of(option, value));
        }
    }

    private static List<Integer> integers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asInt)
                .toList();
    }
}
