package io.recthink.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A template that would run long, nest deeply or fill the memory ends with an error that says so. */
@Timeout(60)
final class BudgetTest {
    private static final String NESTED =
            "{% set ns = namespace(a=[], b=[]) %}{% for i in range(9999) %}{% set ns.a = [ns.a] %}{% set ns.b = [ns.b] %}{% endfor %}";
    private static final String LONG = "{% set x = 'ab ' * 1000000 %}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
                "{% macro a() %}{% for i in range(999) %}x{% endfor %}{% endmacro %}"
                        + "{% macro b() %}{% for i in range(999) %}{{ a() }}{% endfor %}{% endmacro %}"
                        + "{% for i in range(999) %}{% set x = b() | length %}{% endfor %}",
                "{% set x = range(99999) | list %}{% for i in range(999) %}{% set y = x | sort %}{% endfor %}",
                "{% for i in range(9999) %}{{ range(99999) | max }}{% endfor %}",
                LONG + "{% for i in range(99999) %}{{ x | length }}{{ x == x + '' }}{% endfor %}",
                LONG + "{% for i in range(9999) %}{{ x[i] }}{% endfor %}",
                "{% set x = '1' * 1000000 %}{% for i in range(9999) %}{{ x | float }}{% endfor %}",
                "{% for i in range(99999) %}{{ strftime_now('%Y' * 100) }}{% endfor %}",
                LONG + "{% for i in range(9999) %}{{ x | wordcount }}{% endfor %}",
                LONG + "{% set y = x + 'c' %}{% for i in range(9999) %}{{ y.startswith(x) }}{{ y in x }}{% endfor %}",
            })
    void boundsTheSteps(String template) {
        assertRefused(template, "takes more than 5000000 steps");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ 'x' * 1000000000 }}",
                "{{ [1, 2] * 9000000000000000000 }}",
                "{% set ns = namespace(a='x') %}{% for i in range(99) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}",
                "{% set ns = namespace(a=[1]) %}{% for i in range(99) %}{% set ns.a = ns.a + ns.a %}{% endfor %}",
                "{% set x = 'a' * 100000 %}{{ x | replace('a', x) }}",
                "{% set x = '\\n' * 100000 %}{{ x | indent(100000, blank=true) }}",
                "{% set x = 'a' * 1000000 %}{{ range(99999) | join(x) }}",
                "{{ 'a' | center(1000000000) }}",
                "{{ '1'.zfill(99999999999) }}",
                "{{ [[1]] | tojson(indent=1000000000) }}",
                "{{ [1] | slice(1000000000) | list }}",
                "{{ ('{0}' * 1000000).format('a' * 1000000) }}",
                "{{ strftime_now('%B' * 10000000) }}",
                "{% macro f() %}{{ kwargs | length }}{% endmacro %}{% set d = dict(range(9998) | map('string') | batch(2)) %}"
                        + "{% for i in range(9999) %}{{ f(**d) }}{% endfor %}",
                "{% for i in range(9999) %}{% set x = range(9999) | unique | list %}{% endfor %}",
                LONG + "{% for i in range(9999) %}{% set y = x.split(' ') %}{% endfor %}",
                LONG + "{% for i in range(99999) %}{{ x }}{% endfor %}",
            })
    void boundsTheMemory(String template) {
        assertRefused(template, "makes more than 67108864 characters");
    }

    static Stream<String> deeplyNested() {
        return Stream.of(
                "{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
                "{% for a in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}",
                "{{ " + "(".repeat(5000) + "1" + ")".repeat(5000) + " }}",
                "{{ " + "[".repeat(50_000) + "]".repeat(50_000) + " }}",
                "{{ " + "{1:".repeat(50_000) + "1" + "}".repeat(50_000) + " }}",
                "{{ " + "-".repeat(50_000) + "1 }}",
                "{{ " + "not ".repeat(50_000) + "1 }}",
                "{{ " + "1 if 0 else ".repeat(50_000) + "1 }}",
                "{{ messages" + "[0]".repeat(50_000) + " }}",
                "{{ messages" + "()".repeat(50_000) + " }}",
                "{{ 'a'" + " | trim".repeat(50_000) + " }}",
                "{% if 1 %}".repeat(50_000) + "{% endif %}".repeat(50_000),
                NESTED + "{{ ns.a }}",
                NESTED + "{{ ns.a | tojson }}",
                NESTED + "{{ ns.a == ns.b }}",
                NESTED + "{{ ns.a < ns.b }}",
                "{% set ns = namespace(a=range(9)) %}{% for i in range(9999) %}{% set ns.a = ns.a | select %}{% endfor %}"
                        + "{{ ns.a | list }}");
    }

    @ParameterizedTest
    @MethodSource
    void deeplyNested(String template) throws InterruptedException {
        // As little stack as a task of Spark may have.
        Thread thread = new Thread(null, () -> assertRefused(template, "nested more than"), "small", 512 << 10);
        Throwable[] thrown = new Throwable[1];
        thread.setUncaughtExceptionHandler((same, error) -> thrown[0] = error);
        thread.start();
        thread.join();
        if (thrown[0] != null) {
            throw new AssertionError(template.substring(0, Math.min(80, template.length())), thrown[0]);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ 10 ** 100000000 }}", "{{ '%s' | int }}", "{{ %s }}"})
    void boundsNumbers(String template) {
        assertRefused(template.replace("%s", "9".repeat(100_000)), "a whole number beyond 64 bits");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{% for i in range(1000000000) %}{% endfor %}", "{{ range(-9000000000000000000, 1) | list }}"})
    void boundsRanges(String template) {
        assertRefused(template, "range has more than 100000 numbers");
    }

    @Test
    void lettersThatBecomeTwoTakeTimeInProportion() {
        Template template = Template.parse(
                "t",
                "{% set x = '\u00df\u0130\u03a3' * 300000 %}{{ (x | upper | length, x | lower | length, x.title() | length) }}",
                LocalDate.EPOCH);
        assertThat(template.render(Map.of())).isEqualTo("(1200000, 1200000, 1200001)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00df", "\u0130", "\u03a3", "a\u03a3", "\u0130\u03a3 ", "\uD801\uDC00\u00df", "\u0149"})
    void longTextsChangeCaseAsShortOnes(String part) {
        String text = part.repeat(1000);
        assertThat(Texts.upper(text)).isEqualTo(text.toUpperCase(Locale.ROOT));
        assertThat(Texts.lower(text)).isEqualTo(text.toLowerCase(Locale.ROOT));
    }

    @Test
    void boundsWhatAMacroTakes() {
        String parameters = IntStream.range(0, 250).mapToObj(i -> "a" + i).collect(Collectors.joining(", "));
        assertRefused(
                "{% macro f(" + parameters + ") %}{% endmacro %}{% for i in range(99999) %}{{ f() }}{% endfor %}",
                "makes more than 67108864 characters");
        assertRefused(
                "{% macro f(" + parameters + ", b, c, d, e, f, g) %}{% endmacro %}",
                "a macro has more than 255 parameters");
    }

    @Test
    void readsManyNamedArgumentsInProportionateTime() {
        String arguments =
                IntStream.range(0, 60_000).mapToObj(i -> "a" + i + "=1").collect(Collectors.joining(", "));
        Template template = Template.parse("t", "{{ dict(" + arguments + ") | length }}", LocalDate.EPOCH);
        assertThat(template.render(Map.of())).isEqualTo("60000");
    }

    @Test
    void boundsTheSource() {
        assertThatThrownBy(() -> Template.parse("long.jinja", "a".repeat(3 << 20), LocalDate.EPOCH))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "long.jinja has 3145728 characters, the most is 2097152; a chat template has a few thousand");
    }

    private static void assertRefused(String template, String message) {
        assertThatThrownBy(() -> Template.parse("hostile.jinja", template, LocalDate.EPOCH)
                        .render(Map.of("messages", List.of(Map.of("role", "user")))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("hostile.jinja, line ")
                .hasMessageContaining(message);
    }
}
