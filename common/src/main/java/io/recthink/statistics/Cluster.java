package io.recthink.statistics;

import java.io.Serializable;

/** What is drawn as one in a clustered bootstrap: a user with all rows, summed by column. */
@FunctionalInterface
public interface Cluster extends Serializable {
    /**
     * Adds the sums of the cluster, in whole units: so the total does not depend on the order.
     *
     * @param totals one number a column
     */
    void addTo(long[] totals);
}
