package io.recthink.spark.sft;

import io.recthink.InvalidInputException;
import io.recthink.spark.completion.ContextRoom;
import io.recthink.spark.table.Instructions;
import java.io.Serializable;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/** Encoded instructions, persisted on the executors. The driver fetches the instructions of several steps at once. */
final class InstructionTable implements AutoCloseable {
    private final String name;
    private final JavaRDD<EncodedInstruction> instructions;
    private final Map<String, EncodedInstruction> fetched = new HashMap<>();

    InstructionTable(Instructions instructions, InstructionEncoding encoding) {
        this.name = instructions.name();
        this.instructions =
                instructions.rows().toJavaRDD().mapPartitions(encoding::encode).persist(StorageLevel.MEMORY_AND_DISK());
    }

    private record Entry(String key, double weight, int prompt, int completion) implements Serializable {}

    /**
     * The keys of the rows with a positive weight, ascending. Their number depends on the configuration, not on the
     * log.
     *
     * @param room context size of the model
     * @throws InvalidInputException when a row does not fit the context, has no valid weight, or has the key of another
     *     row
     */
    List<String> keys(ContextRoom room) {
        List<Entry> entries = instructions
                .map(row -> new Entry(row.key(), row.weight(), row.prompt().length, row.completion().length))
                .collect()
                .stream()
                .sorted(Comparator.comparing(Entry::key))
                .toList();
        Set<String> keys = new HashSet<>();
        for (Entry entry : entries) {
            require(entry, room);
            if (!keys.add(entry.key)) {
                throw new InvalidInputException(
                        "The %s has the key %s twice. Give each row a key of its own.".formatted(name, entry.key));
            }
        }
        return entries.stream()
                .filter(entry -> entry.weight > 0)
                .map(Entry::key)
                .toList();
    }

    private void require(Entry entry, ContextRoom room) {
        if (!(entry.weight >= 0) || !Double.isFinite(entry.weight)) {
            throw new InvalidInputException(
                    "The %s: %s has the weight %s. Give it a number of at least 0, usually 1, or leave the row out."
                            .formatted(name, entry.key, entry.weight));
        }
        if (!room.holds(entry.prompt, entry.completion)) {
            throw new InvalidInputException(
                    "The %s: the prompt of %s has %d tokens and its completion %d, which do not fit the model's context of %d tokens. Shorten them, leave the row out, or take a model with a longer context."
                            .formatted(name, entry.key, entry.prompt, entry.completion, room.positions()));
        }
    }

    /**
     * The rows of the given keys, in their order.
     *
     * @param next keys of the next steps, fetched too when a job is needed
     */
    List<EncodedInstruction> fetch(List<String> keys, List<String> next) {
        if (!fetched.keySet().containsAll(keys)) {
            fetched.clear();
            Set<String> wanted = new HashSet<>(next);
            wanted.addAll(keys);
            instructions
                    .filter(row -> wanted.contains(row.key()))
                    .collect()
                    .forEach(row -> fetched.put(row.key(), row));
        }
        return keys.stream().map(fetched::get).toList();
    }

    @Override
    public void close() {
        instructions.unpersist();
    }
}
