package io.recthink.spark.table;

import java.util.List;

/** The names of the splits of a data set. */
public final class Splits {
    public static final String TRAIN = "train";
    public static final String VALIDATION = "validation";
    public static final String TEST = "test";

    /** In the order of their times. */
    public static final List<String> ALL = List.of(TRAIN, VALIDATION, TEST);

    private Splits() {}
}
