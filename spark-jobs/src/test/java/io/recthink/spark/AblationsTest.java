package io.recthink.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.recthink.config.Configuration;
import io.recthink.prompt.OutputGrammar;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.PromptTemplate;
import io.recthink.prompt.ThinkMode;
import io.recthink.reward.RewardFunction;
import io.recthink.reward.RewardSettings;
import io.recthink.spark.table.PredictSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lines of settings that docs/training.md gives for the paper's ablations, against the paper's formulas. */
class AblationsTest {
    private static final Path PAGE = Path.of("..", "docs", "training.md");
    private static final Map<String, List<String>> LINES = lines();

    private static final String MARKED =
            """
            <analyze user>
            (1) Strings
            [like] tone
            [dislike] price
            Overall
            [pos] tone
            [neg] noise
            </analyze user>
            <analyze item>Capo [like] firm [dislike] dear</analyze item>
            <match>fits</match>
            <rate>RATING</rate>""";

    /** Answers in four steps: with all marks, with one missing or misplaced, and malformed. */
    private static final List<String> FOUR_STEPS = List.of(
            MARKED,
            MARKED.replace("[like] tone", "tone"),
            MARKED.replace("[dislike] price", "price"),
            MARKED.replace("[pos]", ""),
            MARKED.replace("[neg]", "[Neg]"),
            MARKED.replace("(1) Strings", "Strings"),
            MARKED.replace("(1) Strings", "1. Strings"),
            MARKED.replace("(1) Strings", "(1)Strings"),
            MARKED.replace("(1) Strings", "(1)"),
            MARKED.replace("Capo [like]", "Capo"),
            MARKED.replace("[dislike] dear", "dear"),
            MARKED.replace("[like] firm [dislike] dear", "[dislike] dear [like] firm"),
            MARKED.replace("[like] firm", "[dislike] dear [like] firm"),
            MARKED.replaceAll("\\[[a-z]*]", ""),
            MARKED.replace("<match>fits</match>", ""),
            MARKED.replace("fits", " "),
            MARKED.replace("<match>fits</match>", "<match>fits</match><match>fits</match>"),
            "That is all. " + MARKED + " Done.");

    /** Answers in one free block: well formed, blank, and in the wrong order. */
    private static final List<String> FREE = List.of(
            "<think>It fits.</think><rate>RATING</rate>",
            "<think>\n</think><rate>RATING</rate>",
            "<rate>RATING</rate><think>It fits.</think>");

    /** Answers without thinking; in the other modes all of them are malformed. */
    private static final List<String> NONE = List.of(
            "<rate>RATING</rate>",
            "<rate>RATING</rate> or 3",
            "<rate>RATING</rate><rate>RATING</rate>",
            "<rate>RATING stars</rate>",
            "<rate>four</rate>",
            "RATING",
            "");

    private static final List<String> RATINGS = List.of("0.5", "1", "3.5", "4.25", "4.70", "5", "10");
    private static final double[] TRUTHS = {0.5, 1, 3.5, 4.7, 5, 10};
    private static final double[][] SCALES = {{1, 5}, {1, 10}, {0.5, 5}};

    /** A formula of {@link PlainScores}. */
    private interface Formula {
        double score(PlainScores plain, String answer, boolean finished, double truth);
    }

    @Test
    void everyLineIsTriedHere() {
        assertThat(LINES)
                .containsOnlyKeys(
                        "No thinking (paper)",
                        "No thinking (published code)",
                        "No multi-step thinking (paper)",
                        "No multi-step thinking (published code)",
                        "Correctness only (paper)",
                        "Correctness only (published code)",
                        "SFT only");
    }

    @ParameterizedTest
    @CsvSource({"No thinking (paper), NONE", "No multi-step thinking (paper), FREE"})
    void thePaperChangesTheThinkingAndKeepsTheReward(String ablation, ThinkMode think) {
        Configuration configuration = configuration("", ablation, "reward.minWords=0");
        assertThat(configuration.get(PromptSettings.class).think()).isEqualTo(think);
        assertEarns(configuration, PlainScores::paper);
    }

    /** Also on top of configurations that set other rewards. */
    @ParameterizedTest
    @CsvSource({"No thinking (published code), NONE", "No multi-step thinking (published code), FREE"})
    void theCodeOfTheThinkingAblationsGivesThreeLessHalfTheError(String ablation, ThinkMode think) throws IOException {
        for (String file : files()) {
            Configuration configuration = configuration(file, ablation);
            assertThat(configuration.get(PromptSettings.class).think()).isEqualTo(think);
            assertEarns(configuration, PlainScores::thinkingOfCode);
        }
    }

    @Test
    void thePaperRewardsCorrectnessWithTwo() throws IOException {
        for (String file : files()) {
            assertEarns(configuration(file, "Correctness only (paper)"), PlainScores::correctnessOfPaper);
        }
    }

    @Test
    void theCodeAlsoPunishesErrorsAndAnswersWithoutMarks() throws IOException {
        for (String file : files()) {
            Configuration configuration = configuration(file, "Correctness only (published code)");
            assertEarns(configuration, PlainScores::correctnessOfCode);
            assertThat(new PromptTemplate(configuration.get(PromptSettings.class), 1, 5).asksForMarks())
                    .isTrue();
        }
    }

    /** The numbers that the page states, so that a common error of both computations cannot hide. */
    @ParameterizedTest
    @CsvSource({
        "No thinking (published code), <rate>5</rate>, 5, 3",
        "No thinking (published code), <rate>1</rate>, 5, 1",
        "No thinking (published code), <rate>4.25</rate>, 4.75, 2.75",
        "No thinking (published code), 5, 5, -1",
        "No thinking (published code), <rate>5</rate> or 4, 5, -1",
        "No multi-step thinking (published code), <think>so</think><rate>3.5</rate>, 4, 2.75",
        "No multi-step thinking (published code), <rate>4</rate>, 4, -1",
        "Correctness only (paper), <rate>4</rate>, 4, 2",
        "Correctness only (paper), <rate>4</rate>, 4.5, 0",
        "Correctness only (paper), four, 4, 0",
        "Correctness only (published code), MARKED, 4, 3",
        "Correctness only (published code), MARKED, 4.5, -0.5",
        "Correctness only (published code), MARKED or 4, 4, -1",
        "Correctness only (published code), <rate>4</rate>, 4, -1"
    })
    void theNumbersOfThePage(String ablation, String answer, double truth, double total) {
        String text = answer.replace("MARKED", MARKED.replace("RATING", "4"));
        assertThat(function(configuration("", ablation), 1, 5)
                        .of(text, true, truth)
                        .total())
                .isEqualTo(total);
    }

    @Test
    void onlyTheWarmStartPredictsWithoutReinforcement() {
        Configuration configuration = configuration("predict: {policies: {RecOne: run}}", "SFT only");
        assertThat(configuration.get(PredictSettings.class).policies())
                .isEqualTo(Map.of("SFT only", configuration.paths().warmStart()));
    }

    private static void assertEarns(Configuration configuration, Formula formula) {
        ThinkMode think = configuration.get(PromptSettings.class).think();
        for (double[] scale : SCALES) {
            PlainScores plain = PlainScores.of(think, scale[0], scale[1]);
            RewardFunction function = function(configuration, scale[0], scale[1]);
            for (String answer : answers(think)) {
                for (double truth : TRUTHS) {
                    if (truth >= plain.min() && truth <= plain.max()) {
                        assertEarns(function, answer, true, truth, formula.score(plain, answer, true, truth));
                    }
                }
                assertEarns(function, answer, false, 5, formula.score(plain, answer, false, 5));
            }
        }
    }

    private static void assertEarns(
            RewardFunction function, String answer, boolean finished, double truth, double total) {
        assertThat(function.of(answer, finished, truth).total())
                .as("truth %s, finished %s, answer %s", truth, finished, answer)
                .isCloseTo(total, within(1e-12));
    }

    private static List<String> answers(ThinkMode think) {
        Stream<String> own =
                switch (think) {
                    case FOUR_STEPS -> FOUR_STEPS.stream();
                    case FREE -> FREE.stream();
                    case NONE -> Stream.of();
                };
        List<String> forms = Stream.concat(own, NONE.stream()).toList();
        return RATINGS.stream()
                .flatMap(rating -> forms.stream().map(form -> form.replace("RATING", rating)))
                .distinct()
                .toList();
    }

    private static RewardFunction function(Configuration configuration, double min, double max) {
        PromptSettings prompt = configuration.get(PromptSettings.class);
        RewardSettings reward = configuration.get(RewardSettings.class).withScale(min, max);
        List<String> instruction = new PromptTemplate(prompt, min, max).instruction();
        return new RewardFunction(reward, reward.withTests(OutputGrammar.of(prompt.think(), min, max), instruction));
    }

    private static List<String> files() throws IOException {
        return List.of(
                "",
                Files.readString(Path.of("..", "conf", "paper.yaml")),
                Files.readString(Path.of("..", "conf", "qwen-amazon.yaml")),
                "reward: {shape: l2, formatGrading: tags, maxError: 3, truncateTruth: true, minWords: 5}");
    }

    private static Configuration configuration(String file, String ablation, String... before) {
        List<String> settings = new ArrayList<>(List.of(before));
        settings.addAll(LINES.get(ablation));
        return JobSettings.SECTIONS.read("test", file, settings);
    }

    /** The settings of each row of the table, by the name of the ablation. */
    private static Map<String, List<String>> lines() {
        try {
            String page = Files.readString(PAGE);
            String table = page.substring(page.indexOf("| ablation | settings |"));
            Map<String, List<String>> lines = new LinkedHashMap<>();
            table.lines().skip(2).takeWhile(line -> line.startsWith("|")).forEach(line -> {
                String[] cells = line.split("\\|", -1);
                lines.put(
                        cells[1].strip(),
                        Pattern.compile("`([^`]+)`")
                                .matcher(cells[2])
                                .results()
                                .map((MatchResult code) -> code.group(1))
                                .toList());
            });
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
