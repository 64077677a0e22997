package io.recthink.spark.compare;

/** What a row of the table is: one read-out of one system under one seed. */
record SystemKey(String system, String readout, long seed) {
    @Override
    public String toString() {
        return system + " (" + readout + ", seed " + seed + ")";
    }
}
