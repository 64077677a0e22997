package io.recthink.spark.evaluate;

import java.io.Serializable;

/** What a row of the table is: one read-out of one system under one seed. */
public record SystemKey(String system, String readout, long seed) implements Serializable {
    public ReadoutType type() {
        return ReadoutType.of(readout);
    }

    @Override
    public String toString() {
        return system + " (" + readout + ", seed " + seed + ")";
    }
}
