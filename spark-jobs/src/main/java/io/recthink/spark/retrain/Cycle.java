package io.recthink.spark.retrain;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.spark.files.Storage;
import io.recthink.spark.registry.Version;
import io.recthink.spark.train.TrainSettings;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The working folder of one cycle, {@code paths.cycles/NAME/20240701T000000Z}: {@code data}, {@code run},
 * {@code predictions}, {@code table}, and {@code cycle.yaml}, the settings with which the cycle began. A later attempt
 * with the same settings goes on with what the folder has; with other settings it begins anew.
 */
final class Cycle {
    static final String CANDIDATE = "candidate";
    static final String SERVING = "serving";

    private static final String SETTINGS = "cycle.yaml";

    /** What the work of a cycle depends on; the gate may change between two attempts. */
    private static final List<String> SECTIONS = List.of(
            "name",
            "seed",
            "paths",
            "source",
            "prepare",
            "prompt",
            "model",
            "lora",
            "rollout",
            "reward",
            "train",
            "validation",
            "predict",
            "retrain");

    private final Storage storage;
    private final Configuration configuration;

    /**
     * The cycle with the given end.
     *
     * @param serving the folder of the policy that serves and from which the training starts; empty: none serves, and
     *     the training starts from {@code train.start}
     */
    Cycle(Configuration given, Instant until, Optional<String> serving, org.apache.hadoop.conf.Configuration hadoop) {
        Paths paths = given.paths();
        storage = Storage.at(
                "%s/%s/%s"
                        .formatted(
                                paths.resolve(paths.cycles()),
                                given.get(RetrainSettings.class).name(),
                                folderName(until)),
                hadoop);
        configuration = given.change(settings(given, path(), serving));
    }

    /** The name of the folder of a cycle, which sorts by time. */
    static String folderName(Instant until) {
        return until.truncatedTo(ChronoUnit.SECONDS).toString().replaceAll("[-:]", "");
    }

    private static List<String> settings(Configuration given, String folder, Optional<String> serving) {
        TrainSettings train = given.get(TrainSettings.class);
        List<String> settings = new ArrayList<>(List.of(
                "paths.data=" + quoted(folder + "/data"),
                "paths.run=" + quoted(folder + "/run"),
                "paths.predictions=" + quoted(folder + "/predictions"),
                "paths.validationPredictions=" + quoted(folder + "/predictions-validation"),
                "paths.table=" + quoted(folder + "/table"),
                "prepare.split=global-time",
                "prepare.poolOrder=newest",
                "prepare.pools={coldStart: 0, sft: 0, rl: %d}".formatted((long) train.steps() * train.promptsPerStep()),
                "predict.split=test",
                "predict.rows=0",
                "predict.validationRows=0",
                "predict.policies={%s: %s%s}"
                        .formatted(
                                CANDIDATE,
                                quoted(folder + "/run"),
                                serving.map(path -> ", %s: %s".formatted(SERVING, quoted(path)))
                                        .orElse("")),
                "compare.reference=" + (serving.isPresent() ? SERVING : "bias"),
                "compare.focus=" + CANDIDATE));
        serving.ifPresent(path -> settings.add("train.start=" + quoted(path)));
        return settings;
    }

    /** A text in YAML that means exactly these letters. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** The configuration of the jobs of the cycle. */
    Configuration configuration() {
        return configuration;
    }

    /** The fully qualified path. */
    String path() {
        return storage.path("").toString();
    }

    /**
     * Begins the cycle, or goes on with an earlier attempt.
     *
     * @return whether an earlier attempt with other settings was removed
     */
    boolean begin() {
        String now = configuration.toYaml(SECTIONS);
        Optional<String> before = storage.read(SETTINGS).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        if (before.filter(now::equals).isPresent()) {
            return false;
        }
        boolean removed = before.isPresent();
        if (!removed && !storage.list("").isEmpty()) {
            throw new InvalidInputException(
                    "%s has files of something else. Remove it, or choose another paths.cycles.".formatted(path()));
        }
        storage.delete("");
        storage.write(SETTINGS, now);
        return removed;
    }

    /** Removes a part of the folder. */
    void remove(String name) {
        storage.delete(name);
    }

    /** The end of the cycle of a version; empty for a version that a person published. */
    static Optional<Instant> end(Version version) {
        return Optional.ofNullable(version.until()).map(Instant::parse);
    }
}
