package io.recthink.teacher;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.CommonSections;
import io.recthink.prompt.ContentRule;
import io.recthink.prompt.OutputGrammar;
import io.recthink.prompt.ThinkMode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TraceCheckTest {
    private static final String TRACE =
            """
            Sure, here it is:
            <analyze user>likes straps</analyze user>
            <analyze item>  a strap
            for lamps </analyze item><match>it fits</match>
            <rate>%s</rate> I hope this helps.""";
    private static final String COMPLETION =
            """
            <analyze user>
            likes straps
            </analyze user>
            <analyze item>
            a strap
            for lamps
            </analyze item>
            <match>
            it fits
            </match>
            <rate>%s</rate>""";

    @Test
    void anAlignedTraceEndsInTheTrueRatingAndLosesTheTalkAroundIt() {
        assertThat(check().trace(answer("4.4"), 4).completion()).isEqualTo(COMPLETION.formatted("4"));
        assertThat(check().trace(answer("3.9"), 3.5).completion()).isEqualTo(COMPLETION.formatted("3.5"));
        assertThat(check().trace(answer("4.5"), 4).rejection()).contains(Rejection.OTHER_RATING);
        assertThat(check("coldStart.alignedWithin=1").trace(answer("4.5"), 4).rejection())
                .isEmpty();
    }

    @Test
    void theTeachersOwnRatingStaysWhereTheFormAloneIsTaught() {
        TraceCheck.Checked checked = check("coldStart.ratings=teacher").trace(answer("2"), 5);
        assertThat(checked.completion()).isEqualTo(COMPLETION.formatted("2"));
        assertThat(checked.rating()).isEqualTo(2);
    }

    @Test
    void eachReasonHasItsAnswer() {
        assertThat(rejection("", "stop")).contains(Rejection.EMPTY);
        assertThat(rejection(" \n", "stop")).contains(Rejection.EMPTY);
        assertThat(rejection(TRACE.formatted("4"), "length")).contains(Rejection.CUT_OFF);
        assertThat(rejection(TRACE.formatted("4"), "content_filter")).contains(Rejection.FILTERED);
        assertThat(rejection("4 stars", "stop")).contains(Rejection.MALFORMED);
        assertThat(rejection(TRACE.formatted("9"), "stop")).contains(Rejection.MALFORMED);
        assertThat(rejection(TRACE.formatted("4").replace("strap", "<|im_end|>\u0007"), "stop"))
                .contains(Rejection.MALFORMED);
        assertThat(rejection(TRACE.formatted("4"), "tool_calls")).isEmpty();
        OutputGrammar wordy = OutputGrammar.of(ThinkMode.FOUR_STEPS, 1, 5).asking(new ContentRule(3, List.of()));
        assertThat(new TraceCheck(wordy, settings()).trace(answer("4"), 4).rejection())
                .contains(Rejection.FEW_WORDS);
    }

    @Test
    void anAnswerWithAWordOfTheExampleIsRejected() {
        for (String word : List.of("lamps", "Lamps", "strap")) {
            TraceCheck check = check("coldStart.foreign=[kettle, %s]".formatted(word));
            assertThat(check.trace(answer("4"), 4).rejection()).contains(Rejection.FOREIGN_WORD);
            assertThat(check.rationale(answer("4"), 4).rejection()).contains(Rejection.FOREIGN_WORD);
        }
        assertThat(check("coldStart.foreign=[lamp, trap]").trace(answer("4"), 4).rejection())
                .as("a part of a word is no word")
                .isEmpty();
    }

    @Test
    void aRationaleHasExactlyTheTrueRatingAndDoesNotTellOfIt() {
        assertThat(check().rationale(answer("4"), 4).completion()).isEqualTo(COMPLETION.formatted("4"));
        assertThat(check().rationale(answer("4.0"), 4).rejection()).isEmpty();
        assertThat(check().rationale(answer("4.2"), 4).rejection()).contains(Rejection.OTHER_RATING);
        TeacherAnswer tells = new TeacherAnswer(
                TRACE.formatted("4").replace("it fits", "it fits the  Actual\nRating"), TeacherAnswer.STOP);
        assertThat(check().rationale(tells, 4).rejection()).contains(Rejection.FORBIDDEN_PHRASE);
        // Of Qwen2.5-Coder-1.5B-Instruct, asked for a rationale.
        for (String quote : List.of(
                "The user gave the target item the rating 4 because it fits",
                "The user gave the item a rating of 4.0 because it fits")) {
            TeacherAnswer quotes =
                    new TeacherAnswer(TRACE.formatted("4").replace("it fits", quote), TeacherAnswer.STOP);
            assertThat(check().rationale(quotes, 4).rejection()).contains(Rejection.FORBIDDEN_PHRASE);
        }
        assertThat(check("coldStart.forbidden=[]").rationale(tells, 4).rejection())
                .isEmpty();
        assertThat(check().trace(tells, 4).rejection()).isEmpty();
    }

    private static Optional<Rejection> rejection(String text, String finish) {
        return check().trace(new TeacherAnswer(text, finish), 4).rejection();
    }

    private static TeacherAnswer answer(String rating) {
        return new TeacherAnswer(TRACE.formatted(rating), TeacherAnswer.STOP);
    }

    private static TraceCheck check(String... settings) {
        return new TraceCheck(OutputGrammar.of(ThinkMode.FOUR_STEPS, 1, 5), settings(settings));
    }

    private static ColdStartSettings settings(String... settings) {
        return CommonSections.SECTIONS.read("test", "", List.of(settings)).get(ColdStartSettings.class);
    }
}
