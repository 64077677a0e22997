package io.recthink.spark.table;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.recthink.spark.files.TextFile;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * The training cost of a system: the file {@code _training.json} beside its predictions.
 *
 * @param system system name in the predictions
 * @param readout read-out to which the cost applies; null: all
 * @param samples labelled rows that were learnt from, each counted once
 * @param teacherCalls calls of a teacher model
 * @param teacherTokens tokens of these calls, input and output
 * @param modelsTrained number of models that were trained
 * @param modelsServed number of models that a prediction needs
 * @param stages number of models that a prediction uses one after the other
 * @param seconds wall-clock time of the training, the search of settings included
 * @param processors number of processors or GPUs; 0: not known
 * @param device {@code cpu} or {@code gpu}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record TrainingCost(
        String system,
        String readout,
        long samples,
        long teacherCalls,
        long teacherTokens,
        int modelsTrained,
        int modelsServed,
        int stages,
        double seconds,
        int processors,
        String device) {
    private static final String FILE = "_training.json";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** Whether this is the cost of the given system and read-out. */
    public boolean isOf(String otherSystem, String otherReadout) {
        return system.equals(otherSystem) && (readout == null || readout.equals(otherReadout));
    }

    /** Duration in hours times the number of devices. */
    @JsonIgnore
    public double deviceHours() {
        return seconds / 3600 * processors;
    }

    /**
     * Writes the costs of the systems and read-outs into a folder of predictions.
     *
     * @throws io.recthink.InvalidInputException when the file cannot be written
     */
    public static void write(String folder, List<TrainingCost> costs, Configuration hadoop) {
        try {
            TextFile.write("paths.predictions", folder + "/" + FILE, JSON.writeValueAsString(costs) + "\n", hadoop);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads the costs in a folder of predictions; empty when there are none.
     *
     * @throws io.recthink.InvalidInputException when the file cannot be read
     */
    public static List<TrainingCost> read(String folder, Configuration hadoop) {
        return TextFile.read(
                        "paths.predictions",
                        folder + "/" + FILE,
                        "remove it or predict again",
                        hadoop,
                        in -> List.of(JSON.readValue(in, TrainingCost[].class)))
                .orElse(List.of());
    }
}
