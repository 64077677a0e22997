package io.recthink.spark.training;

import io.recthink.spark.tracking.TrackingSettings;
import java.util.List;

/** The settings that a run records as {@code config.yaml}; a resumed run must have the same settings. */
public sealed interface RunRecord permits ConfigurationRecord, SettingsRecord {
    /** The label of the run. */
    String name();

    /** The seed of its random streams. */
    long seed();

    /** The text of {@code config.yaml}. */
    String yaml();

    /** The keys and sections of {@link #yaml} on which the run depends. */
    List<String> sections();

    /** Where the metrics of the run are sent. */
    TrackingSettings tracking();

    /**
     * The settings that changed since the run began and must not change.
     *
     * @param origin the name of the file, for messages
     * @param before its text
     * @return lines such as {@code sft.steps: was 30, is 40}
     */
    List<String> changes(String origin, String before);
}
