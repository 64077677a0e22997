package io.recthink.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.model.ChatTemplate.Message;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PromptEncoderTest {
    private static final PromptTemplate TEMPLATE = new PromptTemplate(
            new PromptSettings(
                    ThinkMode.NONE,
                    PromptLayout.SKELETON,
                    false,
                    3,
                    200,
                    200,
                    80,
                    40,
                    0,
                    0,
                    0,
                    1,
                    " ",
                    "{history}\n{target_item}",
                    "{title}",
                    "{title}",
                    Map.of(),
                    PromptSource.POLICY),
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
    void cutsTheTargetWhenNoPurchaseIsLeft() {
        FittedPrompt prompt = encoder(10).fitted(input("aa,bb", "a title of many words"));
        assertThat(new String(prompt.tokens(), 0, prompt.tokens().length)).isEqualTo("(none)\na t");
        assertThat(prompt.text()).isEqualTo("(none)\na t");
        assertThat(prompt.purchasesLeftOut()).isEqualTo(2);
        assertThat(prompt.targetShare()).isEqualTo(1.0 / 64);
    }

    @Test
    void refusesWhenNotEvenTheInstructionFits() {
        assertThatThrownBy(() -> encode("aa,bb", 3))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("has 8 tokens")
                .hasMessageContaining("prompt.maxTokens 3 is too small for the instruction");
    }

    private static String encode(String history, int maxTokens) {
        int[] prompt = encoder(maxTokens).encode(input(history, "T"));
        return new String(prompt, 0, prompt.length);
    }

    private static PromptEncoder encoder(int maxTokens) {
        return new PromptEncoder(TEMPLATE, PromptEncoderTest::characters, answer -> new int[0], maxTokens);
    }

    private static PromptInput input(String history, String title) {
        String[] titles = history.split(",", -1);
        List<ReviewedItem> items = IntStream.range(0, titles.length)
                .mapToObj(i -> new ReviewedItem(Item.titled(titles[i]), Instant.ofEpochSecond(i), 1, "", ""))
                .toList();
        return new PromptInput(items, List.of(), Item.titled(title), OptionalDouble.empty(), OptionalDouble.empty());
    }

    private static EncodedText characters(List<Message> messages) {
        String text = messages.get(0).content();
        return new EncodedText(text, text.codePoints().toArray());
    }
}
