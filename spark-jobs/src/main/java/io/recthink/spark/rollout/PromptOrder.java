package io.recthink.spark.rollout;

import io.recthink.InvalidInputException;
import io.recthink.Seeds;
import io.recthink.spark.run.Cursor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The order in which a run uses the rows of a pool. Each epoch has its own shuffled order, which depends only on the
 * seed and the row ids. A step takes consecutive rows of one epoch. Rows at the end of an epoch that do not fill a step
 * are skipped, so that no step contains a row twice.
 */
public final class PromptOrder {
    private static final int SHUFFLE = -1;

    private final long seed;
    private final List<String> rowIds;
    private final Optional<Map<String, Double>> balancedBy;
    private final int perStep;
    private int epoch = -1;
    private List<String> order = List.of();
    private final Set<String> passed = new HashSet<>();
    private Cursor passedUntil = Cursor.START;

    /**
     * An order.
     *
     * @param rowIds the pool, in any order, without repetition
     * @param perStep rows of one step
     * @param pool its name, for messages
     * @throws InvalidInputException when the pool is smaller than one step
     */
    public PromptOrder(long seed, List<String> rowIds, int perStep, String pool) {
        this(seed, rowIds, Optional.empty(), perStep, pool);
    }

    /**
     * An order that draws every true rating equally often, see {@link BalancedEpoch}. It also depends on
     * {@code perStep}.
     *
     * @param truths the true ratings of the pool by row id
     * @param perStep rows of one step
     * @param pool its name, for messages
     * @throws InvalidInputException when the pool is smaller than one step
     */
    public static PromptOrder balanced(long seed, Map<String, Double> truths, int perStep, String pool) {
        return new PromptOrder(seed, List.copyOf(truths.keySet()), Optional.of(Map.copyOf(truths)), perStep, pool);
    }

    private PromptOrder(
            long seed, List<String> rowIds, Optional<Map<String, Double>> balancedBy, int perStep, String pool) {
        if (rowIds.size() < perStep) {
            throw new InvalidInputException(
                    ("The %s has %d rows, but a step takes %d rows. Prepare more rows or lower the number of rows of a"
                                    + " step.")
                            .formatted(pool, rowIds.size(), perStep));
        }
        this.seed = seed;
        this.rowIds = List.copyOf(rowIds);
        this.balancedBy = balancedBy;
        this.perStep = perStep;
    }

    /**
     * The rows of a step.
     *
     * @param rowIds in their order
     * @param first begin of the step: the given cursor, or the start of the next epoch
     * @param next begin of the next step
     */
    public record Step(List<String> rowIds, Cursor first, Cursor next) {}

    /** The rows of the step that begins at a cursor, without repetition. */
    public Step at(Cursor cursor) {
        Cursor start = cursor.position() + perStep <= rowIds.size() ? cursor : new Cursor(cursor.epoch() + 1, 0);
        int end = start.position() + perStep;
        List<String> rows = List.copyOf(order(start.epoch()).subList(start.position(), end));
        return new Step(rows, start, new Cursor(start.epoch(), end));
    }

    /**
     * Further rows after a cursor, for a step that needs more than its own. It takes the remaining rows of the epoch,
     * then rows of the next epoch, without the rows in {@code without}. The result is shorter when there are no other
     * rows.
     *
     * @param without rows that the step already has
     * @return {@code next} is the position after the last row; skipped rows count as used
     */
    public Step further(Cursor cursor, int rows, Set<String> without) {
        Set<String> had = new HashSet<>(without);
        List<String> found = new ArrayList<>();
        Cursor next = cursor;
        for (int pass = cursor.epoch(); pass <= cursor.epoch() + 1 && found.size() < rows; pass++) {
            List<String> all = order(pass);
            for (int i = pass == cursor.epoch() ? cursor.position() : 0; i < all.size() && found.size() < rows; i++) {
                if (had.add(all.get(i))) {
                    found.add(all.get(i));
                    next = new Cursor(pass, i + 1);
                }
            }
        }
        return new Step(List.copyOf(found), cursor, next);
    }

    /** Up to {@code rows} rows of the cursor's epoch, from the cursor on: the rows of the next steps. */
    public List<String> ahead(Cursor cursor, int rows) {
        List<String> all = order(cursor.epoch());
        return List.copyOf(all.subList(cursor.position(), Math.min(all.size(), cursor.position() + rows)));
    }

    /**
     * The number of different rows before a cursor, over all epochs. Skipped rows count too, also the rows at the end
     * of an epoch that do not fill a step.
     */
    public int distinctBefore(Cursor cursor) {
        if (balancedBy.isEmpty()) {
            return cursor.epoch() == 0 ? cursor.position() : rowIds.size();
        }
        if (cursor.epoch() < passedUntil.epoch()
                || (cursor.epoch() == passedUntil.epoch() && cursor.position() < passedUntil.position())) {
            passed.clear();
            passedUntil = Cursor.START;
        }
        while (passedUntil.epoch() < cursor.epoch()) {
            pass(rowIds.size());
            passedUntil = new Cursor(passedUntil.epoch() + 1, 0);
        }
        pass(cursor.position());
        return passed.size();
    }

    private void pass(int end) {
        passed.addAll(order(passedUntil.epoch()).subList(passedUntil.position(), end));
        passedUntil = new Cursor(passedUntil.epoch(), end);
    }

    private List<String> order(int wanted) {
        if (wanted != epoch) {
            List<String> shuffled = rowIds.stream()
                    .map(id -> new Keyed(id, Seeds.of(seed, wanted, id, SHUFFLE)))
                    .sorted(Comparator.comparingLong(Keyed::key).thenComparing(Keyed::rowId))
                    .map(Keyed::rowId)
                    .toList();
            order = balancedBy
                    .map(truths -> BalancedEpoch.of(seed, wanted, shuffled, truths, perStep))
                    .orElse(shuffled);
            epoch = wanted;
        }
        return order;
    }

    private record Keyed(String rowId, long key) {}
}
