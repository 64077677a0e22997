package io.recthink.spark.sft;

import io.recthink.generate.Seeds;

/** Which instructions of a table are held out: a share of them by a hash of their keys, the same in every run. */
final class HeldOut {
    private static final long STREAM = 0x4845_4c44_4f55_54L; // no seed of a run, so that runs are validated alike

    private HeldOut() {}

    /** Whether the row of a key is held out. Of keys such as ROW:VARIANT, rows of one ROW share their fate. */
    static boolean holds(String key, double share) {
        int colon = key.indexOf(':');
        String row = colon < 0 ? key : key.substring(0, colon);
        return Seeds.uniform(Seeds.of(STREAM, 0, row, 0), 0) < share;
    }
}
