package io.recthink.spark.rollout;

import io.recthink.prompt.PromptInput;
import io.recthink.prompt.TraceMeasure;
import io.recthink.spark.completion.Prompt;
import io.recthink.spark.completion.PromptEncoding;
import io.recthink.spark.table.Examples;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * The rendered prompts of a pool, persisted on the executors. The driver fetches the prompts of several steps at once,
 * so that most steps need no job for them.
 */
public final class PromptTable implements AutoCloseable {
    private final JavaRDD<Prompt> prompts;
    private final Map<String, Prompt> fetched = new HashMap<>();

    /**
     * The prompts of some examples.
     *
     * @param examples as {@code Tables.EXAMPLES}
     */
    public PromptTable(Dataset<Row> examples, PromptEncoding encoding) {
        this.prompts = examples.toJavaRDD()
                .mapPartitions(rows -> encode(rows, encoding))
                .persist(StorageLevel.MEMORY_AND_DISK());
    }

    /**
     * The prompts of the given rows, in their order.
     *
     * @param next rows of the next steps, fetched too when a job is needed; may contain the given rows
     */
    public List<Prompt> fetch(List<String> rowIds, List<String> next) {
        if (!fetched.keySet().containsAll(rowIds)) {
            fetched.clear();
            Set<String> wanted = new HashSet<>(next);
            wanted.addAll(rowIds);
            prompts.filter(prompt -> wanted.contains(prompt.rowId()))
                    .collect()
                    .forEach(prompt -> fetched.put(prompt.rowId(), prompt));
        }
        return rowIds.stream().map(fetched::get).toList();
    }

    @Override
    public void close() {
        prompts.unpersist();
    }

    private static Iterator<Prompt> encode(Iterator<Row> rows, PromptEncoding encoding) {
        List<Prompt> prompts = new ArrayList<>();
        try (PromptEncoding.Open open = encoding.open()) {
            rows.forEachRemaining(row -> {
                PromptInput input = Examples.input(row);
                prompts.add(new Prompt(
                        row.getAs("rowId"),
                        open.encoder().encode(input),
                        row.<Double>getAs("truth"),
                        TraceMeasure.ownWords(input)));
            });
        }
        return prompts.iterator();
    }
}
