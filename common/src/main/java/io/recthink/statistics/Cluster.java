package io.recthink.statistics;

import java.io.Serializable;

/** The unit that a clustered bootstrap draws: a user with all rows, summed by column. */
@FunctionalInterface
public interface Cluster extends Serializable {
    /**
     * Adds the sums of the cluster, in whole units, so that the total does not depend on the order.
     *
     * @param totals one number per column
     */
    void addTo(long[] totals);
}
