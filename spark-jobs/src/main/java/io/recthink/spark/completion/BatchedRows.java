package io.recthink.spark.completion;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.apache.spark.sql.Row;

/** Maps rows batch by batch, each when its first result is asked for: no more than one batch is held. */
public final class BatchedRows implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final int batchSize;
    private final Function<List<Row>, List<Row>> map;
    private final Deque<Row> ready = new ArrayDeque<>();

    /**
     * The mapped rows.
     *
     * @param map gives at least one row for a batch
     */
    public BatchedRows(Iterator<Row> rows, int batchSize, Function<List<Row>, List<Row>> map) {
        this.rows = rows;
        this.batchSize = batchSize;
        this.map = map;
    }

    @Override
    public boolean hasNext() {
        return !ready.isEmpty() || rows.hasNext();
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        if (ready.isEmpty()) {
            List<Row> batch = new ArrayList<>();
            while (rows.hasNext() && batch.size() < batchSize) {
                batch.add(rows.next());
            }
            ready.addAll(map.apply(batch));
        }
        return ready.remove();
    }
}
