package io.recthink.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.recthink.CommonSections;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TraceMeasureTest {
    /** The form of the instruction without a word of its own. */
    private static final String HOLLOW =
            """
            <analyze user>
            ...
            </analyze user>
            <analyze item>
            ...
            </analyze item>
            <match>
            ...
            </match>
            <rate>5.0</rate>
            """;

    /** The skeleton of the built-in instruction, dots and all. */
    private static final String COPIED =
            """
            <analyze user>
            (1) name of the item
            [like] ...
            [dislike] ...
            (2) ...
            Overall
            [pos] ...
            [neg] ...
            </analyze user>
            <analyze item>
            name of the item
            [like] ...
            [dislike] ...
            </analyze item>
            <match>
            ...
            </match>
            <rate>5.0</rate>
            """;

    private static final String HONEST =
            """
            <analyze user>
            The kettle boiled fast, which she loved; the toaster was loud and burnt her bread.
            </analyze user>
            <analyze item>
            A quiet espresso maker in brushed steel.
            </analyze item>
            <match>
            Quiet machines suit her, and steel lasts.
            </match>
            <rate>4.5</rate>
            """;

    private static final PromptInput ROW = new PromptInput(
            List.of(
                    past("Kettle", "Fast", "Boiled in a minute. Loved it!"),
                    past("Toaster", "", "So LOUD, and it burnt my bread.")),
            List.of(new ItemReview(Instant.EPOCH, 5, "crema", "Wonderful crema.")),
            new Item("Espresso maker", List.of("Kitchen", "Coffee"), "Steelworks", "$99", "Quiet, brushed steel."),
            OptionalDouble.empty(),
            OptionalDouble.empty());

    private static final long[] OWN = TraceMeasure.ownWords(ROW);

    @Test
    void theRatingIsNoPartOfTheTrace() {
        assertThat(TraceMeasure.trace("<match>so </match>\n <rate> 4.5 </rate>"))
                .isEqualTo("<match>so </match> <rate></rate>")
                .isEqualTo(TraceMeasure.trace("<match>so </match>   <rate>1</rate>\n"));
        assertThat(TraceMeasure.trace("<rate>4")).isEqualTo("<rate>");
        assertThat(TraceMeasure.trace("<rate>4 <match>after all</match>")).isEqualTo("<rate><match>after all</match>");
        assertThat(TraceMeasure.trace("<rate>4</rate> or <rate>5</rate>")).isEqualTo("<rate></rate> or <rate></rate>");
    }

    @Test
    void aHugeRatingBlockIsReadInOneGo() {
        assertThat(TraceMeasure.trace("<rate>" + "4\n".repeat(100_000))).isEqualTo("<rate>");
    }

    @Test
    void hollowTracesAreEqualAndNotAboutTheirRow() {
        TraceFigures hollow = builtIn().measure(HOLLOW, OWN);

        assertThat(hollow.copied()).as("no four words follow each other").isNaN();
        assertThat(hollow.about()).isFalse();
        assertThat(builtIn().measure(HOLLOW.replace("5.0", "1"), OWN).trace()).isEqualTo(hollow.trace());
        assertThat(builtIn().measure(HONEST, OWN).trace()).isNotEqualTo(hollow.trace());
    }

    @Test
    void theSkeletonOfTheInstructionIsCopied() {
        TraceFigures copied = measure("prompt.layout=skeleton").measure(COPIED, OWN);

        assertThat(copied.copied()).isEqualTo(1);
        assertThat(copied.about()).isFalse();
    }

    @Test
    void anHonestTraceIsItsOwnAndAboutItsRow() {
        TraceFigures honest = builtIn().measure(HONEST, OWN);

        assertThat(honest.copied()).isZero();
        assertThat(honest.about()).isTrue();
    }

    @Test
    void anHonestTraceOfAnotherRowIsNotAboutThisOne() {
        PromptInput other = new PromptInput(
                List.of(past("Novel", "Gripping", "Could not put this down.")),
                List.of(),
                Item.titled("Poems"),
                OptionalDouble.empty(),
                OptionalDouble.empty());

        assertThat(builtIn().measure(HONEST, TraceMeasure.ownWords(other)).about())
                .isFalse();
    }

    @Test
    void wordsOfTheInstructionAndOfOtherUsersAreNotTheRowsOwn() {
        TraceMeasure measure = new TraceMeasure(List.of("Say whether the kettle boiled fast."));

        assertThat(measure.measure("boiled fast kettle crema wonderful", OWN).about())
                .isFalse();
        assertThat(measure.measure("boiled fast loved LOUD", OWN).about()).isFalse();
        assertThat(measure.measure("boiled fast loved LOUD bread bread", OWN).about())
                .isTrue();
    }

    @Test
    void sequencesGoNeitherAcrossTagsNorAcrossPartsOfTheInstruction() {
        TraceMeasure measure = new TraceMeasure(List.of("one two three", "four five six seven"));

        assertThat(measure.measure("one two three four five six seven", OWN).copied())
                .isEqualTo(0.25);
        assertThat(measure.measure("one two three <match>four", OWN).copied()).isNaN();
    }

    @Test
    void theInstructionIsTheSystemMessageAndTheFixedWordsOfTheUsersMessage() {
        TraceMeasure measure =
                measure("prompt.system= ", "prompt.user=\"{history}\\nNow weigh\\nall of it: {target_item}\"");

        assertThat(measure.measure("Now weigh all of it", OWN).copied()).isEqualTo(1);
        assertThat(measure.measure("weigh all of history", OWN).copied()).isZero();
    }

    @Test
    void aLineThatIsNotShownIsNoPartOfTheInstruction() {
        String line = "Average of the item's past ratings";

        assertThat(builtIn().measure(line, OWN).copied()).isZero();
        assertThat(measure("prompt.meanFeatures=true").measure(line, OWN).copied())
                .isEqualTo(1);
    }

    @Test
    void aPolicyThatIsNotAskedToThinkHasNoTraces() {
        PromptSettings prompt = CommonSections.SECTIONS
                .read("test", "", List.of("prompt.think=none"))
                .get(PromptSettings.class);

        assertThat(TraceMeasure.of(prompt, 1, 5)).isEmpty();
    }

    @Test
    void anEmptyCompletionIsATrace() {
        TraceFigures empty = builtIn().measure("", OWN);

        assertThat(empty).isEqualTo(builtIn().measure(" \n", OWN));
        assertThat(empty.copied()).isNaN();
        assertThat(empty.about()).isFalse();
    }

    @Test
    void wordsAreOfAnyScript() {
        PromptInput row = new PromptInput(
                List.of(past("", "", "Сковорода отличная; ПОДОШВА тонкая.")),
                List.of(),
                Item.titled("नमस्ते"),
                OptionalDouble.empty(),
                OptionalDouble.empty());

        assertThat(builtIn()
                        .measure("сковорода, подошва: नमस्ते", TraceMeasure.ownWords(row))
                        .about())
                .isTrue();
    }

    @Test
    void aSummaryAgreesWithPlainCounts() {
        String[] vocabulary =
                "the,user,the user past purchases,name of the item,like,of,item,kettle,boiled,fast,loud,<match>,</match>"
                        .split(",", -1);
        Random random = new Random(5);
        List<String> completions = IntStream.range(0, 300)
                .mapToObj(i -> {
                    List<String> words = new ArrayList<>();
                    for (int count = random.nextInt(12); count > 0; count--) {
                        words.add(vocabulary[random.nextInt(vocabulary.length)]);
                    }
                    return String.join(" ", words) + "<rate>" + random.nextInt(5) + "</rate>";
                })
                .toList();
        String instruction = "The user: past purchases. Name of the item, like, dislike";

        TraceMeasure measure = new TraceMeasure(List.of(instruction));
        TraceSummary summary = TraceSummary.of(completions.stream()
                        .map(text -> measure.measure(text, OWN))
                        .toList())
                .orElseThrow();

        Plain plain = Plain.of(completions, instruction, Set.of("boiled", "fast", "loud"));
        assertThat(summary.distinct()).isEqualTo(plain.distinct, within(1e-12));
        assertThat(summary.copied().orElseThrow())
                .isEqualTo(plain.copied, within(1e-12))
                .isBetween(0.01, 0.9);
        assertThat(summary.about()).isEqualTo(plain.about, within(1e-12)).isBetween(0.01, 0.99);
    }

    @Test
    void nothingIsSummarisedWithoutTraces() {
        assertThat(TraceSummary.of(List.of())).isEqualTo(Optional.empty());
        assertThat(TraceSummary.of(List.of(new TraceFigures(1, Double.NaN, false))))
                .hasValue(new TraceSummary(1, OptionalDouble.empty(), 0));
    }

    @Test
    void itTravelsToTasks() throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(builtIn());
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(((TraceMeasure) in.readObject()).measure(COPIED, OWN))
                    .isEqualTo(builtIn().measure(COPIED, OWN));
        }
    }

    /** The same measures by loops over the texts: the vocabulary above has no tag but that of the match block. */
    private record Plain(double distinct, double copied, double about) {
        static Plain of(List<String> completions, String instruction, Set<String> own) {
            String known =
                    " " + String.join(" ", instruction.toLowerCase(Locale.ROOT).split("[^a-z]+", -1)) + " ";
            Set<String> traces = new HashSet<>();
            double copied = 0;
            int copying = 0;
            int about = 0;
            for (String completion : completions) {
                String trace = completion.substring(0, completion.indexOf("<rate>"));
                traces.add(trace.strip());
                int sequences = 0;
                int found = 0;
                Set<String> used = new HashSet<>();
                for (String part : trace.split("</?match>", -1)) {
                    List<String> words = new ArrayList<>(List.of(part.strip().split(" +", -1)));
                    words.remove("");
                    used.addAll(words);
                    for (int i = 0; i + 4 <= words.size(); i++) {
                        sequences++;
                        found += known.contains(" " + String.join(" ", words.subList(i, i + 4)) + " ") ? 1 : 0;
                    }
                }
                used.retainAll(own);
                about += used.size() >= 3 ? 1 : 0;
                copying += sequences > 0 ? 1 : 0;
                copied += sequences > 0 ? (double) found / sequences : 0;
            }
            double all = completions.size();
            return new Plain(traces.size() / all, copied / copying, about / all);
        }
    }

    private static TraceMeasure builtIn() {
        return measure();
    }

    private static TraceMeasure measure(String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        return TraceMeasure.of(CommonSections.SECTIONS.read("test", "", all).get(PromptSettings.class), 1, 5)
                .orElseThrow();
    }

    private static ReviewedItem past(String title, String summary, String review) {
        return new ReviewedItem(Item.titled(title), Instant.EPOCH, 4, summary, review);
    }
}
