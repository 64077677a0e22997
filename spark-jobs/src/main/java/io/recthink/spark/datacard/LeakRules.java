package io.recthink.spark.datacard;

import java.util.List;

/** What a data set's examples were tested for, in the words of its card. */
public final class LeakRules {
    /** Shorter texts are not looked for in histories: people say the same few words of many products. */
    public static final int MIN_CHARACTERS = 20;

    /** One sentence a test. */
    static final List<String> ALL = List.of(
            "the table contains every row, each under its own row id",
            "no history contains the row's own review, neither under its ids nor as text",
            "every history entry is earlier than its row and is in the data that the model is fitted on",
            "every row is in the split that the rule gives it",
            "counts, means and lengths of histories equal the result of a scan over all earlier rows",
            "pools are disjoint and contain train rows only");

    private LeakRules() {}
}
