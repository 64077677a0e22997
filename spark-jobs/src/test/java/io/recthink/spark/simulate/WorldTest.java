package io.recthink.spark.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.recthink.spark.JobSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorldTest {
    private static final SimulateSettings SETTINGS =
            JobSettings.SECTIONS.defaults().get(SimulateSettings.class);
    private final World world = new World(17, SETTINGS);

    @Test
    void aUserDoesNotDependOnWhoWasMadeBefore() {
        List<World.Review> late = world.reviews(9);
        world.reviews(3);
        assertThat(new World(17, SETTINGS).reviews(9)).isEqualTo(late);
        assertThat(world.reviews(10)).isNotEqualTo(late);
        assertThat(new World(18, SETTINGS).reviews(9)).isNotEqualTo(late);
    }

    @Test
    void aUserReviewsDifferentItemsAtRisingTimes() {
        List<World.Review> reviews = world.reviews(0);
        assertThat(reviews).hasSize(SETTINGS.reviewsPerUser());
        assertThat(reviews.stream().map(World.Review::item)).doesNotHaveDuplicates();
        assertThat(reviews.stream().map(World.Review::time)).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void tastesHaveTheConfiguredShares() {
        double liked = 0;
        double disliked = 0;
        int users = 4000;
        for (int user = 0; user < users; user++) {
            List<Taste> tastes = world.tastes(user);
            liked += tastes.stream().filter(Taste.LIKED::equals).count();
            disliked += tastes.stream().filter(Taste.DISLIKED::equals).count();
        }
        assertThat(liked / users / SETTINGS.aspects()).isCloseTo(SETTINGS.likeShare(), within(0.01));
        assertThat(disliked / users / SETTINGS.aspects()).isCloseTo(SETTINGS.dislikeShare(), within(0.01));
    }

    @Test
    void reviewsSpeakOfTastesThatTheUserHas() {
        ReviewLanguage language = new ReviewLanguage();
        List<Mention> mentions = new ArrayList<>();
        for (int user = 0; user < 50; user++) {
            List<Taste> tastes = world.tastes(user);
            for (World.Review review : world.reviews(user)) {
                List<Integer> aspects = world.item(
                                world.itemNumber(review.item()).orElseThrow())
                        .aspects();
                List<Mention> said = language.read(review.text());
                assertThat(said)
                        .allMatch(mention ->
                                aspects.contains(mention.aspect()) && tastes.get(mention.aspect()) == mention.taste());
                mentions.addAll(said);
            }
        }
        assertThat(mentions).hasSizeGreaterThan(500);
    }

    @Test
    void drawnRatingsHaveTheStatedDistribution() {
        RatingModel model = new RatingModel(SETTINGS);
        SplittableRandom random = new SplittableRandom(1);
        int draws = 40_000;
        for (int match = -SETTINGS.aspectsPerItem(); match <= SETTINGS.aspectsPerItem(); match++) {
            double[] counts = new double[RatingModel.STARS];
            for (int i = 0; i < draws; i++) {
                counts[model.draw(match, random) - 1]++;
            }
            for (int stars = 0; stars < counts.length; stars++) {
                assertThat(counts[stars] / draws).isCloseTo(model.distribution(match)[stars], within(0.012));
            }
        }
    }

    @Test
    void aDriftLeavesTheReviewsBeforeItsDateAsTheyAre() {
        World steady = new World(17, with(DriftSettings.NONE));
        World drifting = new World(17, with(new DriftSettings("2023-07-01", -1, 0.5)));
        long date = Instant.parse("2023-07-01T00:00:00Z").getEpochSecond();
        for (int user = 0; user < 50; user++) {
            assertThat(before(drifting.reviews(user), date)).isEqualTo(before(steady.reviews(user), date));
        }
    }

    @Test
    void fromItsDateOnADriftChangesTheLevelForAllAndTheTastesOfSome() {
        double moved = meanFrom(2023, new DriftSettings("2023-01-01", -0.5, 0)) - meanFrom(2023, DriftSettings.NONE);
        assertThat(moved).isCloseTo(-0.5, within(0.05));
        World drifting = new World(17, with(new DriftSettings("2023-01-01", 0, 0.25)));
        double anew = IntStream.range(0, 2000)
                .filter(user -> !drifting.laterTastes(user).equals(drifting.tastes(user)))
                .count();
        assertThat(anew / 2000).isCloseTo(0.25, within(0.03));
        assertThat(IntStream.range(0, 50))
                .allSatisfy(user -> assertThat(world.laterTastes(user)).isEqualTo(world.tastes(user)));
    }

    private static SimulateSettings with(DriftSettings drift) {
        return JobSettings.SECTIONS
                .read(
                        "test",
                        "simulate: {weight: 0.3, drift: {from: '%s', level: %s, share: %s}}"
                                .formatted(drift.from(), drift.level(), drift.share()),
                        List.of())
                .get(SimulateSettings.class);
    }

    private static List<World.Review> before(List<World.Review> reviews, long date) {
        return reviews.stream().filter(review -> review.time() < date).toList();
    }

    private static double meanFrom(int year, DriftSettings drift) {
        World made = new World(17, with(drift));
        long from = Instant.parse(year + "-01-01T00:00:00Z").getEpochSecond();
        return IntStream.range(0, 600)
                .boxed()
                .flatMap(user -> made.reviews(user).stream())
                .filter(review -> review.time() >= from)
                .mapToInt(World.Review::stars)
                .average()
                .orElseThrow();
    }
}
