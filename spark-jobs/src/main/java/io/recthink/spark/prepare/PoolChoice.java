package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.when;

import io.recthink.spark.table.PoolOrder;
import io.recthink.spark.table.PoolSizes;
import io.recthink.spark.table.Splits;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * Chooses the three disjoint pools from the train rows whose user has an earlier row: a row without a history teaches
 * nothing about reading a history. The choice orders the rows by a hash of the seed and the row id, so it is the same
 * on every machine; {@link PoolOrder#NEWEST} orders them by time first, the latest row first. It fills rl first, then
 * coldStart, then sft. If there are too few rows, sft shrinks first. If there
 * are too few rows for rl and coldStart, sft is empty, and rl and coldStart shrink in proportion.
 *
 * @param sizes the sizes that the eligible rows allow
 * @param eligibleRows the number of train rows that a pool could take
 * @param pool the pool of an eligible row, from its rowId; null for a row in no pool
 */
record PoolChoice(PoolSizes sizes, long eligibleRows, Column pool) {
    static final String COLD_START = "coldStart";
    static final String SFT = "sft";
    static final String RL = "rl";

    /**
     * The number of hexadecimal digits of a ticket that name its bin. The driver counts the 65,536 bins and reads the
     * tickets of at most three bins.
     */
    private static final int BIN_DIGITS = 4;

    /** Greater than every hexadecimal digit. */
    private static final String AFTER_ALL = "g";

    /**
     * Computes the sizes that the rows allow, and the hashes at which each pool ends.
     *
     * @param rows reviews with few columns: rowId, userId, time and split
     */
    static PoolChoice of(Dataset<Row> rows, PoolSizes wanted, PoolOrder order, long seed) {
        Dataset<Row> eligible = rows.where(col("split").equalTo(Splits.TRAIN))
                .withColumn("firstTime", min("time").over(Window.partitionBy("userId")))
                .where(col("time").gt(col("firstTime")))
                .select(col("time"), ticket(seed).as("ticket"));
        return switch (order) {
            case RANDOM -> random(eligible.select("ticket"), wanted, seed);
            case NEWEST -> newest(eligible, wanted, seed);
        };
    }

    /**
     * Takes the latest rows first. The driver reads the time and the ticket of each row that a pool takes; the sizes of
     * the pools limit their number, however long the log is.
     */
    private static PoolChoice newest(Dataset<Row> tickets, PoolSizes wanted, long seed) {
        long eligible = tickets.count();
        PoolSizes sizes = shrink(wanted, eligible);
        List<Row> latest = tickets.orderBy(col("time").desc(), col("ticket"))
                .limit(sizes.rl() + sizes.coldStart() + sizes.sft())
                .collectAsList();
        Column pool = lit(null).cast("string");
        int end = latest.size();
        for (Size size : List.of(
                new Size(SFT, sizes.sft()), new Size(COLD_START, sizes.coldStart()), new Size(RL, sizes.rl()))) {
            if (size.rows() > 0) {
                pool = when(atLeastAsNew(latest.get(end - 1), seed), size.pool())
                        .otherwise(pool);
            }
            end -= size.rows();
        }
        return new PoolChoice(sizes, eligible, pool);
    }

    private record Size(String pool, int rows) {}

    private static Column atLeastAsNew(Row last, long seed) {
        Column time = lit(last.get(0));
        return col("time")
                .gt(time)
                .or(col("time").equalTo(time).and(ticket(seed).leq(last.getString(1))));
    }

    private static PoolChoice random(Dataset<Row> tickets, PoolSizes wanted, long seed) {
        SortedMap<String, Long> bins = new TreeMap<>();
        tickets.groupBy(substring(col("ticket"), 1, BIN_DIGITS))
                .count()
                .collectAsList()
                .forEach(bin -> bins.put(bin.getString(0), bin.getLong(1)));
        long eligible = bins.values().stream().mapToLong(Long::longValue).sum();
        PoolSizes sizes = shrink(wanted, eligible);
        long rlEnd = sizes.rl();
        long coldStartEnd = rlEnd + sizes.coldStart();
        List<String> ends = ends(tickets, bins, List.of(rlEnd, coldStartEnd, coldStartEnd + sizes.sft()));
        Column ticket = ticket(seed);
        Column pool = when(ticket.lt(ends.get(0)), RL)
                .when(ticket.lt(ends.get(1)), COLD_START)
                .when(ticket.lt(ends.get(2)), SFT);
        return new PoolChoice(sizes, eligible, pool);
    }

    private static Column ticket(long seed) {
        return sha2(concat_ws(" ", lit(seed), col("rowId")).cast("binary"), 256);
    }

    /**
     * Returns the tickets at the given ranks in ascending order. For a rank behind the last ticket it returns a text
     * that is greater than all tickets.
     */
    private static List<String> ends(Dataset<Row> tickets, SortedMap<String, Long> bins, List<Long> ranks) {
        List<Optional<BinRank<String>>> places = ranks.stream()
                .map(rank -> BinRank.of(bins, Long::longValue, rank))
                .toList();
        Object[] wanted = places.stream()
                .flatMap(Optional::stream)
                .map(BinRank::bin)
                .distinct()
                .toArray();
        Map<String, List<String>> sorted = wanted.length == 0
                ? Map.of()
                : tickets.where(substring(col("ticket"), 1, BIN_DIGITS).isin(wanted)).collectAsList().stream()
                        .map(row -> row.getString(0))
                        .sorted()
                        .collect(Collectors.groupingBy(ticket -> ticket.substring(0, BIN_DIGITS)));
        return places.stream()
                .map(place -> place.map(at -> sorted.get(at.bin()).get((int) at.rank()))
                        .orElse(AFTER_ALL))
                .toList();
    }

    /**
     * Adds the column pool to the examples; null for rows in no pool.
     *
     * @param examples with rowId, split and nUser
     */
    Dataset<Row> assign(Dataset<Row> examples) {
        Column eligible = col("split").equalTo(Splits.TRAIN).and(col("nUser").gt(0));
        return examples.withColumn("pool", when(eligible, pool));
    }

    static PoolSizes shrink(PoolSizes wanted, long available) {
        long needed = (long) wanted.rl() + wanted.coldStart();
        if (needed > available) {
            return new PoolSizes(
                    (int) (wanted.coldStart() * available / needed), 0, (int) (wanted.rl() * available / needed));
        }
        return new PoolSizes(wanted.coldStart(), (int) Math.min(wanted.sft(), available - needed), wanted.rl());
    }
}
