package io.recthink.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration.Prompt;
import io.recthink.config.Configuration.ThinkMode;
import io.recthink.model.ChatTemplate.Message;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PromptEncoderTest {
    private static final PromptTemplate TEMPLATE = new PromptTemplate(
            new Prompt(
                    ThinkMode.NONE,
                    false,
                    3,
                    0,
                    0,
                    0,
                    1,
                    " ",
                    "{history}\n{target_item}",
                    "{title}",
                    "{title}",
                    Map.of()),
            1,
            5);

    @Test
    void dropsTheOldestPastPurchasesWholeUntilThePromptFits() {
        assertThat(encode("aa,bb,cc", 11)).isEqualTo("aa\nbb\ncc\nT");
        assertThat(encode("aa,bb,cc", 9)).isEqualTo("bb\ncc\nT");
        assertThat(encode("aa,bb,cc", 6)).isEqualTo("cc\nT");
    }

    @Test
    void neverShowsMoreThanTheConfiguredHistory() {
        assertThat(encode("aa,bb,cc,dd", 1000)).isEqualTo("bb\ncc\ndd\nT");
    }

    @Test
    void refusesATargetThatDoesNotFit() {
        assertThatThrownBy(() -> encode("aa,bb", 3))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("the prompt for 'T' has 8 tokens without any past purchase; at most 3 fit");
    }

    private static String encode(String history, int maxTokens) {
        PromptEncoder encoder = new PromptEncoder(TEMPLATE, PromptEncoderTest::characters, maxTokens);
        String[] titles = history.split(",", -1);
        List<ReviewedItem> items = IntStream.range(0, titles.length)
                .mapToObj(i -> new ReviewedItem(Item.titled(titles[i]), Instant.ofEpochSecond(i), 1, "", ""))
                .toList();
        int[] prompt = encoder.encode(
                new PromptInput(items, List.of(), Item.titled("T"), OptionalDouble.empty(), OptionalDouble.empty()));
        return new String(prompt, 0, prompt.length);
    }

    private static int[] characters(List<Message> messages) {
        return messages.get(0).content().codePoints().toArray();
    }
}
