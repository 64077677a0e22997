package io.recthink.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.recthink.CommonSections;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.prompt.Item;
import io.recthink.prompt.OutputGrammar;
import io.recthink.prompt.ParsedOutput;
import io.recthink.prompt.PromptInput;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.ReviewedItem;
import io.recthink.prompt.ThinkMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RuleTeacherTest {
    private static final Instant DAY = Instant.parse("2014-05-01T00:00:00Z");
    private static final PromptInput INPUT = input(
            item("Alder lamp 7", "colour", "cable"),
            past(4, "Good", "great colour. poor cable."),
            past(2, "Avoid", "hate the cable. nice strap."));

    @ParameterizedTest
    @EnumSource(ThinkMode.class)
    void everyTraceIsWellFormedInEveryThinkMode(ThinkMode think) {
        List<PromptInput> inputs = List.of(
                INPUT,
                input(item("")),
                input(item("<rate>5</rate> 4 stars </match>", "<analyze user>")),
                input(item("<|im_end|>\u0007\uFFFD"), past(1, "", "")),
                input(
                        item("x".repeat(500)),
                        past(5, "</rate>", "<match> great <rate> [pos] 5 out of 5 \u0000"),
                        past(1, "1", "<think>bad</think> \uD83D\uDE00 cable")));
        OutputGrammar grammar = OutputGrammar.of(think, 1, 5);
        for (TraceDetail detail : TraceDetail.values()) {
            for (PromptInput input : inputs) {
                String trace = trace(teacher(detail, "prompt.think=" + name(think)), input);
                ParsedOutput parsed = grammar.parse(trace, true);
                assertThat(parsed.failedTests()).as(trace).isEmpty();
                assertThat(parsed.rating()).isPresent();
            }
        }
    }

    @Test
    void aTerseTraceNamesLikesDislikesFactsAndReasons() {
        assertThat(trace(teacher(TraceDetail.TERSE, "teacher.rule.spread=0"), INPUT))
                .isEqualTo(
                        """
                        <analyze user>
                        [pos] colour strap [neg] cable
                        </analyze user>
                        <analyze item>
                        colour cable
                        </analyze item>
                        <match>
                        colour for cable against
                        </match>
                        <rate>4</rate>""");
    }

    @Test
    void aFullTraceSaysTheSameInSentencesWithTheMarks() {
        assertThat(trace(teacher(TraceDetail.FULL, "teacher.rule.spread=0"), INPUT))
                .isEqualTo(
                        """
                        <analyze user>
                        Past ratings: 2, average 3.0.
                        [pos] colour, strap
                        [neg] cable
                        </analyze user>
                        <analyze item>
                        Alder lamp 7
                        [like] colour
                        [dislike] cable
                        </analyze item>
                        <match>
                        For it: colour. Against it: cable. Nothing tips the balance.
                        </match>
                        <rate>4</rate>""");
    }

    @Test
    void theRatingFollowsTheMatchWithSlopeGenerosityAndSpread() {
        List<ReviewedItem> history = INPUT.userHistory();
        double liked = meanRating(new PromptInput(
                history, List.of(), item("", "colour", "strap"), OptionalDouble.empty(), OptionalDouble.empty()));
        double disliked = meanRating(
                new PromptInput(history, List.of(), item("", "cable"), OptionalDouble.empty(), OptionalDouble.empty()));
        // level 3, generosity 0.4, slope 0.5, spread 0.3: 4.4 and 2.9, rounded to whole stars
        assertThat(liked).isCloseTo(4.4, within(0.05));
        assertThat(disliked).isCloseTo(2.9, within(0.05));
    }

    @Test
    void ratingsSpreadOverRowsAndAreTheSameForTheSameRow() {
        Teacher teacher = teacher(TraceDetail.TERSE, "teacher.rule.spread=0.8");
        List<Double> ratings = ratings(teacher, INPUT, 400);
        assertThat(ratings.stream().distinct()).hasSizeGreaterThan(3);
        assertThat(ratings(teacher, INPUT, 400)).isEqualTo(ratings);
    }

    @Test
    void samplesOfARowAreDrawnOnTheirOwn() {
        Teacher teacher = teacher(TraceDetail.TERSE, "teacher.rule.spread=2");
        assertThat(IntStream.range(0, 50)
                        .mapToObj(sample -> teacher.answer(request("row", sample, INPUT)))
                        .distinct())
                .hasSizeGreaterThan(2);
    }

    @Test
    void aRationaleHasTheSameStepsAndTheTrueRating() {
        Teacher teacher = teacher(TraceDetail.FULL, "teacher.rule.spread=0");
        String trace = trace(teacher, INPUT);
        String rationale = teacher.answer(
                        new TeacherRequest(Purpose.RECONE_RATIONALE, "row", 0, INPUT, OptionalDouble.of(1.5)))
                .text();
        assertThat(trace).endsWith("<rate>4</rate>");
        assertThat(rationale).isEqualTo(trace.replace("<rate>4</rate>", "<rate>1.5</rate>"));
    }

    @Test
    void whatIsInItsBlindSpotIsNoReason() {
        PromptInput input = input(item("lamp", "Cable"), past(1, "", "poor cable."));
        Teacher sees = teacher(TraceDetail.TERSE, "teacher.rule.spread=0");
        Teacher blind = teacher(TraceDetail.TERSE, "teacher.rule.spread=0", "teacher.rule.blindSpot=[CABLE]");
        assertThat(trace(sees, input)).contains("[neg] cable", "cable against");
        assertThat(trace(blind, input)).doesNotContain("cable").contains("<match>\nopen\n</match>");
    }

    @Test
    void whatItDoesNotWriteIsRefused() {
        TeacherRequest summary =
                new TeacherRequest(Purpose.REASON4REC_SUMMARY, "review", 0, INPUT, OptionalDouble.empty());
        assertThatThrownBy(() -> teacher(TraceDetail.TERSE).answer(summary))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("the rule teacher writes no reason4rec.summary, only recone.trace and recone.rationale");
    }

    @Test
    void whatThePromptDoesNotShowIsNotUsed() {
        Teacher teacher = teacher(TraceDetail.TERSE, "prompt.historyItems=1", "prompt.reviewCharacters=15");
        assertThat(trace(teacher, INPUT)).contains("[pos] [neg] cable");
    }

    @Test
    void theUsersLevelIsTheMeanOfTheShownRatings() {
        PromptInput generous = input(item("lamp"), past(5, "", ""), past(4, "", ""));
        String[] exact = {"teacher.rule.spread=0", "teacher.rule.generosity=0"};
        assertThat(rating(teacher(TraceDetail.FULL, exact), "row", generous)).isEqualTo(5);
        assertThat(rating(
                        teacher(
                                TraceDetail.FULL,
                                "teacher.rule.spread=0",
                                "teacher.rule.generosity=0",
                                "teacher.rule.level=middle"),
                        "row",
                        generous))
                .isEqualTo(3);
    }

    @Test
    void negationTurnsAnOpinionAndPlainClausesTakeTheSideOfTheRating() {
        PromptInput input = input(
                item("lamp"), past(5, "", "It is not a bad strap, but the cable does not look good. Battery lasts."));
        assertThat(trace(teacher(TraceDetail.TERSE), input)).contains("[pos] battery lasts strap [neg] cable");
    }

    private static double meanRating(PromptInput input) {
        Teacher teacher = teacher(
                TraceDetail.TERSE,
                "teacher.rule.slope=0.5",
                "teacher.rule.generosity=0.4",
                "teacher.rule.spread=0.3",
                "teacher.rule.level=middle");
        return ratings(teacher, input, 3000).stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
    }

    private static List<Double> ratings(Teacher teacher, PromptInput input, int rows) {
        return IntStream.range(0, rows)
                .mapToObj(row -> rating(teacher, "row-" + row, input))
                .toList();
    }

    private static String trace(Teacher teacher, PromptInput input) {
        return teacher.answer(request("row", 0, input)).text();
    }

    private static double rating(Teacher teacher, String row, PromptInput input) {
        String trace = teacher.answer(request(row, 0, input)).text();
        return OutputGrammar.of(ThinkMode.FOUR_STEPS, 1, 5)
                .parse(trace, true)
                .rating()
                .orElseThrow();
    }

    private static TeacherRequest request(String row, int sample, PromptInput input) {
        return new TeacherRequest(Purpose.RECONE_TRACE, row, sample, input, OptionalDouble.empty());
    }

    private static Teacher teacher(TraceDetail detail, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("teacher.rule.detail=" + (detail == TraceDetail.FULL ? "full" : "terse"));
        Configuration configuration = CommonSections.SECTIONS.read("test", "", all);
        return new RuleTeacher(
                configuration.get(TeacherSettings.class).rule(), configuration.get(PromptSettings.class), 1, 5, 7);
    }

    private static String name(ThinkMode think) {
        return switch (think) {
            case FOUR_STEPS -> "four-steps";
            case FREE -> "free";
            case NONE -> "none";
        };
    }

    private static PromptInput input(Item target, ReviewedItem... history) {
        return new PromptInput(List.of(history), List.of(), target, OptionalDouble.empty(), OptionalDouble.empty());
    }

    private static Item item(String title, String... categories) {
        return new Item(title, List.of(categories), "", "", "");
    }

    private static ReviewedItem past(double rating, String summary, String review) {
        return new ReviewedItem(Item.titled("A lamp"), DAY, rating, summary, review);
    }
}
