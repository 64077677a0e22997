package io.recthink.spark.table;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.apache.spark.sql.Row;

/**
 * Maps elements to rows batch by batch. It computes a batch when its first row is read, so only one batch is in memory.
 */
public final class BatchedRows<T> implements Iterator<Row> {
    private final Iterator<T> elements;
    private final int batchSize;
    private final Function<List<T>, List<Row>> map;
    private final Deque<Row> ready = new ArrayDeque<>();

    /**
     * The rows of all batches.
     *
     * @param map returns at least one row per batch
     */
    public BatchedRows(Iterator<T> elements, int batchSize, Function<List<T>, List<Row>> map) {
        this.elements = elements;
        this.batchSize = batchSize;
        this.map = map;
    }

    @Override
    public boolean hasNext() {
        return !ready.isEmpty() || elements.hasNext();
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        if (ready.isEmpty()) {
            List<T> batch = new ArrayList<>();
            while (elements.hasNext() && batch.size() < batchSize) {
                batch.add(elements.next());
            }
            ready.addAll(map.apply(batch));
        }
        return ready.remove();
    }
}
