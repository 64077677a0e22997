package io.recthink.spark.table;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.recthink.spark.files.TextFile;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * The policy of a table of predictions and its training: the file {@code _policy.json} beside the predictions.
 *
 * @param system system name in the predictions
 * @param policy path of the policy's folder
 * @param sha256 SHA-256 of its weights
 * @param request hash of the policy, the data and the settings: predictions with the same hash are equal; null in files
 *     of versions that did not record it
 * @param training training run of the policy; null for a policy of no run
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PolicyOrigin(String system, String policy, String sha256, String request, Training training) {
    private static final String FILE = "_policy.json";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * The position of a policy in a run.
     *
     * @param run path of the run folder
     * @param job {@code train} or {@code sft}
     * @param step the step that published the policy
     * @param untrained whether its weights are still the start weights of the run
     * @param configuration the resolved configuration at the start of the run, as YAML
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Training(String run, String job, int step, boolean untrained, String configuration) {
        /** The text for a cell of a table. */
        @JsonIgnore
        public String label() {
            return "%s, step %d%s".formatted(job, step, untrained ? ": the untrained start" : "");
        }
    }

    /**
     * Writes the file into a folder of predictions.
     *
     * @throws io.recthink.InvalidInputException when it cannot be written
     */
    public void write(String folder, Configuration hadoop) {
        try {
            TextFile.write("paths.predictions", folder + "/" + FILE, JSON.writeValueAsString(this) + "\n", hadoop);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads the file in a folder of predictions; empty when there is none.
     *
     * @throws io.recthink.InvalidInputException when the file cannot be read
     */
    public static Optional<PolicyOrigin> read(String folder, Configuration hadoop) {
        return TextFile.read(
                "paths.predictions",
                folder + "/" + FILE,
                "remove it or predict again",
                hadoop,
                in -> JSON.readValue(in, PolicyOrigin.class));
    }
}
