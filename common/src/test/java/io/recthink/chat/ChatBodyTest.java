package io.recthink.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.recthink.chat.ChatBody.Message;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The canonical text of a request. */
class ChatBodyTest {
    private static final List<Message> MESSAGES =
            List.of(new Message("system", "Be brief."), new Message("user", "\u0416 \uD83D\uDE00 \"<a>\"\n\u0001/"));

    @Test
    void theTextHasAllFieldsInOrderWithoutBlanks() {
        ChatBody body = new ChatBody(
                "a-model",
                MESSAGES,
                OptionalDouble.of(0.7),
                OptionalDouble.of(0.95),
                512,
                "max_completion_tokens",
                OptionalLong.of(-9_007_199_254_740_993L),
                List.of("</rate>", "###"),
                Map.of("top_k", 20, "chat_template_kwargs", Map.of("enable_thinking", false)));
        assertThat(body.json())
                .isEqualTo("{\"chat_template_kwargs\":{\"enable_thinking\":false},\"max_completion_tokens\":512,"
                        + "\"messages\":[{\"content\":\"Be brief.\",\"role\":\"system\"},"
                        + "{\"content\":\"\u0416 \uD83D\uDE00 \\\"<a>\\\"\\n\\u0001/\",\"role\":\"user\"}],"
                        + "\"model\":\"a-model\",\"seed\":-9007199254740993,\"stop\":[\"</rate>\",\"###\"],"
                        + "\"temperature\":0.7,\"top_k\":20,\"top_p\":0.95}");
    }

    @Test
    void whatIsAbsentIsNotSent() {
        assertThat(body(OptionalDouble.empty(), Map.of()).json())
                .isEqualTo("{\"max_tokens\":1,\"messages\":[{\"content\":\"u\",\"role\":\"user\"}],\"model\":\"m\"}");
    }

    @Test
    void theOrderOfMapsDoesNotMatter() {
        List<Map.Entry<String, Object>> inner = List.of(Map.entry("z", 1), Map.entry("x", 2), Map.entry("y", 3));
        List<Map.Entry<String, Object>> entries = new ArrayList<>(List.of(
                Map.entry("b", 1),
                Map.entry("a", List.of(ordered(inner))),
                Map.entry("top_k", 3),
                Map.entry("B", "4")));
        String text = body(OptionalDouble.empty(), ordered(entries)).json();
        Collections.reverse(entries);
        assertThat(body(OptionalDouble.empty(), ordered(entries)).json()).isEqualTo(text);
        assertThat(text).startsWith("{\"B\":\"4\",\"a\":[{\"x\":2,\"y\":3,\"z\":1}],\"b\":1,");
    }

    @Test
    void theTypeOfANumberDoesNotMatter() {
        Stream.<Number>of(1, 1L, (short) 1, 1.0, 1.0f, BigInteger.ONE, new BigDecimal("1.000"), new BigDecimal("10e-1"))
                .forEach(one -> assertThat(number(one)).isEqualTo("1"));
        assertThat(body(OptionalDouble.of(1), Map.of()).json()).contains("\"temperature\":1}");
        assertThat(body(OptionalDouble.of(0.0), Map.of()).json()).contains("\"temperature\":0}");
        assertThat(number(0.1f)).isEqualTo("0.1");
        assertThat(number(-0.0)).isEqualTo("0");
        assertThat(number(1e-7)).isEqualTo("0.0000001");
        assertThat(number(20_000_000_000.0)).isEqualTo("20000000000");
        assertThat(number(1e300)).isEqualTo(number(new BigDecimal("1e300"))).isEqualTo("1E+300");
    }

    @Test
    void theTextIsJson() throws JsonProcessingException {
        Map<String, Object> further = new LinkedHashMap<>();
        further.put("nothing", null);
        further.put("list", Arrays.asList(1, null, "x", true, List.of()));
        further.put("large", 1e300);
        String text = body(OptionalDouble.of(0.3), further).json();
        assertThat(new JsonMapper().readTree(text).path("list").size()).isEqualTo(5);
        assertThat(text).contains("\"list\":[1,null,\"x\",true,[]]").contains("\"nothing\":null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model",
                "messages",
                "temperature",
                "top_p",
                "max_tokens",
                "max_completion_tokens",
                "seed",
                "stop",
                "stream",
                "n"
            })
    void aFurtherFieldWinsOverNothing(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> body(OptionalDouble.empty(), Map.of(name, 1)))
                .withMessageContaining("'" + name + "'");
    }

    @Test
    void whatJsonCannotExpressIsRefusedWithItsName() {
        assertRefused(Double.NaN, "'field'");
        assertRefused(Map.of("inner", List.of(Float.POSITIVE_INFINITY)), "'inner'");
        assertRefused(Map.of(1, "x"), "'field' of a request has the key 1");
        assertRefused(OptionalLong.empty(), "class java.util.OptionalLong");
    }

    @Test
    void valuesOutOfRangeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> body(OptionalDouble.of(-0.1), Map.of()))
                .withMessage("temperature must be at least 0 (was -0.1)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> body(OptionalDouble.of(Double.NaN), Map.of()))
                .withMessageContaining("temperature");
        assertRefused("", MESSAGES, 1, 1, "max_tokens", "model");
        assertRefused("m", List.of(), 1, 1, "max_tokens", "messages");
        assertRefused("m", MESSAGES, 0, 1, "max_tokens", "topP");
        assertRefused("m", MESSAGES, 1.1, 1, "max_tokens", "topP");
        assertRefused("m", MESSAGES, 1, 0, "max_tokens", "maxTokens");
        assertRefused("m", MESSAGES, 1, 1, "max_new_tokens", "maxTokensField");
    }

    private static void assertRefused(Object value, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        body(OptionalDouble.empty(), Map.of("field", value)).json())
                .withMessageContaining(message);
    }

    private static void assertRefused(
            String model, List<Message> messages, double topP, int maxTokens, String field, String named) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ChatBody(
                        model,
                        messages,
                        OptionalDouble.empty(),
                        OptionalDouble.of(topP),
                        maxTokens,
                        field,
                        OptionalLong.empty(),
                        List.of(),
                        Map.of()))
                .withMessageStartingWith(named + " must be");
    }

    private static String number(Number number) {
        String text = body(OptionalDouble.empty(), Map.of("a", number)).json();
        return text.substring("{\"a\":".length(), text.indexOf(','));
    }

    private static ChatBody body(OptionalDouble temperature, Map<String, Object> further) {
        return new ChatBody(
                "m",
                List.of(new Message("user", "u")),
                temperature,
                OptionalDouble.empty(),
                1,
                "max_tokens",
                OptionalLong.empty(),
                List.of(),
                further);
    }

    private static Map<String, Object> ordered(List<Map.Entry<String, Object>> entries) {
        Map<String, Object> map = new LinkedHashMap<>();
        entries.forEach(entry -> map.put(entry.getKey(), entry.getValue()));
        return map;
    }
}
