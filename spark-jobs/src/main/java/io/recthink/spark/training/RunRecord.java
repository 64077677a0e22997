package io.recthink.spark.training;

import java.util.List;

/** What a run is set to: its folder keeps it as {@code config.yaml}, and a resumed run must be set alike. */
public sealed interface RunRecord permits ConfigurationRecord, SettingsRecord {
    /** The label of the run. */
    String name();

    /** The number that its random streams are addressed from. */
    long seed();

    /** The text of {@code config.yaml}. */
    String yaml();

    /**
     * What is set otherwise than it was when the run began, and matters.
     *
     * @param origin the name of the file, for messages
     * @param before its text
     * @return lines such as {@code sft.steps: was 30, is 40}
     */
    List<String> changes(String origin, String before);
}
