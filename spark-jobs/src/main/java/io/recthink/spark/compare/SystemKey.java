package io.recthink.spark.compare;

import java.io.Serializable;

/** What a row of the table is: one read-out of one system under one seed. */
record SystemKey(String system, String readout, long seed) implements Serializable {
    ReadoutType type() {
        return ReadoutType.of(readout);
    }

    @Override
    public String toString() {
        return system + " (" + readout + ", seed " + seed + ")";
    }
}
