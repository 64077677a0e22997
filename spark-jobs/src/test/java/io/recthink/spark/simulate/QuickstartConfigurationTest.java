package io.recthink.spark.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.recthink.config.Configuration;
import io.recthink.prompt.Item;
import io.recthink.prompt.OutputGrammar;
import io.recthink.prompt.PromptInput;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.ReviewedItem;
import io.recthink.spark.JobSettings;
import io.recthink.spark.simulate.TastePosterior.Evidence;
import io.recthink.spark.table.PrepareSettings;
import io.recthink.teacher.Purpose;
import io.recthink.teacher.RuleTeacher;
import io.recthink.teacher.Teacher;
import io.recthink.teacher.TeacherRequest;
import io.recthink.teacher.TeacherSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the quickstart can show is decided by its simulation: these are the facts that its claim rests on. */
class QuickstartConfigurationTest {
    private static final Path FILE = Path.of("..", "conf", "quickstart.yaml");
    private final Configuration configuration = configuration();
    private final World world = new World(configuration.seed(), configuration.get(SimulateSettings.class));
    private final ReviewLanguage language = new ReviewLanguage();

    @Test
    void theTeacherReadsInTheReviewsWhatTheyWereWrittenToSay() {
        Teacher teacher = new RuleTeacher(
                configuration.get(TeacherSettings.class).rule(), configuration.get(PromptSettings.class), 1, 5, 1);
        for (int user = 0; user < 200; user++) {
            List<World.Review> history = history(user);
            TreeSet<String> liked = new TreeSet<>();
            TreeSet<String> disliked = new TreeSet<>();
            for (World.Review review : history) {
                for (Mention mention : language.read(review.text())) {
                    (mention.taste() == Taste.LIKED ? liked : disliked).add(ReviewLanguage.aspect(mention.aspect()));
                }
            }
            String expected = ("[pos] " + String.join(" ", liked)).strip() + " "
                    + ("[neg] " + String.join(" ", disliked)).strip();
            PromptInput input = input(history, target(user));
            assertThat(trace(teacher, user, input)).contains("\n" + expected + "\n");
        }
    }

    @Test
    void countingReasonsIsAlmostAsGoodAsTheOracleAndMuchBetterThanTheTeacher() {
        TastePosterior posterior = new TastePosterior(configuration.get(SimulateSettings.class));
        Teacher teacher = new RuleTeacher(
                configuration.get(TeacherSettings.class).rule(), configuration.get(PromptSettings.class), 1, 5, 1);
        OutputGrammar grammar =
                OutputGrammar.of(configuration.get(PromptSettings.class).think(), 1, 5);
        double oracle = 0;
        double counting = 0;
        double taught = 0;
        double middle = 0;
        int users = configuration.get(SimulateSettings.class).users();
        for (int user = 0; user < users; user++) {
            List<World.Review> history = history(user);
            World.Review target = target(user);
            List<Evidence> evidence = history.stream()
                    .map(review -> new Evidence(aspects(review), review.stars(), language.read(review.text())))
                    .toList();
            oracle += error(target, TastePosterior.median(posterior.predict(evidence, aspects(target))));
            counting += error(target, 3 + match(evidence, aspects(target)));
            String trace = trace(teacher, user, input(history, target));
            taught += error(target, grammar.parse(trace, true).rating().orElseThrow());
            middle += error(target, 3);
        }
        assertThat(counting / oracle).isCloseTo(1, within(0.08));
        assertThat(taught).isGreaterThan(1.5 * oracle);
        assertThat(middle).isGreaterThan(1.8 * oracle);
    }

    private static String trace(Teacher teacher, int user, PromptInput input) {
        return teacher.answer(new TeacherRequest(Purpose.RECONE_TRACE, "row-" + user, 0, input, OptionalDouble.empty()))
                .text();
    }

    private static double error(World.Review target, double answer) {
        return Math.abs(target.stars() - answer);
    }

    private int match(List<Evidence> history, List<Integer> target) {
        return target.stream()
                .mapToInt(aspect -> history.stream()
                        .flatMap(evidence -> evidence.mentions().stream())
                        .filter(mention -> mention.aspect() == aspect)
                        .mapToInt(mention -> mention.taste().points())
                        .findFirst()
                        .orElse(0))
                .sum();
    }

    private List<World.Review> history(int user) {
        return world.reviews(user)
                .subList(3, 3 + configuration.get(PrepareSettings.class).historyItems());
    }

    private World.Review target(int user) {
        return world.reviews(user).get(11);
    }

    private List<Integer> aspects(World.Review review) {
        return world.item(world.itemNumber(review.item()).orElseThrow()).aspects();
    }

    private PromptInput input(List<World.Review> history, World.Review target) {
        List<ReviewedItem> past = new ArrayList<>();
        for (World.Review review : history) {
            past.add(new ReviewedItem(
                    Item.titled("An item"),
                    Instant.ofEpochSecond(review.time()),
                    review.stars(),
                    review.summary(),
                    review.text()));
        }
        List<String> categories =
                aspects(target).stream().map(ReviewLanguage::aspect).toList();
        Item item = new Item("An item", categories, "", "", "");
        return new PromptInput(past, List.of(), item, OptionalDouble.empty(), OptionalDouble.empty());
    }

    private static Configuration configuration() {
        try {
            return JobSettings.SECTIONS.read(FILE.toString(), Files.readString(FILE), List.of());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
