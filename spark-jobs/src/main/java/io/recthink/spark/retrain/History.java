package io.recthink.spark.retrain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.spark.registry.Registry;
import io.recthink.spark.registry.RegistryWriter;
import io.recthink.spark.registry.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The history of a registry: one line of {@code history.jsonl} a version, and the page {@value #PAGE}. Both are made
 * anew from the versions, so that an interrupted cycle leaves no gap and no repetition.
 */
public final class History {
    /** The name of the page. */
    public static final String PAGE = "history.html";

    private static final String LINES = "history.jsonl";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Registry registry;
    private final List<Entry> entries = new ArrayList<>();

    /**
     * A version with what changed since the version before.
     *
     * @param logShift population stability index of the ratings of the test rows against those of the cycle before;
     *     empty for the first
     * @param predictionShift the same index of the candidate's predictions against the ratings of its test rows; empty
     *     for a version that was published by hand
     */
    record Entry(Version version, OptionalDouble logShift, OptionalDouble predictionShift) {}

    /** The history of all versions. */
    public History(Registry registry) {
        this.registry = registry;
        Optional<List<Long>> before = Optional.empty();
        for (Version version : registry.versions()) {
            if (version.measured() == null) {
                entries.add(new Entry(version, OptionalDouble.empty(), OptionalDouble.empty()));
                continue;
            }
            List<Long> log = version.measured().ratings();
            OptionalDouble shift =
                    before.map(earlier -> StabilityIndex.of(earlier, log)).orElse(OptionalDouble.empty());
            entries.add(new Entry(
                    version,
                    shift,
                    StabilityIndex.of(log, version.measured().candidate().ratings())));
            before = Optional.of(log);
        }
    }

    /** Writes both files. */
    public void write(RegistryWriter writer) {
        writer.write(LINES, lines());
        writer.write(PAGE, new HistoryPage(registry.path(), entries, registry.serving()).html());
    }

    private String lines() {
        StringBuilder lines = new StringBuilder();
        for (Entry entry : entries) {
            ObjectNode line = JSON.valueToTree(entry.version());
            line.remove("files");
            entry.logShift().ifPresent(shift -> line.put("logShift", shift));
            entry.predictionShift().ifPresent(shift -> line.put("predictionShift", shift));
            try {
                lines.append(JSON.writeValueAsString(line)).append('\n');
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }
        return lines.toString();
    }
}
