package io.recthink.teacher;

import io.recthink.prompt.ReviewedItem;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/**
 * The opinions in a user's history, and the facts of a target.
 *
 * @param purchases the number of past purchases read
 * @param meanRating the mean of their ratings; empty without purchases
 * @param liked words that the user praises, alphabetical
 * @param disliked words that the user criticises, alphabetical
 * @param points for each of these words, the number of praises minus the number of complaints
 * @param facts the words that name properties of the target, in their order
 */
record Judgement(
        int purchases,
        OptionalDouble meanRating,
        List<String> liked,
        List<String> disliked,
        Map<String, Integer> points,
        List<String> facts) {

    /**
     * Reads a history.
     *
     * @param history the past purchases
     * @param target the text about the target
     * @param middle the middle of the rating scale
     */
    static Judgement of(List<ReviewedItem> history, String target, Opinions opinions, double middle) {
        Map<String, Integer> points = new TreeMap<>();
        for (ReviewedItem purchase : history) {
            read(purchase, opinions, middle, points);
        }
        points.values().removeIf(value -> value == 0);
        return new Judgement(
                history.size(),
                history.stream().mapToDouble(ReviewedItem::rating).average(),
                words(points, value -> value),
                words(points, value -> -value),
                points,
                List.copyOf(opinions.names(target)));
    }

    /** The facts of the target that the user likes. */
    List<String> reasonsFor() {
        return facts.stream().filter(fact -> points.getOrDefault(fact, 0) > 0).toList();
    }

    /** The facts of the target that the user dislikes. */
    List<String> reasonsAgainst() {
        return facts.stream().filter(fact -> points.getOrDefault(fact, 0) < 0).toList();
    }

    /** The words of a list with the most points, of either sign; at most {@code count} words. */
    List<String> strongest(List<String> words, int count) {
        return words.stream()
                .sorted(Comparator.comparingInt(word -> -Math.abs(points.get(word))))
                .limit(count)
                .toList();
    }

    private static void read(ReviewedItem purchase, Opinions opinions, double middle, Map<String, Integer> points) {
        int ratingSide = (int) Math.signum(Math.rint(purchase.rating() - middle));
        for (Opinions.Clause clause : opinions.clauses(purchase.summary() + "\n" + purchase.review())) {
            // A clause without an opinion of its own takes the side of the rating.
            int side = clause.side() == 0 ? ratingSide : clause.side();
            clause.names().forEach(name -> points.merge(name, side, Integer::sum));
        }
    }

    private static List<String> words(Map<String, Integer> points, ToIntFunction<Integer> direction) {
        return points.entrySet().stream()
                .filter(entry -> direction.applyAsInt(entry.getValue()) > 0)
                .map(Map.Entry::getKey)
                .toList();
    }
}
