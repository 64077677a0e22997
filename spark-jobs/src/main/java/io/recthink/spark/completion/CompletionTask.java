package io.recthink.spark.completion;

import io.recthink.model.ModelSettings;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.table.BatchedRows;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.sql.Row;

/**
 * A task that completes prompts, batch by batch in the given order, with the only policy of its JVM. Only this order
 * and the size of a batch decide which prompts share a batch.
 *
 * @param batchSize the maximum number of elements of a batch, at least 1
 */
public record CompletionTask(PolicyReference policy, ModelSettings model, int batchSize) implements Serializable {

    /** A task with all elements in one batch. */
    public static CompletionTask ofOneBatch(PolicyReference policy, ModelSettings model) {
        return new CompletionTask(policy, model, Integer.MAX_VALUE);
    }

    /**
     * The rows that a caller makes of each batch. The call takes the policy. Each batch is computed when its first row
     * is read.
     *
     * @param maker is called once, only when there are elements, and returns the function from a batch to its rows, at
     *     least one
     */
    public <T> Iterator<Row> rows(Iterator<T> given, Function<PolicyInTask, Function<List<T>, List<Row>>> maker) {
        return given.hasNext()
                ? new BatchedRows<>(given, batchSize, maker.apply(PolicyInTask.of(policy, model)))
                : Collections.emptyIterator();
    }

    /** The rows as by {@link #rows}, all computed before this method returns the policy. */
    public <T> List<Row> allRows(Iterator<T> given, Function<PolicyInTask, Function<List<T>, List<Row>>> maker) {
        List<Row> all = new ArrayList<>();
        if (given.hasNext()) {
            try (PolicyInTask taken = PolicyInTask.of(policy, model)) {
                new BatchedRows<>(given, batchSize, maker.apply(taken)).forEachRemaining(all::add);
            }
        }
        return all;
    }
}
