package io.recthink.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutputGrammarTest {
    private static final String WELL_FORMED =
            """
            <analyze user>
            (1) Strings
            [like] tone
            [dislike] price
            Overall
            [pos] tone 3
            [neg] noise
            </analyze user>
            <analyze item>Capo [like] firm</analyze item>
            <match>speaks for it</match>
            <rate>4.25</rate>
            """;

    /** Well formed with the marks of the skeleton, too: {@link #WELL_FORMED} has no [dislike] in the item block. */
    private static final String MARKED = WELL_FORMED.replace("firm", "firm [dislike] dear");

    private final OutputGrammar fourSteps = OutputGrammar.of(ThinkMode.FOUR_STEPS, 1, 5);
    private final OutputGrammar free = OutputGrammar.of(ThinkMode.FREE, 1, 5);
    private final OutputGrammar none = OutputGrammar.of(ThinkMode.NONE, 1, 5);

    @Test
    void readsEachPartOfAWellFormedCompletion() {
        ParsedOutput output = fourSteps.parse(WELL_FORMED, true);
        assertThat(output.formatOk()).isTrue();
        assertThat(output.share()).isEqualTo(1);
        assertThat(output.rating()).hasValue(4.25);
        assertThat(output.user()).get().asString().startsWith("(1) Strings").endsWith("noise");
        assertThat(output.item()).contains("Capo [like] firm");
        assertThat(output.match()).contains("speaks for it");
        assertThat(output.think()).isEmpty();
        assertThat(output.carriesMarks()).isTrue();
    }

    @Test
    void marksAreNotPartOfTheFormat() {
        ParsedOutput output = fourSteps.parse(WELL_FORMED.replace("[neg]", ""), true);
        assertThat(output.formatOk()).isTrue();
        assertThat(output.carriesMarks()).isFalse();
    }

    @Test
    void marksThatAreAskedForArePartOfTheFormat() {
        OutputGrammar marked = fourSteps.askingForMarks();
        assertThat(marked.parse(MARKED, true).formatOk()).isTrue();
        assertThat(marked.parse(MARKED, true).share()).isEqualTo(1);
        ParsedOutput without = marked.parse(WELL_FORMED, true);
        assertThat(without.failedTests()).containsExactly(FormatTest.MARKS);
        assertThat(without.share()).isEqualTo(7 / 8.0);
        assertThat(without.rating()).hasValue(4.25);
    }

    @ParameterizedTest
    @CsvSource({
        "[like] tone, tone",
        "[dislike] price, price",
        "[pos], ''",
        "[neg], neg",
        "[neg], [Neg]",
        "(1), 1.",
        "(1), (one)",
        "(1) Strings, (1)Strings",
        "Capo [like] firm, Capo firm",
        "[dislike] dear, dear",
        "[like] firm [dislike] dear, [dislike] dear [like] firm"
    })
    void eachMarkMustStandInItsBlock(String part, String replacement) {
        assertThat(MARKED).containsOnlyOnce(part);
        String elsewhere = "(1) x [like] [dislike] [pos] [neg]";
        String changed = MARKED.replace(part, replacement).replace("speaks for it", elsewhere);
        assertThat(fourSteps.askingForMarks().parse(changed, true).failedTests())
                .containsExactly(FormatTest.MARKS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(12) Strings", "Item (1) Strings", "(1)\nStrings", "(1)\u00a0Strings", "(0) [like] tone"})
    void aNumberedItemIsANumberInBracketsBeforeAText(String item) {
        assertThat(fourSteps
                        .askingForMarks()
                        .parse(MARKED.replace("(1) Strings", item), true)
                        .formatOk())
                .isTrue();
    }

    @Test
    void withoutTheBlocksOfTheMarksNothingHasThem() {
        assertThat(none.askingForMarks().parse("<rate>4</rate>", true).failedTests())
                .containsExactly(FormatTest.MARKS);
        assertThat(free.askingForMarks()
                        .parse("<think>(1) x [like] [dislike] [pos] [neg]</think><rate>4</rate>", true)
                        .failedTests())
                .containsExactly(FormatTest.MARKS);
    }

    @Test
    void marksAndWordsCanBothBeAskedFor() {
        OutputGrammar both = fourSteps.asking(new ContentRule(10, List.of())).askingForMarks();
        ParsedOutput output = both.parse(WELL_FORMED, true);
        assertThat(output.failedTests()).containsExactlyInAnyOrder(FormatTest.OWN_WORDS, FormatTest.MARKS);
        // Seven tests hold; the think blocks have nine, three and three of ten words; the marks are missing.
        assertThat(output.share()).isCloseTo((7 + 0.9 + 0.3 + 0.3) / 11, within(1e-12));
    }

    @Test
    void aBlockThatThePromptOpensNeedsItsMarks() {
        String continued = MARKED.substring(MARKED.indexOf("(1)"));
        OutputGrammar opened = fourSteps.askingForMarks().afterPrompt("<analyze user>");
        assertThat(opened.parse(continued, true).formatOk()).isTrue();
        assertThat(opened.parse(continued.replace("[pos]", ""), true).failedTests())
                .containsExactly(FormatTest.MARKS);
    }

    @Test
    void blanksOfAWordLevelTokenizerAreFine() {
        ParsedOutput output = fourSteps.parse(
                " <analyze user> a </analyze user> <analyze item> b </analyze item> <match> c </match> <rate> 4 </rate> ",
                true);
        assertThat(output.formatOk()).isTrue();
        assertThat(output.rating()).hasValue(4);
    }

    @ParameterizedTest
    @CsvSource({
        "<analyze user>, ''",
        "</match>, ''",
        "<analyze user>, <analyze user><analyze user>",
        "<analyze user>, <analyze  user>",
        "<match>, <Match>"
    })
    void everyTagMustOccurExactlyOnce(String tag, String replacement) {
        ParsedOutput output = fourSteps.parse(WELL_FORMED.replace(tag, replacement), true);
        assertThat(output.failedTests()).contains(FormatTest.TAGS);
        assertThat(output.rating()).hasValue(4.25);
    }

    @Test
    void aTagRepeatedInsideATextFails() {
        ParsedOutput output = fourSteps.parse(WELL_FORMED.replace("speaks for it", "the <match> tag"), true);
        assertThat(output.failedTests()).contains(FormatTest.TAGS);
        assertThat(output.match()).isEmpty();
    }

    @Test
    void blocksMustStandInOrder() {
        ParsedOutput output = fourSteps.parse(
                "<analyze item>b</analyze item><analyze user>a</analyze user><match>c</match><rate>4</rate>", true);
        assertThat(output.failedTests()).containsExactly(FormatTest.ORDER);
        assertThat(output.rating()).hasValue(4);
    }

    @Test
    void blocksMustNotOverlap() {
        ParsedOutput output = fourSteps.parse(
                "<analyze user>a<analyze item>b</analyze user>b</analyze item><match>c</match><rate>4</rate>", true);
        assertThat(output.failedTests()).containsExactly(FormatTest.ORDER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\n\t", "\u00a0"})
    void noBlockMayBeBlank(String content) {
        ParsedOutput output = fourSteps.parse(WELL_FORMED.replace("speaks for it", content), true);
        assertThat(output.failedTests()).containsExactly(FormatTest.CONTENT);
        assertThat(output.match()).contains("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "5", "4.5", "4.25", " 3 ", "\n2.0\n"})
    void acceptsNumbersOfTheScale(String number) {
        ParsedOutput output = fourSteps.parse(WELL_FORMED.replace("4.25", number), true);
        assertThat(output.formatOk()).isTrue();
        assertThat(output.rating()).hasValue(Double.parseDouble(number.strip()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "6",
                "5.01",
                "0.99",
                "4.255",
                "4/5",
                "4 stars",
                "+4",
                "-4",
                "4e0",
                "4.",
                ".5",
                "04",
                "4,5",
                "four",
                "NaN",
                "Infinity",
                "4 5",
                "4 . 5",
                "\u0664",
                "...",
                "10"
            })
    void refusesEverythingElse(String number) {
        ParsedOutput output = fourSteps.parse(WELL_FORMED.replace("4.25", number), true);
        assertThat(output.failedTests()).containsExactly(FormatTest.NUMBER);
        assertThat(output.rating()).isEmpty();
    }

    @Test
    void twoRateBlocksGiveNoRating() {
        ParsedOutput output = fourSteps.parse(WELL_FORMED + "<rate>4.25</rate>", true);
        assertThat(output.rating()).isEmpty();
        assertThat(output.failedTests()).contains(FormatTest.TAGS, FormatTest.NUMBER, FormatTest.TAIL);
    }

    @Test
    void aRateBlockThatClosesBeforeItOpensGivesNoRating() {
        assertThat(none.parse("</rate>4<rate>", true).rating()).isEmpty();
        assertThat(none.parse("</rate>4<rate>", true).formatOk()).isFalse();
    }

    @Test
    void noDigitsMayFollowTheRating() {
        assertThat(fourSteps.parse(WELL_FORMED + "or 5", true).failedTests()).containsExactly(FormatTest.TAIL);
        assertThat(fourSteps.parse(WELL_FORMED + "That is all.", true).formatOk())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ufffd", "\u0000", "\u0007", "\u001b", "\u0085"})
    void unreadableCharactersFail(String character) {
        ParsedOutput output = fourSteps.parse(WELL_FORMED.replace("speaks", character + "speaks"), true);
        assertThat(output.failedTests()).containsExactly(FormatTest.READABLE);
        assertThat(output.rating()).hasValue(4.25);
    }

    @Test
    void tabsAndLineEndsAreReadable() {
        assertThat(fourSteps
                        .parse(WELL_FORMED.replace("speaks", "\t\r\nspeaks"), true)
                        .formatOk())
                .isTrue();
    }

    @Test
    void aCompletionThatWasCutOffFailsButKeepsItsRating() {
        ParsedOutput output = fourSteps.parse(WELL_FORMED, false);
        assertThat(output.failedTests()).containsExactly(FormatTest.FINISHED);
        assertThat(output.rating()).hasValue(4.25);
    }

    @Test
    void anEmptyCompletionPassesOnlyWhatNeedsNoBlock() {
        ParsedOutput output = fourSteps.parse("", true);
        assertThat(output.failedTests())
                .isEqualTo(Set.of(
                        FormatTest.TAGS, FormatTest.ORDER, FormatTest.CONTENT, FormatTest.NUMBER, FormatTest.TAIL));
        assertThat(output.share()).isEqualTo(2 / 7.0);
    }

    @Test
    void withoutThinkingOnlyTheRateBlockIsAsked() {
        ParsedOutput output = none.parse("<rate> 3.5 </rate>", true);
        assertThat(output.formatOk()).isTrue();
        assertThat(output.share()).isEqualTo(1);
        assertThat(none.parse("3.5", true).share()).isEqualTo(2 / 6.0);
        assertThat(output.rating()).hasValue(3.5);
        assertThat(none.parse("3.5", true).formatOk()).isFalse();
    }

    @Test
    void freeThinkingAsksForTwoBlocks() {
        ParsedOutput output = free.parse("<think>because</think>\n<rate>2</rate>", true);
        assertThat(output.formatOk()).isTrue();
        assertThat(output.think()).contains("because");
        assertThat(output.user()).isEmpty();
        assertThat(free.parse("<rate>2</rate><think>because</think>", true).failedTests())
                .containsExactly(FormatTest.ORDER);
        assertThat(free.parse("<think> </think><rate>2</rate>", true).failedTests())
                .containsExactly(FormatTest.CONTENT);
        assertThat(free.parse("<rate>2</rate>", true).rating()).hasValue(2);
    }

    @Test
    void widerScalesTakeMoreDigits() {
        OutputGrammar ten = OutputGrammar.of(ThinkMode.NONE, 1, 10);
        assertThat(ten.parse("<rate>10</rate>", true).rating()).hasValue(10);
        assertThat(ten.parse("<rate>7.25</rate>", true).rating()).hasValue(7.25);
        assertThat(ten.parse("<rate>10.01</rate>", true).rating()).isEmpty();
        assertThat(ten.parse("<rate>07</rate>", true).rating()).isEmpty();
        OutputGrammar halfStars = OutputGrammar.of(ThinkMode.NONE, 0.5, 5);
        assertThat(halfStars.parse("<rate>0.5</rate>", true).rating()).hasValue(0.5);
        assertThat(halfStars.parse("<rate>0.49</rate>", true).rating()).isEmpty();
    }

    @Test
    void refusesAScaleThatIsNone() {
        assertThatThrownBy(() -> OutputGrammar.of(ThinkMode.NONE, 5, 1)).hasMessageContaining("5.0 to 1.0");
    }
}
