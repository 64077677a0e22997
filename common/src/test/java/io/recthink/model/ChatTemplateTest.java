package io.recthink.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.InvalidInputException;
import io.recthink.model.ChatTemplate.Message;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateTest {
    private static final List<Message> HELLO = List.of(new Message("user", "hello"));

    static Stream<Arguments> goldenCases() throws IOException {
        JsonNode golden = JsonFile.parseObject("golden.json", resource("golden.json"));
        Map<String, String> tokens = new HashMap<>();
        golden.path("specialTokens")
                .fields()
                .forEachRemaining(
                        token -> tokens.put(token.getKey(), token.getValue().asText()));
        List<Arguments> cases = new ArrayList<>();
        for (JsonNode test : golden.path("cases")) {
            String name = test.path("template").asText();
            ChatTemplate template = new ChatTemplate(name, new String(resource(name), StandardCharsets.UTF_8), tokens);
            List<Message> messages = new ArrayList<>();
            for (JsonNode message :
                    golden.path("conversations").path(test.path("conversation").asText())) {
                messages.add(new Message(
                        message.path("role").asText(), message.path("content").asText()));
            }
            boolean prompt = test.path("addGenerationPrompt").asBoolean();
            cases.add(Arguments.of(name, test.path("conversation").asText(), prompt, template, messages, test));
        }
        return cases.stream();
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = ChatTemplateTest.class.getResourceAsStream("/chat/" + name)) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("goldenCases")
    void rendersAsTransformersDoes(
            String name,
            String conversation,
            boolean prompt,
            ChatTemplate template,
            List<Message> messages,
            JsonNode test) {
        if (test.has("error")) {
            assertThatThrownBy(() -> template.render(messages, prompt))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith(name + ": chat template, line ")
                    .hasMessageContaining(test.path("error").asText());
        } else {
            assertThat(template.render(messages, prompt))
                    .isEqualTo(test.path("text").asText());
        }
    }

    @Test
    void doesNotInterpretWhatMessagesSay() {
        assertThat(render("{{ messages[0].content }}|{{ messages[0].content | trim }}", "{{ 1 + 1 }}{% if x %}"))
                .isEqualTo("{{ 1 + 1 }}{% if x %}|{{ 1 + 1 }}{% if x %}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "{{ messages.getClass() }}~a list has no 'getClass'",
                "{{ ''.getClass() }}~a string has no 'getClass'",
                "{{ ''.getBytes() }}~a string has no 'getBytes'",
                "{{ messages.append(1) }}~method append of a list is not available to templates: it changes the value",
                "{{ messages[0].clear() }}~method clear of a dictionary is not available",
                "{{ loop_over(1) }}~loop_over",
                "{% include 'file:///etc/passwd' %}~include",
                "{% import 'x' as y %}~import",
                "{% for a in range(10000) %}{% for b in range(10000) %}{% endfor %}{% endfor %}~takes more than 5000000 steps",
                "{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}~nested more than",
                "{% for m in messages %}{{ m }}~for",
                "{{ messages | no_such_filter }}~unknown filter no_such_filter",
                "{% if messages is not no_such_test %}{% endif %}~unknown test no_such_test",
                "{% no_such_tag %}~no_such_tag",
                "{{ 1 +  }}~expected an expression",
                "{{ raise_exception('only users') }}~only users"
            })
    void refusesWhatATemplateMayNotDo(String template, String message) {
        assertThatThrownBy(() -> render(template, "hello"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("test: chat template")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ messages.class }}", "{{ ''.class }}", "{{ messages[0]['class'] }}"})
    void seesNoPropertiesOfJava(String template) {
        assertThat(render(template, "hello")).isEmpty();
    }

    @Test
    void handsVariablesToTheTemplate() {
        String template = "{{ enable_thinking is false }}{{ extra[1] }}{{ bos_token }}{{ nothing is none }}";
        Map<String, Object> variables = new HashMap<>();
        variables.put("enable_thinking", false);
        variables.put("extra", List.of(1, 2.5));
        variables.put("nothing", null);

        assertThat(new ChatTemplate("test", template, Map.of("bos_token", "<s>"), variables).render(HELLO, true))
                .isEqualTo("True2.5<s>True");
    }

    @ParameterizedTest
    @ValueSource(strings = {"messages", "add_generation_prompt", "bos_token", "mask_token"})
    void refusesVariablesThatTheConversationOrTheTokenizerGives(String name) {
        assertThatThrownBy(() -> new ChatTemplate("test", "", Map.of(), Map.of(name, "x")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("variable " + name + " comes from the conversation or the tokenizer");
    }

    @Test
    void bringsOutputToAnEnd() {
        String template =
                "{% set x = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' %}"
                        + "{% for a in range(1000) %}{% for b in range(900) %}{{ x }}{% endfor %}{% endfor %}";
        assertThatThrownBy(() -> render(template, "hello")).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void readsTheTemplateFromTheTokenizerConfiguration(@TempDir Path folder) throws IOException {
        Path config = folder.resolve("tokenizer_config.json");
        Files.writeString(config, "{\"chat_template\":\"{{ eos_token }}A\",\"eos_token\":{\"content\":\"<e>\"}}");
        assertThat(ChatTemplate.open(folder).render(HELLO, false)).isEqualTo("<e>A");
        Files.writeString(
                config,
                "{\"chat_template\":[{\"name\":\"rag\",\"template\":\"R\"},{\"name\":\"default\",\"template\":\"D\"}]}");
        assertThat(ChatTemplate.open(folder).render(HELLO, false)).isEqualTo("D");
        Files.writeString(folder.resolve("chat_template.jinja"), "F\n");
        assertThat(ChatTemplate.open(folder).render(HELLO, false)).isEqualTo("F");
    }

    @Test
    void refusesAFolderWithoutTemplate(@TempDir Path folder) {
        assertThatThrownBy(() -> ChatTemplate.open(folder))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(
                        "has no chat template; put the template of the model's family into chat_template.jinja");
    }

    private static String render(String template, String content) {
        return new ChatTemplate("test", template, Map.of()).render(List.of(new Message("user", content)), true);
    }
}
