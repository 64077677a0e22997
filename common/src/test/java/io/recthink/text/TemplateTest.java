package io.recthink.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class TemplateTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final LocalDate DAY = LocalDate.of(2024, 7, 26);

    static Stream<Arguments> casesOfJinja() throws IOException {
        JsonNode cases = resource("cases.json");
        Map<String, Object> variables = new HashMap<>();
        variables.put("messages", value(cases.path("messages")));
        variables.put("add_generation_prompt", cases.path("addGenerationPrompt").asBoolean());
        variables.put("bos_token", cases.path("bosToken").asText());
        variables.put("eos_token", cases.path("eosToken").asText());
        variables.put("pad_token", cases.path("padToken").asText());
        JsonNode semantics = resource("semantics.json");
        return Stream.concat(
                cases(cases, variables),
                cases(semantics, JSON.convertValue(semantics.path("variables"), new TypeReference<>() {})));
    }

    private static Stream<Arguments> cases(JsonNode file, Map<String, Object> variables) {
        List<Arguments> cases = new ArrayList<>();
        file.path("cases")
                .forEach(test -> cases.add(Arguments.of(
                        test.path("template").asText(),
                        variables,
                        test.path("want").textValue())));
        return cases.stream();
    }

    private static Object value(JsonNode json) {
        return JSON.convertValue(json, Object.class);
    }

    private static JsonNode resource(String name) throws IOException {
        try (InputStream in = TemplateTest.class.getResourceAsStream("/text/" + name)) {
            return JSON.readTree(in);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("casesOfJinja")
    void rendersAsJinjaDoesAndRefusesWhatItRefuses(String template, Map<String, Object> variables, String want) {
        if (want == null) {
            assertThatThrownBy(() -> render(template, variables))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith("test, line 1: ");
        } else {
            assertThat(render(template, variables)).isEqualTo(want);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "{{ 9223372036854775807 + 1 }}~whole number beyond 64 bits is not supported",
                "{{ 99999999999999999999 }}~whole number beyond 64 bits is not supported",
                "{{ 3 ** 99 }}~whole number beyond 64 bits is not supported",
                "{{ {(1, 2): 3} }}~a key of a dictionary must be a string, number, boolean or none (was a tuple)",
                "{{ [1] | groupby('x') }}~unknown filter groupby",
                "{{ range }}~printing a function is not supported",
                "{{ [1] | map('string') }}~printing a generator is not supported",
                "{{ '{0.a}'.format(1) }}~this kind of field is not supported",
                "{{ '%e' % 1.0 }}~format %e is not supported",
                "{{ 'A'.casefold() }}~method casefold of a string is not available to templates",
                "{{ lipsum() }}~function lipsum is not available to templates",
                "{{ strftime_now('%G') }}~strftime_now: %G is not supported",
                "{% block a %}{% endblock %}~the tag block is not available to chat templates",
            })
    void refusesByNameWhatItDoesNotKnow(String template, String message) {
        assertThatThrownBy(() -> render(template, Map.of()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }

    @Test
    void namesTheLineOfAnErrorInnermostFirst() {
        String template = "a\n{% macro f(x) %}\n{{ x.y.z }}\n{% endmacro %}\n\n{{ f({}) }}";

        assertThatThrownBy(() -> render(template, Map.of())).hasMessageStartingWith("test, line 3: ");
        assertThatThrownBy(() -> render("\n\n{{ 'a\nb' }}{{ 1 + }}", Map.of()))
                .hasMessageStartingWith("test, line 4: ");
    }

    @Test
    void aTemplateIsUsedByManyThreads() {
        Template template = Template.parse(
                "test",
                "{% set ns = namespace(s=0) %}{% for i in range(n) %}{% set ns.s = ns.s + i %}{% endfor %}{{ ns.s }}",
                DAY);

        assertThat(IntStream.range(0, 200).parallel().mapToObj(n -> template.render(Map.of("n", n))))
                .containsExactlyElementsOf(IntStream.range(0, 200)
                        .mapToObj(n -> Integer.toString(n * (n - 1) / 2))
                        .toList());
    }

    private static String render(String template, Map<String, Object> variables) {
        return Template.parse("test", template, DAY).render(variables);
    }
}
