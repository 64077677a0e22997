package io.recthink.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.recthink.CommonSections;
import io.recthink.prompt.ContentRule;
import io.recthink.prompt.FormatTest;
import io.recthink.prompt.OutputGrammar;
import io.recthink.prompt.ThinkMode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RewardFunctionTest {
    private static final OutputGrammar GRAMMAR = OutputGrammar.of(ThinkMode.FOUR_STEPS, 1, 5);
    private static final OutputGrammar HALF_STARS = OutputGrammar.of(ThinkMode.FOUR_STEPS, 0.5, 5);

    private final RewardFunction paper = function(RewardShape.L1, 0.5, FormatGrading.STRICT, 4, false, false);
    private final RewardFunction code = function(RewardShape.L1, 1, FormatGrading.STRICT, 2, true, true);

    @ParameterizedTest
    @CsvSource({"5, 5, 1.5", "5, 1, 0.5", "4, 3.5, 1.375", "1, 2.25, 1.1875"})
    void paperAddsHalfForFormToOneMinusTheScaledError(double truth, String rating, double total) {
        assertThat(paper.of(wellFormed(rating), true, truth).total()).isEqualTo(total);
    }

    @Test
    void paperGivesMinusHalfWithoutARating() {
        assertThat(paper.of("I would say four", true, 4)).isEqualTo(new Reward(-0.5, 0));
    }

    @Test
    void paperStillCountsTheRatingOfAMalformedCompletion() {
        assertThat(paper.of("<rate>4</rate>", true, 4)).isEqualTo(new Reward(-0.5, 1));
        assertThat(paper.of("<rate>1</rate>", true, 5).total()).isEqualTo(-0.5);
    }

    @ParameterizedTest
    @CsvSource({"5, 5, 2", "5, 1, 0", "3, 4, 1.5", "4.7, 4, 2"})
    void publishedCodeTruncatesTheTruthAndHalvesTheError(double truth, String rating, double total) {
        assertThat(code.of(wellFormed(rating), true, truth).total()).isEqualTo(total);
    }

    @Test
    void publishedCodeGivesMinusOneWhenMalformed() {
        assertThat(code.of("<rate>4</rate>", true, 4)).isEqualTo(new Reward(-1, 0));
        assertThat(code.of(wellFormed("4"), false, 4).total()).isEqualTo(-1);
    }

    @Test
    void squaredErrorIsGentleNearTheTruthAndHarshFarFromIt() {
        RewardFunction squared = function(RewardShape.L2, 0.5, FormatGrading.STRICT, 4, false, false);
        assertThat(squared.of(wellFormed("3"), true, 4).answer()).isEqualTo(1 - 1 / 16.0);
        assertThat(squared.of(wellFormed("1"), true, 5).answer()).isZero();
    }

    @Test
    void exactRewardsOnlyTheSameRating() {
        RewardFunction exact = function(RewardShape.EXACT, 0, FormatGrading.STRICT, 4, false, false);
        assertThat(exact.of(wellFormed("4"), true, 4).total()).isEqualTo(1);
        assertThat(exact.of(wellFormed("4.01"), true, 4).total()).isZero();
    }

    @Test
    void aFormatRewardOfZeroHasNoSign() {
        RewardFunction exact = function(RewardShape.EXACT, 0, FormatGrading.STRICT, 4, false, false);
        assertThat(exact.of("<rate>4</rate>", true, 4)).isEqualTo(new Reward(0.0, 1));
        RewardFunction graded = function(RewardShape.EXACT, 0, FormatGrading.TAGS, 4, false, false);
        assertThat(graded.of("", true, 4)).isEqualTo(new Reward(0.0, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "reward.shape=l1, 5, 5, 2",
        "reward.shape=l1, 5, 3.5, 1.25",
        "reward.shape=l2, 5, 5, 2",
        "reward.shape=l2, 5, 4, 1.75",
        "reward.shape=exact, 5, 5, 2",
        "reward.shape=exact, 5, 4, 0"
    })
    void matchIsTheAnswerRewardOfAnExactRating(String shape, double truth, String rating, double answer) {
        RewardFunction two = new RewardFunction(settings(shape, "reward.match=2", "reward.maxError=2"), GRAMMAR);
        assertThat(two.of(wellFormed(rating), true, truth).answer()).isEqualTo(answer);
        assertThat(two.of("none", true, truth).answer()).isZero();
    }

    @Test
    void mismatchIsTheAnswerRewardOfAnyOtherRating() {
        RewardFunction exact = new RewardFunction(settings("reward.shape=exact", "reward.mismatch=-1.5"), GRAMMAR);
        assertThat(exact.of(wellFormed("4"), true, 4).answer()).isEqualTo(1);
        assertThat(exact.of(wellFormed("3.99"), true, 4).answer()).isEqualTo(-1.5);
        assertThat(exact.of("none", true, 4).answer()).isZero();
    }

    @Test
    void theScaleLeavesEveryOtherSettingAsItIs() {
        String[] all = {
            "reward.shape=exact",
            "reward.match=2",
            "reward.mismatch=-1.5",
            "reward.format=1",
            "reward.formatGrading=tags",
            "reward.answerNeedsFormat=true",
            "reward.truncateTruth=true",
            "reward.minWords=3",
            "reward.marks=true"
        };
        RewardSettings known = settings(
                Stream.concat(Stream.of(all), Stream.of("reward.maxError=4.5")).toArray(String[]::new));
        assertThat(settings(all).withScale(0.5, 5)).isEqualTo(known);
        assertThat(known.withScale(1, 10)).isEqualTo(known);
    }

    @Test
    void theSettingsAddTheirTestsToAGrammar() {
        String hollow = wellFormed("4");
        assertThat(settings("reward.minWords=0")
                        .withTests(GRAMMAR, List.of())
                        .parse(hollow, true)
                        .failedTests())
                .isEmpty();
        assertThat(settings("reward.marks=true")
                        .withTests(GRAMMAR, List.of())
                        .parse(hollow, true)
                        .failedTests())
                .containsExactlyInAnyOrder(FormatTest.OWN_WORDS, FormatTest.MARKS);
    }

    @Test
    void gradedFormatIsTheShareOfTheTestsThatHold() {
        RewardFunction graded = function(RewardShape.L1, 0.5, FormatGrading.TAGS, 4, false, false);
        assertThat(graded.of(wellFormed("4"), true, 4).format()).isEqualTo(0.5);
        assertThat(graded.of(wellFormed("4") + " or 3", true, 4).format())
                .isCloseTo(0.5 * (2 * 6 / 7.0 - 1), within(1e-12));
        assertThat(graded.of("", true, 4).format()).isCloseTo(0.5 * (2 * 2 / 7.0 - 1), within(1e-12));
        // Everything that can fail fails.
        assertThat(graded.of("\u0000", false, 4).format()).isEqualTo(-0.5);
    }

    @Test
    void gradedFormatCountsTheWordsOfEachBlock() {
        RewardSettings settings = settings("reward.formatGrading=tags");
        RewardFunction graded = new RewardFunction(settings, GRAMMAR.asking(new ContentRule(10, List.of())));
        String words = "one two three four five six seven eight nine ten";
        String trace = wellFormed("4");
        double hollow = graded.of(trace, true, 4).format();
        double some =
                graded.of(trace.replace(">a<", ">one two three<"), true, 4).format();
        double one = graded.of(trace.replace(">a<", ">" + words + "<"), true, 4).format();
        double all = graded.of(trace.replaceAll(">[abc]<", ">" + words + "<"), true, 4)
                .format();
        assertThat(hollow).isCloseTo(0.5 * (2 * 7.3 / 10 - 1), within(1e-12));
        assertThat(some).isCloseTo(0.5 * (2 * 7.5 / 10 - 1), within(1e-12));
        assertThat(one).isCloseTo(0.5 * (2 * 8.2 / 10 - 1), within(1e-12));
        assertThat(all).isEqualTo(0.5);
    }

    @Test
    void refusesATruthOutsideTheScale() {
        assertThatThrownBy(() -> paper.of(wellFormed("4"), true, 0)).hasMessageContaining("0.0 is outside the scale");
        assertThatThrownBy(() -> paper.of(wellFormed("4"), true, Double.NaN)).hasMessageContaining("NaN");
    }

    @Test
    void otherScalesKeepTheirDecimalsUnlessTruncated() {
        RewardSettings settings = settings("reward.maxError=4.5");
        assertThat(new RewardFunction(settings, HALF_STARS)
                        .of(wellFormed("0.5"), true, 0.5)
                        .answer())
                .isEqualTo(1);
    }

    private static RewardFunction function(
            RewardShape shape, double format, FormatGrading grading, double maxError, boolean needs, boolean truncate) {
        return new RewardFunction(
                new RewardSettings(shape, 1, 0, format, grading, maxError, needs, truncate, 0, false), GRAMMAR);
    }

    private static RewardSettings settings(String... settings) {
        return CommonSections.SECTIONS.read("test", "", List.of(settings)).get(RewardSettings.class);
    }

    private static String wellFormed(String rating) {
        return "<analyze user>a</analyze user><analyze item>b</analyze item><match>c</match><rate>" + rating
                + "</rate>";
    }
}
