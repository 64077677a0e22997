package io.recthink.prompt;

import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * The data that a prompt may show of one example. The data is from before the time of the prediction and never contains
 * the target's own review.
 *
 * @param userHistory the user's past purchases, oldest first
 * @param itemHistory other users' reviews of the target, oldest first
 * @param target the item to rate
 * @param userMean the mean of the user's past ratings; empty for a new user
 * @param itemMean the mean of the item's past ratings; empty for a new item
 */
public record PromptInput(
        List<ReviewedItem> userHistory,
        List<ItemReview> itemHistory,
        Item target,
        OptionalDouble userMean,
        OptionalDouble itemMean) {
    public PromptInput {
        userHistory = oldestFirst("userHistory", userHistory, ReviewedItem::time);
        itemHistory = oldestFirst("itemHistory", itemHistory, ItemReview::time);
    }

    /** This input with only the {@code count} latest past purchases. */
    public PromptInput latest(int count) {
        return new PromptInput(latest(userHistory, count), itemHistory, target, userMean, itemMean);
    }

    static <T> List<T> latest(List<T> history, int count) {
        return history.subList(Math.max(0, history.size() - count), history.size());
    }

    private static <T> List<T> oldestFirst(String name, List<T> history, Function<T, Instant> time) {
        for (int i = 1; i < history.size(); i++) {
            if (time.apply(history.get(i)).isBefore(time.apply(history.get(i - 1)))) {
                throw new IllegalArgumentException(name + " must be ordered by time, oldest first");
            }
        }
        return List.copyOf(history);
    }
}
