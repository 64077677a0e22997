package io.recthink.spark.completion;

import io.recthink.model.ModelSettings;
import io.recthink.spark.policy.PolicyReference;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.sql.Row;

/**
 * The one task that turns prompts into completions: batch after batch of what it is given, in its order, with the one policy
 * of its JVM. What shares a batch depends on that order and on the size of a batch alone.
 *
 * @param batchSize the most elements of a batch, at least 1
 */
public record CompletionTask(PolicyReference policy, ModelSettings model, int batchSize) implements Serializable {

    /** A task whose elements are all in one batch. */
    public static CompletionTask ofOneBatch(PolicyReference policy, ModelSettings model) {
        return new CompletionTask(policy, model, Integer.MAX_VALUE);
    }

    /**
     * The rows that a caller makes of each batch. The policy is taken when this is called, and each batch is computed when
     * its first row is asked for.
     *
     * @param maker asked once for what makes rows, at least one of each batch; not asked where nothing is given
     */
    public <T> Iterator<Row> rows(Iterator<T> given, Function<PolicyInTask, Function<List<T>, List<Row>>> maker) {
        return given.hasNext()
                ? new BatchedRows<>(given, batchSize, maker.apply(PolicyInTask.of(policy, model)))
                : Collections.emptyIterator();
    }

    /** The same rows, all of them made before the policy is given back and this returns. */
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
