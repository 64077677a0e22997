package io.recthink.spark.datacard;

import java.util.List;

/** The leak tests that the examples of a data set have passed, as the data card describes them. */
public final class LeakRules {
    /** Characters of the shortest text that the leak tests search for: many reviews consist of the same few words. */
    public static final int MIN_CHARACTERS = 20;

    /** The descriptions of the leak tests, one sentence each. */
    static final List<String> ALL = List.of(
            "the table contains every row, each under its own row id",
            "no history contains the row's own review, neither under its ids nor as text",
            "every history entry is earlier than its row and is in the data that the model is fitted on",
            "every row is in the split that the rule gives it",
            "counts, means and lengths of histories equal the result of a scan over all earlier rows",
            "pools are disjoint and contain train rows only");

    private LeakRules() {}
}
