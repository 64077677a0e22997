package io.recthink.spark.sft;

import io.recthink.Seeds;

/** Selects the held-out instructions of a table by a hash of their keys, the same in every run. */
final class HeldOut {
    private static final long STREAM = 0x4845_4c44_4f55_54L; // fixed: all runs hold out the same rows

    private HeldOut() {}

    /** Whether the row of a key is held out. Keys of the form ROW:VARIANT with the same ROW are held out together. */
    static boolean holds(String key, double share) {
        int colon = key.indexOf(':');
        String row = colon < 0 ? key : key.substring(0, colon);
        return Seeds.uniform(Seeds.of(STREAM, 0, row, 0), 0) < share;
    }
}
