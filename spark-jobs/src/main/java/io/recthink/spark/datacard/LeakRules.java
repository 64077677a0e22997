package io.recthink.spark.datacard;

import java.util.List;

/** What a data set's examples were tested for, in the words of its card. */
public final class LeakRules {
    /** Shorter texts are not looked for in histories: people say the same few words of many products. */
    public static final int MIN_CHARACTERS = 20;

    /** One sentence a test. */
    static final List<String> ALL = List.of(
            "every row is there, under an id of its own",
            "no row's own review is in its histories, neither under its name nor as text",
            "every history entry is earlier than its row and lies in the data that the model is fitted on",
            "every row is in the split that the rule gives it",
            "counts and means are those of a scan of all earlier rows, and histories are as long as they should be",
            "pools are disjoint and hold train rows only");

    private LeakRules() {}
}
