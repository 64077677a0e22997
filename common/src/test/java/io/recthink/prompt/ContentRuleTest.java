package io.recthink.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.recthink.CommonSections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentRuleTest {
    private static final String INSTRUCTION =
            """
            Say what this user liked and disliked about
            each past purchase, after the mark [like].
            [like] ...
            (1) name of the item
            """;
    private static final String HONEST =
            "She praises the bronze strings for their warm tone but finds the pedal noisy.";
    private final ContentRule rule = new ContentRule(10, List.of(INSTRUCTION));

    @Test
    void aBlockNeedsDifferentWords() {
        assertThat(rule.holds(HONEST)).isTrue();
        assertThat(rule.holds("one two three four five six seven eight nine ten"))
                .isTrue();
        assertThat(rule.holds("one two three four five six seven eight nine")).isFalse();
        assertThat(rule.holds("Warm tone, WARM tone, warm Tone. warm tone! warm tone? warm tone; warm tone"))
                .isFalse();
        assertThat(rule.holds("1 2 3 4 5 6 7 8 9 10 11 12")).isFalse();
        assertThat(rule.holds("")).isFalse();
    }

    @Test
    void whatIsCopiedFromTheInstructionDoesNotCount() {
        assertThat(rule.holds("Say what this user liked and disliked about each past purchase, after the mark."))
                .isFalse();
        assertThat(rule.holds("SAY: what this\nuser liked\nand disliked about each\npast purchase\nafter the mark"))
                .isFalse();
        assertThat(rule.holds("each past purchase after the mark bronze strings pedal tuner capo cable stand"))
                .isFalse();
        assertThat(rule.holds("user\nliked\ndisliked\npurchase\nmark\nname\nitem\nafter\npast\neach\nlike\nwhat"))
                .isFalse();
        assertThat(rule.holds(HONEST + "\nname of the item")).isTrue();
    }

    @Test
    void wordsOfTheInstructionInSentencesOfTheirOwnCount() {
        assertThat(rule.holds("The user liked bronze, disliked each pedal, and after this purchase liked the mark"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"...", "[like] ...", "[like]...", "Likes: ....", "(2) \u2026", "warm\n  ... \ntone", "end ..."})
    void dotsInPlaceOfWordsAreRefused(String line) {
        assertThat(rule.holds(HONEST + "\n" + line + "\n" + HONEST)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"well...", "warm ... but noisy", "Good.", "It hums\u2026"})
    void dotsThatEndOrPartASentenceAreText(String line) {
        assertThat(rule.holds(HONEST + "\n" + line)).isTrue();
    }

    @Test
    void charactersAreWordsWhereBlanksDoNotPartThem() {
        assertThat(rule.holds("弦の音色は温かいがペダルは雑音が多い")).isTrue();
        assertThat(rule.holds("音が良い")).isFalse();
        assertThat(rule.holds("Der Käufer lobt die warmen Saiten, findet aber das Pedal laut"))
                .isTrue();
    }

    @Test
    void everyThinkBlockIsAskedAndNoRatingDependsOnIt() {
        String hollow = trace(HONEST, HONEST, "[like] ...");
        OutputGrammar grammar = OutputGrammar.of(ThinkMode.FOUR_STEPS, 1, 5).asking(rule);
        assertThat(grammar.parse(trace(HONEST, HONEST, HONEST), true).failedTests())
                .isEmpty();
        ParsedOutput parsed = grammar.parse(hollow, true);
        assertThat(parsed.failedTests()).containsExactly(FormatTest.OWN_WORDS);
        assertThat(parsed.rating()).hasValue(4);
        assertThat(parsed.share()).isEqualTo(9 / 10.0);
        assertThat(grammar.parse(trace(HONEST, "one two three four", "..."), true)
                        .share())
                .isCloseTo((7 + 1 + 0.4) / 10, within(1e-12));
        assertThat(grammar.parse("one two three four", true).share()).isEqualTo(2 / 10.0);
        for (List<String> blocks : List.of(List.of("good", HONEST, HONEST), List.of(HONEST, "good", HONEST))) {
            String trace = trace(blocks.get(0), blocks.get(1), blocks.get(2));
            assertThat(grammar.parse(trace, true).failedTests()).containsExactly(FormatTest.OWN_WORDS);
        }
        assertThat(grammar.afterPrompt("<analyze user>").parse(hollow, true).failedTests())
                .containsExactly(FormatTest.OWN_WORDS);
    }

    @Test
    void withoutARuleOrAThinkBlockNothingMoreIsAsked() {
        OutputGrammar plain = OutputGrammar.of(ThinkMode.FOUR_STEPS, 1, 5);
        ParsedOutput parsed =
                plain.asking(new ContentRule(0, List.of(INSTRUCTION))).parse(trace("a", "...", "c"), true);
        assertThat(parsed).isEqualTo(plain.parse(trace("a", "...", "c"), true));
        assertThat(parsed.formatOk()).isTrue();
        assertThat(parsed.share()).isEqualTo(1);
        ParsedOutput none = OutputGrammar.of(ThinkMode.NONE, 1, 5).asking(rule).parse("<rate>4</rate>", true);
        assertThat(none.formatOk()).isTrue();
        assertThat(none.share()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = ThinkMode.class,
            names = {"FOUR_STEPS", "FREE"})
    void anInstructionThatIsCopiedIsNotWellFormedInEitherLayout(ThinkMode think) {
        for (PromptLayout layout : PromptLayout.values()) {
            PromptSettings settings = CommonSections.SECTIONS
                    .read("test", "", List.of("prompt.layout=" + layout.name().toLowerCase(Locale.ROOT)))
                    .get(PromptSettings.class);
            List<String> instruction = new PromptTemplate(settings, 1, 5).instruction();
            String copy = String.join("\n", instruction).replaceAll("</?[a-z ]+>", "");
            ContentRule ofPrompt = new ContentRule(10, instruction);
            assertThat(ofPrompt.holds(copy)).isFalse();
            assertThat(ofPrompt.holds(copy.replace("...", ""))).isFalse();
            assertThat(ofPrompt.holds(HONEST)).isTrue();
        }
    }

    private static String trace(String user, String item, String match) {
        return "<analyze user>%s</analyze user><analyze item>%s</analyze item><match>%s</match><rate>4</rate>"
                .formatted(user, item, match);
    }
}
