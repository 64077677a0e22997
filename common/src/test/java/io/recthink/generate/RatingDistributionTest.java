package io.recthink.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.recthink.Fixtures;
import io.recthink.InvalidInputException;
import io.recthink.learn.Group;
import io.recthink.learn.LogProbabilities;
import io.recthink.model.ModelFolder;
import io.recthink.model.ModelTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RatingDistributionTest {
    private static final int VOCABULARY = 320;
    private static final String TEXT = "<match>likes old songs</match>\n<rate>";
    private static final String CLOSE = "</rate>";
    private static final RatingCandidates HALF_STARS = RatingCandidates.before(1, 5, 0.5, CLOSE);
    private static final double RELATIVE = 1e-4;

    @TempDir
    Path folder;

    static List<String> models() {
        return Fixtures.MODELS;
    }

    @ParameterizedTest
    @MethodSource("models")
    void equalsTheForwardPassOfEachCandidateByItself(String name) {
        try (TestModel model = TestModel.fixture(name)) {
            List<RatingPrefix> prefixes = prefixes(model.tokenizer(), TEXT, HALF_STARS);
            for (int maxRows : new int[] {1, 20, 1000}) {
                List<Optional<RatingDistribution>> distributions =
                        model.generator().ratings(prefixes, maxRows);
                for (int i = 0; i < prefixes.size(); i++) {
                    RatingPrefix prefix = prefixes.get(i);
                    assertIs(distributions.get(i), expected(model, prefix, prefix.written().length));
                }
            }
        }
    }

    @Test
    void countsTheTokensThatFollowWhatAllHaveInCommon() {
        try (TestModel model = TestModel.fixture("llama")) {
            RatingPrefix prefix = prefixes(model.tokenizer(), TEXT, HALF_STARS).get(0);
            int expected = HALF_STARS.texts().stream()
                    .mapToInt(text -> model.tokenizer().encode(TEXT + text).length - prefix.written().length)
                    .sum();
            assertThat(one(model, prefix).orElseThrow().tokens()).isEqualTo(expected);
        }
    }

    @Test
    void keepsTheTokensThatTheModelChoseWhereTheTokenizerHadChosenOthers() {
        try (TestModel model = TestModel.fixture("qwen3")) {
            ModelTokenizer tokenizer = model.tokenizer();
            int[] letters = "<match>likes old songs"
                    .chars()
                    .mapToObj(letter -> tokenizer.encode(Character.toString(letter)))
                    .flatMapToInt(Arrays::stream)
                    .toArray();
            int[] written = CandidateTokens.joined(letters, tokenizer.encode("</match>\n<rate>"));
            assertThat(tokenizer.decode(written)).isEqualTo(TEXT);
            assertThat(written).hasSizeGreaterThan(tokenizer.encode(TEXT).length);
            RatingPrefix prefix = new RatingPrefix(new int[] {7, 8}, written, TEXT, HALF_STARS);
            assertIs(one(model, prefix), expected(model, prefix, written.length));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.", ">4", "4<", ">4 4.", "5< .5", ">1 e> 4<"})
    void scoresTheEndOfThePrefixAgainWhereACandidateMergesWithIt(String merges) throws IOException {
        try (TestModel model = model(tokenizer(ascii(), merges.split(" ")))) {
            ModelTokenizer tokenizer = model.tokenizer();
            int[] text = tokenizer.encode(TEXT);
            int common = HALF_STARS.texts().stream()
                    .mapToInt(candidate -> Arrays.mismatch(text, tokenizer.encode(TEXT + candidate)))
                    .min()
                    .orElseThrow();
            boolean across = merges.contains(">");
            assertThat(common).isLessThanOrEqualTo(across ? text.length - 1 : text.length);
            RatingPrefix prefix = prefixes(tokenizer, TEXT, HALF_STARS).get(1);
            assertIs(one(model, prefix), expected(model, prefix, common));
        }
    }

    @Test
    void takesTheBeginningThatIsInCommonWhereTheModelItselfHasMerged() throws IOException {
        try (TestModel model = model(tokenizer(ascii(), ">4"))) {
            ModelTokenizer tokenizer = model.tokenizer();
            int[] tokens = tokenizer.encode(TEXT + "4</rate>");
            RatingPrefix prefix = RatingPrefix.of(
                            new int[] {5}, completion(tokenizer, tokens), "<rate>", HALF_STARS, tokenizer)
                    .orElseThrow();
            assertThat(prefix.text()).isEqualTo(TEXT);
            assertThat(tokenizer.decode(prefix.written())).isEqualTo(TEXT + "4");
            RatingPrefix plain = new RatingPrefix(new int[] {5}, tokenizer.encode(TEXT), TEXT, HALF_STARS);
            assertIs(one(model, prefix), expected(model, plain, tokenizer.encode(TEXT).length - 1));
        }
    }

    @Test
    void aRatingThatTheTokenizerCannotWriteHasNoProbability() throws IOException {
        String withoutPoint = ascii().replace(".", "");
        try (TestModel model = model(tokenizer(withoutPoint))) {
            RatingPrefix prefix = prefixes(model.tokenizer(), TEXT, HALF_STARS).get(2);
            RatingDistribution distribution = one(model, prefix).orElseThrow();
            for (int i = 0; i < distribution.ratings().length; i++) {
                boolean whole =
                        distribution.ratings()[i] == Math.rint(distribution.ratings()[i]);
                assertThat(distribution.probabilities()[i] > 0).isEqualTo(whole);
            }
            RatingPrefix stars =
                    new RatingPrefix(prefix.prompt(), prefix.written(), TEXT, RatingCandidates.before(1, 5, 1, CLOSE));
            assertThat(distribution.mass())
                    .isCloseTo(one(model, stars).orElseThrow().mass(), within(1e-12));
        }
    }

    @Test
    void thereIsNoDistributionWhereTheTokenizerCanWriteNoRating() throws IOException {
        try (TestModel model = model(tokenizer(ascii().replace("/", "")))) {
            RatingPrefix prefix =
                    new RatingPrefix(new int[] {3}, model.tokenizer().encode("<rate>"), "<rate>", HALF_STARS);
            assertThat(one(model, prefix)).isEmpty();
        }
    }

    @Test
    void thereIsNoDistributionWhereTheContextHasNoRoom() {
        try (TestModel model = TestModel.fixture("llama")) {
            int[] written = model.tokenizer().encode(TEXT);
            int longest = HALF_STARS.texts().stream()
                    .mapToInt(text -> model.tokenizer().encode(TEXT + text).length - written.length)
                    .max()
                    .orElseThrow();
            int most = 1024 - longest - written.length;
            List<Optional<RatingDistribution>> distributions = model.generator()
                    .ratings(
                            List.of(
                                    new RatingPrefix(new int[most], written, TEXT, HALF_STARS),
                                    new RatingPrefix(new int[most + 1], written, TEXT, HALF_STARS)),
                            50);
            assertThat(distributions.get(0)).isPresent();
            assertThat(distributions.get(1)).isEmpty();
        }
    }

    @Test
    void aTurnMayEndWithAnyOfTheEndTokens() {
        try (TestModel model = TestModel.fixtureWithEndTokens("llama", List.of(2, 0))) {
            int[] written = model.tokenizer().encode("Rating: ");
            RatingPrefix prefix =
                    new RatingPrefix(new int[] {1, 9}, written, "Rating: ", RatingCandidates.atEndOfTurn(1, 5, 1));
            double[] expected = IntStream.rangeClosed(1, 5)
                    .mapToDouble(star -> {
                        int[] tokens = model.tokenizer().encode("Rating: " + star);
                        return forward(
                                        model,
                                        prefix.prompt(),
                                        CandidateTokens.joined(tokens, new int[] {2}),
                                        written.length)
                                + forward(
                                        model,
                                        prefix.prompt(),
                                        CandidateTokens.joined(tokens, new int[] {0}),
                                        written.length);
                    })
                    .toArray();
            assertIs(one(model, prefix), expected);
        }
    }

    @Test
    void aPromptMayOpenTheRating() {
        try (TestModel model = TestModel.fixture("llama")) {
            int[] prompt = CandidateTokens.joined(
                    new int[] {1, 40, 50}, model.tokenizer().encode("\n<rate>"));
            RatingPrefix prefix = RatingPrefix.ofPrompt(prompt, "<rate>", HALF_STARS, model.tokenizer())
                    .orElseThrow();
            assertThat(CandidateTokens.joined(prefix.prompt(), prefix.written()))
                    .containsExactly(prompt);
            assertThat(prefix.text()).endsWith("<rate>");
            assertIs(one(model, prefix), expected(model, prefix, prefix.written().length));
            assertThat(RatingPrefix.ofPrompt(new int[] {1, 40, 50}, "<rate>", HALF_STARS, model.tokenizer()))
                    .isEmpty();
        }
    }

    @Test
    void ratingsHaveTheWhiteSpaceOfTheModelsOwn() {
        try (TestModel model = TestModel.fixture("llama")) {
            ModelTokenizer tokenizer = model.tokenizer();
            Completion spaced = completion(tokenizer, tokenizer.encode("so <rate> \n 3.7 </rate> "));
            RatingPrefix prefix = RatingPrefix.of(new int[] {1}, spaced, "<rate>", HALF_STARS, tokenizer)
                    .orElseThrow();
            assertThat(prefix.text()).isEqualTo("so <rate>");
            assertThat(prefix.candidates().texts()).startsWith(" \n 1 </rate>", " \n 1.5 </rate>");
            for (String other : List.of("so <rate>", "so <rate>3", "so <rate> </rate>", "so <rate>3</rate> 4")) {
                Completion completion = completion(tokenizer, tokenizer.encode(other));
                assertThat(RatingPrefix.of(new int[] {1}, completion, "<rate>", HALF_STARS, tokenizer)
                                .orElseThrow()
                                .candidates())
                        .as(other)
                        .isEqualTo(HALF_STARS);
            }
            assertThat(RatingPrefix.of(
                            new int[] {1},
                            completion(tokenizer, tokenizer.encode("so 3")),
                            "<rate>",
                            HALF_STARS,
                            tokenizer))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"<rate> 4 </rate>", "4 2 <rate> 4 </rate>"})
    void aTokenizerMayWriteWhiteSpaceThatItDoesNotRead(String answer) throws IOException {
        List<String> words = List.of("<rate>", "</rate>", "?", "1", "2", "4", "5");
        Files.writeString(
                folder.resolve("tokenizer.json"),
                """
                {"version": "1.0", "truncation": null, "padding": null, "normalizer": null, "post_processor": null,
                 "decoder": null, "added_tokens": [],
                 "pre_tokenizer": {"type": "Split", "behavior": "Isolated", "invert": false,
                 "pattern": {"Regex": "</?rate>|[0-9]|[^<0-9]+"}},
                 "model": {"type": "WordLevel", "unk_token": "?", "vocab": {%s}}}
                """
                        .formatted(vocabulary(words)));
        try (TestModel model = model(folder)) {
            int[] tokens = Arrays.stream(answer.split(" ", -1))
                    .mapToInt(words::indexOf)
                    .toArray();
            Completion completion = completion(model.tokenizer(), tokens);
            assertThat(completion.text()).isEqualTo(answer);
            RatingCandidates stars = RatingCandidates.before(1, 5, 1, CLOSE);
            RatingPrefix prefix = RatingPrefix.of(new int[] {9}, completion, "<rate>", stars, model.tokenizer())
                    .orElseThrow();
            int before = tokens.length - 2;
            double[] expected = IntStream.rangeClosed(1, 5)
                    .mapToDouble(star -> {
                        int[] ended = Arrays.copyOf(tokens, tokens.length);
                        ended[before] = words.indexOf(String.valueOf(star));
                        return star == 3 ? 0 : forward(model, prefix.prompt(), ended, before); // no word for 3
                    })
                    .toArray();
            assertIs(one(model, prefix), expected);
        }
    }

    @Test
    void anEndOfTheLineMustBeWritten() throws IOException {
        try (TestModel model = model(tokenizer(ascii().replace("Ċ", "")))) {
            int[] written = model.tokenizer().encode("Rating:");
            RatingCandidates lines = RatingCandidates.before(1, 5, 1, "\n");
            assertThat(one(model, new RatingPrefix(new int[] {3}, written, "Rating:", lines)))
                    .isEmpty();
        }
        try (TestModel model = model(tokenizer(ascii()))) {
            int[] written = model.tokenizer().encode("Rating:");
            RatingCandidates lines = RatingCandidates.before(1, 5, 1, "\n");
            RatingPrefix prefix = new RatingPrefix(new int[] {3}, written, "Rating:", lines);
            assertIs(one(model, prefix), expected(model, prefix, written.length));
        }
    }

    @Test
    void theScaleIsWrittenFromTheLowestToTheHighest() {
        assertThat(HALF_STARS.texts())
                .containsExactly(Stream.of("1", "1.5", "2", "2.5", "3", "3.5", "4", "4.5", "5")
                        .map(rating -> rating + CLOSE)
                        .toArray(String[]::new));
        assertThat(RatingCandidates.before(0, 10, 0.1, "\n").texts())
                .hasSize(101)
                .contains("0\n", "0.3\n", "9.7\n", "10\n");
        assertThat(RatingCandidates.before(0.25, 1, 0.25, "\n").texts())
                .containsExactly("0.25\n", "0.5\n", "0.75\n", "1\n");
    }

    @Test
    void aScaleOfTooManyRatingsOrWithoutAStepIsRefused() {
        assertThatThrownBy(() -> RatingCandidates.before(0, 10.1, 0.1, CLOSE))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("are 102 ratings; probabilities are computed for at most 101 ratings");
        for (double step : new double[] {0, 0.3, -1, Double.NaN}) {
            assertThatThrownBy(() -> RatingCandidates.before(1, 5, step, CLOSE))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("no whole number of steps leads from the lowest rating to the highest");
        }
    }

    @Test
    void readsTheMeanAndTheLowestRatingThatReachesOneHalf() {
        double[] stars = {1, 2, 3, 4};
        double[] logarithms = {Math.log(0.125), Math.log(0.125), Double.NEGATIVE_INFINITY, Math.log(0.25)};
        RatingDistribution distribution =
                RatingDistribution.of(stars, logarithms, 9).orElseThrow();
        assertThat(distribution.probabilities()).containsExactly(new double[] {0.25, 0.25, 0, 0.5}, within(1e-12));
        assertThat(distribution.mass()).isCloseTo(0.5, within(1e-12));
        assertThat(distribution.expectation()).isCloseTo(2.75, within(1e-12));
        assertThat(new RatingDistribution(stars, new double[] {0.25, 0.25, 0, 0.5}, 1, 0).median())
                .isEqualTo(2);
        assertThat(new RatingDistribution(stars, new double[] {0.25, 0.125, 0.125, 0.5}, 1, 0).median())
                .isEqualTo(3);
        double[] tiny = {-2000, -2000, -2000, -2000};
        assertThat(RatingDistribution.of(stars, tiny, 0).orElseThrow().probabilities())
                .containsOnly(0.25);
    }

    private static void assertIs(Optional<RatingDistribution> actual, double[] expected) {
        RatingDistribution distribution = actual.orElseThrow();
        double mass = Arrays.stream(expected).sum();
        assertThat(distribution.mass()).isCloseTo(mass, within(RELATIVE * mass));
        assertThat(distribution.probabilities()).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            double probability = expected[i] / mass;
            assertThat(distribution.probabilities()[i])
                    .as("rating %s", distribution.ratings()[i])
                    .isCloseTo(probability, within(RELATIVE * probability));
        }
        assertThat(Arrays.stream(distribution.probabilities()).sum()).isCloseTo(1, within(1e-12));
    }

    /**
     * The probability of each candidate by a forward pass of its own.
     *
     * @param common tokens of the text that all have in common
     */
    private static double[] expected(TestModel model, RatingPrefix prefix, int common) {
        int[] text = model.tokenizer().encode(prefix.text());
        boolean asTokenizer = Arrays.equals(text, prefix.written());
        return prefix.candidates().texts().stream()
                .mapToDouble(candidate -> {
                    int[] all = model.tokenizer().encode(prefix.text() + candidate);
                    int[] tokens = asTokenizer
                            ? all
                            : CandidateTokens.joined(
                                    prefix.written(), Arrays.copyOfRange(all, text.length, all.length));
                    return forward(model, prefix.prompt(), tokens, common);
                })
                .toArray();
    }

    /** The probability of the tokens from a place on. */
    private static double forward(TestModel model, int[] prompt, int[] tokens, int from) {
        Group group = new Group(prompt, List.of(io.recthink.learn.LearningCompletion.supervised(tokens)));
        float[] logprobs =
                LogProbabilities.of(model.decoder(), List.of(group), 1).get(0).get(0);
        return Math.exp(IntStream.range(from, tokens.length)
                .mapToDouble(i -> logprobs[i])
                .sum());
    }

    private static Optional<RatingDistribution> one(TestModel model, RatingPrefix prefix) {
        return model.generator().ratings(List.of(prefix), 32).get(0);
    }

    private static List<RatingPrefix> prefixes(ModelTokenizer tokenizer, String text, RatingCandidates candidates) {
        Random random = new Random(4);
        List<RatingPrefix> prefixes = new ArrayList<>();
        for (int length : new int[] {3, 40, 17, 40}) {
            int[] prompt = random.ints(length, 3, VOCABULARY).toArray();
            prefixes.add(new RatingPrefix(prompt, tokenizer.encode(text), text, candidates));
        }
        return prefixes;
    }

    private static Completion completion(ModelTokenizer tokenizer, int[] tokens) {
        return new Completion(tokens, new float[tokens.length], tokenizer.decode(tokens), Finish.STOP, 0);
    }

    private static TestModel model(Path tokenizer) {
        try (ModelFolder llama = ModelFolder.open(Fixtures.folder("llama"))) {
            return TestModel.of(llama.config(), llama, tokenizer);
        }
    }

    private static String ascii() {
        return IntStream.range('!', 127).mapToObj(Character::toString).collect(Collectors.joining("", "ĠĊ", ""));
    }

    /** Writes a tokenizer of single characters and of some pairs of them, without any split of the text beforehand. */
    private Path tokenizer(String characters, String... pairs) throws IOException {
        List<String> tokens = Stream.concat(characters.chars().mapToObj(Character::toString), Arrays.stream(pairs))
                .toList();
        String merges = Arrays.stream(pairs)
                .map(pair -> "[" + quoted(pair.substring(0, 1)) + ", " + quoted(pair.substring(1)) + "]")
                .collect(Collectors.joining(", "));
        Files.writeString(
                folder.resolve("tokenizer.json"),
                """
                {"version": "1.0", "truncation": null, "padding": null, "normalizer": null, "post_processor": null,
                 "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false},
                 "added_tokens": [],
                 "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
                 "use_regex": false},
                 "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
                 "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
                 "vocab": {%s}, "merges": [%s]}}
                """
                        .formatted(vocabulary(tokens), merges));
        return folder;
    }

    private static String vocabulary(List<String> tokens) {
        return IntStream.range(0, tokens.size())
                .mapToObj(id -> quoted(tokens.get(id)) + ": " + id)
                .collect(Collectors.joining(", "));
    }

    private static String quoted(String token) {
        return "\"" + token.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
