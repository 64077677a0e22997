package io.recthink.spark.tracking;

import io.recthink.config.RecordedConfiguration;
import io.recthink.spark.run.RunDescription;
import io.recthink.spark.run.RunFolder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What MLflow is told of a run when it begins.
 *
 * @param id the UUID at the end of the {@code runId} of {@code run.json}, by which a resumed run is found again
 * @param experiment the experiment unless the settings name one: the label of the run
 * @param name the name of the run in MLflow
 * @param created when the run began
 * @param tags where the run is and what it read
 * @param parameters the settings on which it depends: values by key, such as {@code train.optimizer.learningRate}
 */
record MlflowRun(
        String id,
        String experiment,
        String name,
        Instant created,
        Map<String, String> tags,
        Map<String, String> parameters) {
    /** The tag that holds {@link #id}. */
    static final String ID = "recthink.run_uuid";

    private static final int UUID_LENGTH = 36;

    MlflowRun {
        tags = Map.copyOf(tags);
        parameters = Map.copyOf(parameters);
    }

    /**
     * Reads {@code run.json} and {@code config.yaml} of a run.
     *
     * @param name the label of the run
     * @param sections the keys and sections of the configuration that become parameters
     */
    static MlflowRun of(RunFolder folder, String name, List<String> sections) {
        RunDescription run = folder.description();
        Map<String, String> tags = new TreeMap<>();
        String id = run.runId().substring(Math.max(0, run.runId().length() - UUID_LENGTH));
        tags.put(ID, id);
        tags.put("recthink.run_id", run.runId());
        tags.put("mlflow.source.name", "recthink " + run.job());
        tags.put("mlflow.source.type", "JOB");
        tags.put("mlflow.source.git.commit", run.revision());
        tags.put("mlflow.user", System.getProperty("user.name"));
        tags.put("recthink.job", run.job());
        tags.put("recthink.version", run.recthink());
        tags.put("recthink.run_folder", folder.path());
        tags.put("recthink.start", run.start());
        tags.put("recthink.start_sha256", run.startSha256());
        tags.put("recthink.data_sha256", run.dataSha256());
        tags.put("recthink.device", run.device());
        tags.put("recthink.spark", run.spark());
        tags.put("recthink.pytorch", run.pytorch());
        tags.values().removeIf(Objects::isNull); // run.json of another version
        return new MlflowRun(
                id,
                name,
                "%s %s %s".formatted(name, run.job(), folder.path().replaceFirst(".*/", "")),
                Instant.parse(run.created()),
                tags,
                RecordedConfiguration.read(folder.path(), folder.configuration())
                        .values(sections));
    }
}
