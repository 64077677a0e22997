package io.recthink.spark.prepare;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.files.StateFile;
import io.recthink.spark.source.ColumnSettings;
import io.recthink.spark.source.SourceSettings;
import io.recthink.spark.table.PrepareSettings;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * The settings with which a data set was prepared. A later part of its log must use the same settings, so that both
 * parts form one data set. {@code prepare} writes the settings to {@code prepare.json} in the folder of the data set.
 *
 * @param settings dotted keys of the configuration with their values; a data set of an older version does not have keys
 *     that were introduced later
 * @param closedUntil the end of the period that was read, ISO 8601 in UTC: the first time of a later part
 * @param request everything that was asked for, see {@link Request}; absent in data sets of an older version
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Origin(Map<String, JsonNode> settings, String closedUntil, Map<String, JsonNode> request) {
    static final String FILE = "prepare.json";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * Returns the settings of a configuration. Pools and the seed are left out: they choose among rows that an append
     * never changes.
     */
    static Origin of(Configuration configuration, ColumnSettings columns, String closedUntil) {
        Map<String, JsonNode> settings = new LinkedHashMap<>();
        put(settings, "name", configuration.name());
        put(
                settings,
                "source.minRating",
                configuration.get(SourceSettings.class).minRating());
        put(
                settings,
                "source.maxRating",
                configuration.get(SourceSettings.class).maxRating());
        put(settings, "source.columns.user", columns.user());
        put(settings, "source.columns.item", columns.item());
        put(settings, "source.columns.rating", columns.rating());
        put(settings, "source.columns.time", columns.time());
        put(settings, "source.columns.summary", columns.summary());
        put(settings, "source.columns.review", columns.review());
        ObjectNode prepare = JSON.valueToTree(configuration.get(PrepareSettings.class));
        prepare.remove("pools");
        prepare.remove("poolOrder");
        prepare.properties().forEach(setting -> settings.put("prepare." + setting.getKey(), setting.getValue()));
        return new Origin(settings, closedUntil, null);
    }

    private static void put(Map<String, JsonNode> settings, String key, Object value) {
        settings.put(key, JSON.valueToTree(value));
    }

    /**
     * Reads {@code prepare.json} from a data folder.
     *
     * @param key the option or setting that names the folder, for messages
     * @throws InvalidInputException when the file does not exist or cannot be read
     */
    static Origin read(SparkSession spark, String folder, String key) {
        Path file = new Path(folder, FILE);
        try {
            FileSystem files = file.getFileSystem(spark.sparkContext().hadoopConfiguration());
            try (InputStream in = files.open(file)) {
                return StateFile.read(
                        "%s %s: %s".formatted(key, folder, FILE),
                        in.readAllBytes(),
                        Origin.class,
                        "Copy the data set again, or prepare the whole log anew.");
            }
        } catch (FileNotFoundException e) {
            throw new InvalidInputException(
                    "%s %s: holds no %s; it is no data set, or one of a version that could not be appended to:"
                                    .formatted(key, folder, FILE)
                            + " prepare the whole log anew",
                    e);
        } catch (IOException e) {
            throw new InvalidInputException("%s %s: %s cannot be read: %s".formatted(key, folder, FILE, e), e);
        }
    }

    /** Returns the same settings with the end of the period that was read, and with what was asked for. */
    Origin until(Instant end, Request asked) {
        return new Origin(settings, end.toString(), asked.settings());
    }

    String toJson() {
        try {
            return JSON.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Checks that rows that are prepared with the settings {@code now} belong to this data set.
     *
     * @throws InvalidInputException with each setting that differs
     */
    void refuseOther(Origin now, String folder) {
        List<String> differences = new ArrayList<>();
        settings.forEach((key, value) -> {
            JsonNode other = now.settings.get(key);
            if (!value.equals(other)) {
                differences.add("%s was %s there and is %s here".formatted(key, value, other));
            }
        });
        if (!differences.isEmpty()) {
            throw new InvalidInputException(
                    "--append-to %s: %s; an append keeps every row as it is: use the same settings, or prepare the whole log anew"
                            .formatted(folder, String.join(", ", differences)));
        }
    }
}
