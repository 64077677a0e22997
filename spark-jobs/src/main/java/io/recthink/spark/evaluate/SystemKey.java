package io.recthink.spark.evaluate;

import io.recthink.spark.table.Readout;
import java.io.Serializable;

/** The identity of a row of the table: one read-out of one system under one seed. */
public record SystemKey(String system, Readout readout, long seed) implements Serializable {
    /** The key with the read-out of the given name. */
    public static SystemKey of(String system, String readout, long seed) {
        return new SystemKey(system, new Readout(readout), seed);
    }

    @Override
    public String toString() {
        return system + " (" + readout + ", seed " + seed + ")";
    }
}
