package io.recthink.spark.baseline;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Train and validation ratings, also in the forms that systems read. The set creates each form once, and closes it. */
public final class RatingSet implements AutoCloseable {
    private final Dataset<Row> train;
    private final Dataset<Row> validation;
    private final Map<Class<?>, Form> forms = new HashMap<>();
    private final Deque<Form> made = new ArrayDeque<>();
    private long trainRows = -1;

    /** Ratings in the form that a system reads, kept until they are closed. */
    public interface Form extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * A set of ratings.
     *
     * @param train columns rowId, userId, itemId, truth
     * @param validation the same columns, for the choice of settings; empty when there is no choice
     */
    public RatingSet(Dataset<Row> train, Dataset<Row> validation) {
        this.train = train;
        this.validation = validation;
    }

    public Dataset<Row> train() {
        return train;
    }

    public Dataset<Row> validation() {
        return validation;
    }

    /** The number of train ratings, counted once. */
    public synchronized long trainRows() {
        if (trainRows < 0) {
            trainRows = train.count();
        }
        return trainRows;
    }

    /** The ratings in a form, created at the first call. */
    public synchronized <T extends Form> T as(Class<T> form, Supplier<T> maker) {
        Form found = forms.get(form);
        if (found == null) {
            found = maker.get();
            forms.put(form, found);
            made.push(found);
        }
        return form.cast(found);
    }

    /** Closes all forms, the latest first. */
    @Override
    public synchronized void close() {
        while (!made.isEmpty()) {
            made.pop().close();
        }
        forms.clear();
    }
}
