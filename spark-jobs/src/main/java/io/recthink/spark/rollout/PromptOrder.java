package io.recthink.spark.rollout;

import io.recthink.InvalidInputException;
import io.recthink.generate.Seeds;
import io.recthink.spark.run.Cursor;
import java.util.Comparator;
import java.util.List;

/**
 * The order in which a pool is walked through: each epoch in a shuffled order of its own that depends on the seed and on
 * the row ids alone. A step takes consecutive rows of one epoch; rows left over at the end of an epoch that do not fill a
 * step wait for the next epoch, so that no step holds a row twice.
 */
public final class PromptOrder {
    private static final int SHUFFLE = -1;

    private final long seed;
    private final List<String> rowIds;
    private final int perStep;
    private int epoch = -1;
    private List<String> order = List.of();

    /**
     * An order.
     *
     * @param rowIds the pool, in any order, without repetition
     * @param perStep rows of one step
     * @param pool its name, for messages
     * @throws InvalidInputException when the pool is smaller than one step
     */
    public PromptOrder(long seed, List<String> rowIds, int perStep, String pool) {
        if (rowIds.size() < perStep) {
            throw new InvalidInputException(
                    "The %s has %d rows, a step takes %d. Prepare a larger one or lower the rows of a step."
                            .formatted(pool, rowIds.size(), perStep));
        }
        this.seed = seed;
        this.rowIds = List.copyOf(rowIds);
        this.perStep = perStep;
    }

    /**
     * The rows of a step.
     *
     * @param rowIds in their order
     * @param first where it begins: the cursor asked for, or the start of the epoch after it
     * @param next where the step after it begins
     */
    public record Step(List<String> rowIds, Cursor first, Cursor next) {}

    /** The rows of the step that begins at a cursor. */
    public Step at(Cursor cursor) {
        Cursor start = cursor.position() + perStep <= rowIds.size() ? cursor : new Cursor(cursor.epoch() + 1, 0);
        int end = start.position() + perStep;
        List<String> rows = List.copyOf(order(start.epoch()).subList(start.position(), end));
        return new Step(rows, start, new Cursor(start.epoch(), end));
    }

    /** Up to {@code rows} rows of the epoch of a cursor from there on: what the coming steps need. */
    public List<String> ahead(Cursor cursor, int rows) {
        List<String> all = order(cursor.epoch());
        return List.copyOf(all.subList(cursor.position(), Math.min(all.size(), cursor.position() + rows)));
    }

    private List<String> order(int wanted) {
        if (wanted != epoch) {
            order = rowIds.stream()
                    .map(id -> new Keyed(id, Seeds.of(seed, wanted, id, SHUFFLE)))
                    .sorted(Comparator.comparingLong(Keyed::key).thenComparing(Keyed::rowId))
                    .map(Keyed::rowId)
                    .toList();
            epoch = wanted;
        }
        return order;
    }

    private record Keyed(String rowId, long key) {}
}
