package io.recthink.spark.prepare;

import io.recthink.config.Configuration.Prepare;
import io.recthink.spark.table.RowId;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
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
    private final Prepare options;

    ReferenceProtocol(String dataset, Prepare options) {
        this.dataset = dataset;
        this.options = options;
    }

    /** The examples by row id. */
    Map<String, Expected> examples(List<Review> log) {
        List<Review> kept = earliest(log);
        long[] cuts = options.strictCore() ? cuts(kept) : new long[2];
        if (options.strictCore()) {
            List<Review> train = kept.stream().filter(r -> r.time < cuts[0]).toList();
            Set<Review> core = new HashSet<>(core(train));
            kept = kept.stream()
                    .filter(r -> r.time >= cuts[0] || core.contains(r))
                    .toList();
        } else {
            kept = core(kept);
            long[] found = cuts(kept);
            cuts[0] = found[0];
            cuts[1] = found[1];
        }
        Map<String, Expected> examples = new LinkedHashMap<>();
        for (Review review : kept) {
            Expected expected = expected(review, kept, cuts);
            examples.put(expected.rowId, expected);
        }
        return examples;
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

    private long[] cuts(List<Review> reviews) {
        List<Long> times = reviews.stream().map(Review::time).sorted().toList();
        return new long[] {times.get(rank(options.validationFrom(), times)), times.get(rank(options.testFrom(), times))
        };
    }

    private static int rank(double quantile, List<Long> times) {
        return new BigDecimal(Double.toString(quantile))
                .multiply(new BigDecimal(times.size()))
                .intValue();
    }

    private Expected expected(Review review, List<Review> kept, long[] cuts) {
        List<Review> users = earlier(review, kept, cuts).stream()
                .filter(o -> o.user.equals(review.user))
                .toList();
        List<Review> items = earlier(review, kept, cuts).stream()
                .filter(o -> o.item.equals(review.item))
                .toList();
        return new Expected(
                id(review),
                split(review, cuts),
                review.rating,
                latest(users),
                latest(items),
                users.stream().mapToDouble(Review::rating).average(),
                items.stream().mapToDouble(Review::rating).average(),
                users.stream().filter(o -> split(o, cuts).equals("train")).count(),
                items.stream().filter(o -> split(o, cuts).equals("train")).count());
    }

    private List<Review> earlier(Review review, List<Review> kept, long[] cuts) {
        boolean seesValidation = options.refit() && split(review, cuts).equals("test");
        return kept.stream()
                .filter(o -> o.time < review.time)
                .filter(o -> split(o, cuts).equals("train")
                        || (seesValidation && split(o, cuts).equals("validation")))
                .sorted(Comparator.comparingLong(Review::time).thenComparing(this::id))
                .toList();
    }

    private List<String> latest(List<Review> reviews) {
        List<String> texts = new ArrayList<>(reviews.stream().map(Review::text).toList());
        return texts.subList(Math.max(0, texts.size() - options.historyItems()), texts.size());
    }

    private static String split(Review review, long[] cuts) {
        return review.time < cuts[0] ? "train" : review.time < cuts[1] ? "validation" : "test";
    }

    private String id(Review review) {
        return RowId.of(dataset, review.user, review.item, review.time);
    }

    /** What a set of examples counts, for a first look at what differs. */
    static Map<String, Long> splits(Map<String, Expected> examples) {
        return examples.values().stream().collect(Collectors.groupingBy(Expected::split, Collectors.counting()));
    }
}
