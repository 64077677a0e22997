package io.recthink.spark.prepare;

import io.recthink.config.Configuration;
import io.recthink.spark.table.PrepareSettings;
import io.recthink.spark.table.RowId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/** The data protocol in plain lists, one rule after the other, for logs that fit in memory. */
final class ReferenceProtocol {
    /** One usable row of a log; time in seconds. */
    record Review(String user, String item, double rating, long time, String text) {}

    /** What an example must be. Histories are texts, oldest first. */
    record Expected(
            String rowId,
            String split,
            double truth,
            List<String> userHistory,
            List<String> itemHistory,
            OptionalDouble userMean,
            OptionalDouble itemMean,
            long nUser,
            long nItem) {}

    private final String dataset;
    private final PrepareSettings options;
    private final long seed;

    ReferenceProtocol(Configuration configuration) {
        this.dataset = configuration.name();
        this.options = configuration.get(PrepareSettings.class);
        this.seed = configuration.seed();
    }

    /** The examples by row id. */
    Map<String, Expected> examples(List<Review> log) {
        List<Review> distinct = earliest(log);
        Map<Review, String> splits;
        List<Review> kept;
        if (options.strictCore()) {
            splits = splits(distinct);
            Set<Review> core = new HashSet<>(core(
                    distinct.stream().filter(r -> splits.get(r).equals("train")).toList()));
            kept = distinct.stream()
                    .filter(r -> !splits.get(r).equals("train") || core.contains(r))
                    .toList();
        } else {
            kept = core(distinct);
            splits = splits(kept);
        }
        Map<String, Expected> examples = new LinkedHashMap<>();
        for (Review review : kept) {
            Expected expected = expected(review, kept, splits);
            examples.put(expected.rowId, expected);
        }
        return examples;
    }

    private Map<Review, String> splits(List<Review> reviews) {
        return switch (options.split()) {
            case GLOBAL_TIME -> cutInTime(reviews);
            case PER_USER_LAST -> lastOfUsers(reviews);
            case RANDOM ->
                reviews.stream().collect(Collectors.toMap(r -> r, r -> {
                    double fraction = fraction(id(r));
                    return name(fraction, options.validationFrom(), options.testFrom());
                }));
        };
    }

    private Map<Review, String> cutInTime(List<Review> reviews) {
        List<Long> times = reviews.stream().map(Review::time).sorted().toList();
        long validation = times.get(rank(options.validationFrom(), times));
        long test = times.get(rank(options.testFrom(), times));
        return reviews.stream().collect(Collectors.toMap(r -> r, r -> name(r.time, validation, test)));
    }

    private static <T extends Comparable<T>> String name(T value, T validation, T test) {
        return value.compareTo(validation) < 0 ? "train" : value.compareTo(test) < 0 ? "validation" : "test";
    }

    private Map<Review, String> lastOfUsers(List<Review> reviews) {
        Map<Review, String> splits = new HashMap<>();
        for (Review review : reviews) {
            long later = reviews.stream()
                    .filter(o -> o.user.equals(review.user))
                    .filter(o -> o.time > review.time || (o.time == review.time && id(o).compareTo(id(review)) > 0))
                    .count();
            splits.put(review, later == 0 ? "test" : later == 1 ? "validation" : "train");
        }
        return splits;
    }

    private double fraction(String rowId) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(("split " + seed + " " + rowId).getBytes(StandardCharsets.UTF_8));
            return new BigInteger(1, digest).doubleValue() / Math.pow(2, 256);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Review> earliest(List<Review> log) {
        Map<List<String>, Review> first = new LinkedHashMap<>();
        Comparator<Review> order = Comparator.comparingLong(Review::time)
                .thenComparing(Review::rating)
                .thenComparing(Review::text);
        for (Review review : log) {
            first.merge(List.of(review.user, review.item), review, (a, b) -> order.compare(a, b) <= 0 ? a : b);
        }
        return List.copyOf(first.values());
    }

    private List<Review> core(List<Review> reviews) {
        List<Review> left = reviews;
        while (true) {
            List<Review> now = left;
            List<Review> next = now.stream()
                    .filter(r -> now.stream().filter(o -> o.user.equals(r.user)).count() >= options.kcore()
                            && now.stream().filter(o -> o.item.equals(r.item)).count() >= options.kcore())
                    .toList();
            if (next.size() == now.size()) {
                return now;
            }
            left = next;
        }
    }

    private static int rank(double quantile, List<Long> times) {
        return new BigDecimal(Double.toString(quantile))
                .multiply(new BigDecimal(times.size()))
                .intValue();
    }

    private Expected expected(Review review, List<Review> kept, Map<Review, String> splits) {
        List<Review> users = earlier(review, kept, splits).stream()
                .filter(o -> o.user.equals(review.user))
                .toList();
        List<Review> items = earlier(review, kept, splits).stream()
                .filter(o -> o.item.equals(review.item))
                .toList();
        return new Expected(
                id(review),
                splits.get(review),
                review.rating,
                latest(users),
                latest(items),
                users.stream().mapToDouble(Review::rating).average(),
                items.stream().mapToDouble(Review::rating).average(),
                users.stream().filter(o -> splits.get(o).equals("train")).count(),
                items.stream().filter(o -> splits.get(o).equals("train")).count());
    }

    private List<Review> earlier(Review review, List<Review> kept, Map<Review, String> splits) {
        boolean seesValidation = options.refit() && splits.get(review).equals("test");
        return kept.stream()
                .filter(o -> o.time < review.time)
                .filter(o -> splits.get(o).equals("train")
                        || (seesValidation && splits.get(o).equals("validation")))
                .sorted(Comparator.comparingLong(Review::time).thenComparing(this::id))
                .toList();
    }

    private List<String> latest(List<Review> reviews) {
        List<String> texts = new ArrayList<>(reviews.stream().map(Review::text).toList());
        return texts.subList(Math.max(0, texts.size() - options.historyItems()), texts.size());
    }

    private String id(Review review) {
        return RowId.of(dataset, review.user, review.item, review.time);
    }

    /** What a set of examples counts, for a first look at what differs. */
    static Map<String, Long> splits(Map<String, Expected> examples) {
        return examples.values().stream().collect(Collectors.groupingBy(Expected::split, Collectors.counting()));
    }
}
