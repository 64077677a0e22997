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
 * Which policy has predicted, and which training it is of: the file {@code _policy.json} beside the predictions.
 *
 * @param system its name in the predictions
 * @param policy path of its folder
 * @param sha256 of its weights
 * @param request a hash of the policy, the data and the settings; predictions of the same are the same. Null where a version
 *     wrote them that did not say it
 * @param training of the run that it lies in; null for a policy of no run
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PolicyOrigin(String system, String policy, String sha256, String request, Training training) {
    private static final String FILE = "_policy.json";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * The place of a policy in a run.
     *
     * @param run path of its folder
     * @param job {@code train} or {@code sft}
     * @param step that published the policy
     * @param untrained whether its weights are still those that the run started from
     * @param configuration the resolved configuration that the run was begun with, as YAML
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Training(String run, String job, int step, boolean untrained, String configuration) {
        /** In a cell of a table. */
        @JsonIgnore
        public String label() {
            return "%s, step %d%s".formatted(job, step, untrained ? ": the untrained start" : "");
        }
    }

    /**
     * Writes the file of a folder of predictions.
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
     * The origin that stands beside predictions; nothing where it is not known.
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
