package io.recthink.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.Fixtures;
import io.recthink.model.ModelTokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopStringsTest {
    private static final List<String> NONE = List.of();

    @Test
    void findsTheTokenThatCompletesAStopString() {
        assertFindsAsInTheWholeText("analyze the user <rate>4.5</rate> and more", List.of("</rate>"));
        assertFindsAsInTheWholeText("analyze the user <rate>4.5</rate> and more", List.of("</match>", "er <ra"));
        assertFindsAsInTheWholeText("rate rate rate rate", List.of("rate rate rate"));
        assertFindsAsInTheWholeText("no end", List.of("</rate>"));
        assertFindsAsInTheWholeText("at once", List.of("a"));
    }

    @Test
    void findsCharactersOfSeveralBytes() {
        assertFindsAsInTheWholeText("Grün ★★★★☆ 👍🏽 done", List.of("☆"));
        assertFindsAsInTheWholeText("Grün ★★★★☆ 👍🏽 done", List.of("👍🏽 d"));
        assertFindsAsInTheWholeText("漢字かな交じり文", List.of("かな"));
    }

    @Test
    void findsThemAmongBytesThatAreNoCharacters() {
        Random random = new Random(2);
        for (int i = 0; i < 50; i++) {
            int[] tokens = random.ints(60, 3, 320).toArray();
            tokens[20 + i % 30] = 266;
            assertFindsAsInTheWholeText(tokens, List.of("</"));
        }
    }

    @Test
    void neverStopsWithoutStopStrings() {
        try (ModelTokenizer tokenizer = tokenizer()) {
            assertThat(new StopStrings(tokenizer, NONE).completedBy(tokenizer.encode("x"), 1))
                    .isFalse();
        }
    }

    private static void assertFindsAsInTheWholeText(String text, List<String> strings) {
        try (ModelTokenizer tokenizer = tokenizer()) {
            assertFindsAsInTheWholeText(tokenizer.encode(text), strings);
        }
    }

    private static void assertFindsAsInTheWholeText(int[] tokens, List<String> strings) {
        try (ModelTokenizer tokenizer = tokenizer()) {
            StopStrings stopStrings = new StopStrings(tokenizer, strings);
            for (int count = 1; count <= tokens.length; count++) {
                String text = tokenizer.decode(Arrays.copyOf(tokens, count));
                boolean expected = strings.stream().anyMatch(text::contains);
                assertThat(stopStrings.completedBy(tokens, count)).as(text).isEqualTo(expected);
                if (expected) {
                    return;
                }
            }
        }
    }

    private static ModelTokenizer tokenizer() {
        return ModelTokenizer.open(Fixtures.folder("llama"));
    }
}
