package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.unix_micros;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The number of rows of each day, computed by one aggregation. It gives the total number of rows. It also gives the
 * time at any rank without a sort of the rows. For this, one more aggregation counts the seconds of the relevant days.
 * A further aggregation counts the microseconds of a second that has several times.
 */
final class TimeCounts {
    private static final long DAY = 86_400_000_000L; // microseconds
    private static final long SECOND = 1_000_000L;
    private static final long MICROSECOND = 1;

    private final Dataset<Row> rows;
    private final NavigableMap<Long, Bin> days;

    /** The number of rows between two times, both included, in microseconds since 1970. */
    private record Bin(long count, long first, long last) {}

    private TimeCounts(Dataset<Row> rows, NavigableMap<Long, Bin> days) {
        this.rows = rows;
        this.days = days;
    }

    /** @param rows with a timestamp column time, from 1970 on; {@link #at} reads them again */
    static TimeCounts of(Dataset<Row> rows) {
        return new TimeCounts(rows, bins(rows, DAY));
    }

    /** Returns the number of rows. */
    long rows() {
        return rows(days);
    }

    private static long rows(NavigableMap<Long, Bin> bins) {
        return bins.values().stream().mapToLong(Bin::count).sum();
    }

    /** Returns the number of rows that are later than a time. */
    long later(Instant time) {
        return rows.where(col("time").gt(lit(time))).count();
    }

    /** Returns the earliest time; requires at least one row. */
    Instant first() {
        return instant(days.get(days.firstKey()).first());
    }

    /**
     * Returns the times of the rows at the given ranks.
     *
     * @param ranks each from 0 (the earliest row) to {@link #rows()} - 1
     * @return the times, in the order of the ranks
     */
    List<Instant> at(List<Long> ranks) {
        NavigableMap<Long, Bin> exact = refined(refined(days, ranks, SECOND), ranks, MICROSECOND);
        return ranks.stream()
                .map(rank -> instant(exact.get(keyAt(exact, rank)).first()))
                .toList();
    }

    /** Divides the bins that contain a rank and more than one time into bins of a finer unit. */
    private NavigableMap<Long, Bin> refined(NavigableMap<Long, Bin> bins, List<Long> ranks, long unit) {
        NavigableSet<Long> divided = new TreeSet<>();
        for (long rank : ranks) {
            long key = keyAt(bins, rank);
            if (bins.get(key).first() < bins.get(key).last()) {
                divided.add(key);
            }
        }
        if (divided.isEmpty()) {
            return bins;
        }
        Column inside = divided.stream()
                .map(bins::get)
                .map(bin -> micros().between(bin.first(), bin.last()))
                .reduce(lit(false), Column::or);
        NavigableMap<Long, Bin> all = new TreeMap<>(bins);
        all.keySet().removeAll(divided);
        bins(rows.where(inside), unit).values().forEach(bin -> all.put(bin.first(), bin));
        return all;
    }

    /** Returns the key of the bin that contains a rank. */
    private static long keyAt(NavigableMap<Long, Bin> bins, long rank) {
        return BinRank.of(bins, Bin::count, rank)
                .orElseThrow(() -> new IllegalArgumentException("rank %d of %d rows".formatted(rank, rows(bins))))
                .bin();
    }

    /** Returns the non-empty bins of a unit, by their first time. */
    private static NavigableMap<Long, Bin> bins(Dataset<Row> rows, long unit) {
        NavigableMap<Long, Bin> bins = new TreeMap<>();
        rows.select(micros().as("micros"))
                .groupBy(col("micros").minus(col("micros").mod(unit)).as("bin"))
                .agg(
                        count(lit(1)).as("rows"),
                        min("micros").as("first"),
                        max("micros").as("last"))
                .collectAsList()
                .forEach(row -> bins.put(
                        row.getAs("first"), new Bin(row.getAs("rows"), row.getAs("first"), row.getAs("last"))));
        return bins;
    }

    private static Column micros() {
        return unix_micros(col("time"));
    }

    /** Converts microseconds since 1970. */
    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
