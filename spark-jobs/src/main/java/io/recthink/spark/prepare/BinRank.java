package io.recthink.spark.prepare;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.ToLongFunction;

/**
 * The place of a rank among rows that are counted in bins.
 *
 * @param bin the key of the bin that contains the rank
 * @param rank the rank within the bin, from 0
 */
record BinRank<K>(K bin, long rank) {
    /**
     * Finds the place of a rank.
     *
     * @param bins the bins in ascending order of their rows
     * @param count the number of rows of a bin
     * @param rank the rank among all rows, from 0
     * @return nothing if there are not more than {@code rank} rows
     */
    static <K, V> Optional<BinRank<K>> of(SortedMap<K, V> bins, ToLongFunction<V> count, long rank) {
        long within = rank;
        for (Map.Entry<K, V> bin : bins.entrySet()) {
            long rows = count.applyAsLong(bin.getValue());
            if (within < rows) {
                return Optional.of(new BinRank<>(bin.getKey(), within));
            }
            within -= rows;
        }
        return Optional.empty();
    }
}
