package io.recthink.spark.simulate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The simulated users and items. Each one is a function of the seed and its number, so that any task can create any
 * part of the log.
 *
 * <p>Each user likes, dislikes or does not care about each aspect, independently of the other aspects. A user reviews
 * different items at times drawn uniformly from three years. The rating depends on the match of user and item (see
 * {@link RatingModel}). The review mentions most of the aspects that the user likes or dislikes.
 */
final class World {
    private static final long FIRST_SECOND =
            Instant.parse("2022-01-01T00:00:00Z").getEpochSecond();
    private static final long LAST_SECOND =
            Instant.parse("2025-01-01T00:00:00Z").getEpochSecond();
    private static final List<String> MAKERS = List.of("Alder", "Brook", "Cedar", "Dune", "Ember", "Fjord");
    private static final List<String> KINDS = List.of("headphones", "watch", "speaker", "camera", "lamp");

    private static final Pattern ITEM_ID = Pattern.compile("item-(\\d{5,9})");

    private final long seed;
    private final SimulateSettings settings;
    private final RatingModel ratings;
    private final RatingModel laterRatings;
    private final long driftSecond;
    private final ReviewLanguage language = new ReviewLanguage();

    /** One item with the numbers of its aspects, ascending. */
    record Item(String id, String title, String brand, String price, List<Integer> aspects) {}

    /** One review; the time is in seconds since 1970. */
    record Review(String user, String item, int stars, long time, String summary, String text) {}

    World(long seed, SimulateSettings settings) {
        this.seed = seed;
        this.settings = settings;
        this.ratings = new RatingModel(settings);
        this.laterRatings =
                new RatingModel(settings, settings.level() + settings.drift().level());
        this.driftSecond = settings.drift().second().orElse(Long.MAX_VALUE);
    }

    Item item(int number) {
        SplittableRandom random = stream("item", number);
        List<Integer> aspects = aspects(random);
        String brand = MAKERS.get(random.nextInt(MAKERS.size()));
        String title = "%s %s %d".formatted(brand, KINDS.get(random.nextInt(KINDS.size())), number);
        String price = "$%d.99".formatted(9 + random.nextInt(190));
        return new Item(itemId(number), title, brand, price, aspects);
    }

    private List<Integer> aspects(SplittableRandom random) {
        return some(settings.aspectsPerItem(), settings.aspects(), random);
    }

    /** The tastes of a user, one for each aspect. */
    List<Taste> tastes(int user) {
        return tastes(stream("tastes", user));
    }

    /** The tastes of a user from the date of the drift on. */
    List<Taste> laterTastes(int user) {
        SplittableRandom random = stream("later tastes", user);
        return random.nextDouble() < settings.drift().share() ? tastes(random) : tastes(user);
    }

    private List<Taste> tastes(SplittableRandom random) {
        return IntStream.range(0, settings.aspects())
                .mapToObj(aspect -> {
                    double u = random.nextDouble();
                    return u < settings.likeShare()
                            ? Taste.LIKED
                            : u < settings.likeShare() + settings.dislikeShare() ? Taste.DISLIKED : Taste.INDIFFERENT;
                })
                .toList();
    }

    /** The reviews of a user in a log without skew, oldest first. */
    List<Review> reviews(int user) {
        SplittableRandom random = stream("reviews", user);
        // The times are sorted and the items are not, so that times give no information about items.
        List<Integer> items = shuffled(settings.items(), random).subList(0, settings.reviewsPerUser());
        Reviewer reviewer = reviewer(user);
        TreeSet<Long> times = new TreeSet<>();
        while (times.size() < settings.reviewsPerUser()) {
            times.add(random.nextLong(FIRST_SECOND, LAST_SECOND));
        }
        List<Review> reviews = new ArrayList<>();
        for (long time : times) {
            reviews.add(review(reviewer, items.get(reviews.size()), time, random));
        }
        return reviews;
    }

    /**
     * The reviews of a user in a skewed log. They are not sorted by time, and two may have the same time. The stream
     * creates them one by one, because a user may have millions.
     */
    Stream<Review> reviews(int user, Skew skew) {
        SplittableRandom random = stream("reviews", user);
        Reviewer reviewer = reviewer(user);
        return Arrays.stream(skew.items(user, random))
                .mapToObj(item -> review(reviewer, item, random.nextLong(FIRST_SECOND, LAST_SECOND), random));
    }

    /** A user with the tastes before and from the date of the drift on. */
    private record Reviewer(int number, List<Taste> tastes, List<Taste> laterTastes) {}

    private Reviewer reviewer(int user) {
        return new Reviewer(user, tastes(user), laterTastes(user));
    }

    private Review review(Reviewer reviewer, int item, long time, SplittableRandom random) {
        boolean later = time >= driftSecond;
        List<Taste> tastes = later ? reviewer.laterTastes() : reviewer.tastes();
        int match = 0;
        List<Mention> mentions = new ArrayList<>();
        for (int aspect : aspects(stream("item", item))) {
            Taste taste = tastes.get(aspect);
            match += taste.points();
            if (taste != Taste.INDIFFERENT && random.nextDouble() < settings.mention()) {
                mentions.add(new Mention(aspect, taste));
            }
        }
        int stars = (later ? laterRatings : ratings).draw(match, random);
        return new Review(
                userId(reviewer.number()),
                itemId(item),
                stars,
                time,
                ReviewLanguage.summary(stars),
                language.review(mentions, random));
    }

    static String userId(int number) {
        return "user-%06d".formatted(number);
    }

    static String itemId(int number) {
        return "item-%05d".formatted(number);
    }

    /** The number of an item from its id; empty for an item outside of the log. */
    OptionalInt itemNumber(String id) {
        Matcher matcher = ITEM_ID.matcher(id);
        return matcher.matches() && Integer.parseInt(matcher.group(1)) < settings.items()
                ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
                : OptionalInt.empty();
    }

    private static List<Integer> some(int count, int of, SplittableRandom random) {
        return shuffled(of, random).subList(0, count).stream().sorted().toList();
    }

    private static List<Integer> shuffled(int count, SplittableRandom random) {
        List<Integer> numbers =
                new ArrayList<>(IntStream.range(0, count).boxed().toList());
        Collections.shuffle(numbers, new Random(random.nextLong()));
        return numbers;
    }

    /** The random stream of one user or item. */
    private SplittableRandom stream(String purpose, int number) {
        long base = new SplittableRandom(seed + purpose.hashCode()).nextLong();
        return new SplittableRandom(new SplittableRandom(base + number).nextLong());
    }
}
