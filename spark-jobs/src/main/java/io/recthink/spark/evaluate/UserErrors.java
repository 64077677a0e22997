package io.recthink.spark.evaluate;

import io.recthink.statistics.Cluster;
import io.recthink.statistics.FixedPoint;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The errors of all systems on the rows of one user, in fixed-point units. Keeps their sums. For the slices it keeps
 * the single rows up to {@value #MOST_ROWS}, then only sums, so that memory a user is bounded.
 */
final class UserErrors implements Serializable {
    private static final long serialVersionUID = 1;
    private static final int MOST_ROWS = 64;

    /**
     * Positions of the sums of slices and of prediction tenths in an array of totals.
     *
     * @param cuts [system]: the values that cut the system's predictions into tenths
     */
    record Layout(FixedPoint unit, int systems, int slices, List<ValueRanks> cuts) implements Serializable {
        Layout {
            cuts = List.copyOf(cuts);
        }

        /** Number of columns: the number of rows, then |e| of all systems, then e^2 of all systems. */
        int width() {
            return 1 + 2 * systems;
        }

        int sliceRows(int slice) {
            return slice * (1 + systems);
        }

        int sliceAbsolute(int slice, int system) {
            return sliceRows(slice) + 1 + system;
        }

        int binRows(int system, int bin) {
            return slices * (1 + systems) + 2 * (system * ValueRanks.BINS + bin);
        }

        int binTruth(int system, int bin) {
            return binRows(system, bin) + 1;
        }

        int detailWidth() {
            return binRows(systems, 0);
        }
    }

    /** One row: its slices and tenths, and the values that it adds to their totals. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Detail(int[] slices, byte[] bins, long[] absolute, long truth) implements Serializable {
        void addTo(long[] totals, Layout layout) {
            for (int slice : slices) {
                totals[layout.sliceRows(slice)]++;
                int first = layout.sliceAbsolute(slice, 0);
                for (int system = 0; system < absolute.length; system++) {
                    totals[first + system] += absolute[system];
                }
            }
            for (int system = 0; system < bins.length; system++) {
                totals[layout.binRows(system, bins[system])]++;
                totals[layout.binTruth(system, bins[system])] += truth;
            }
        }
    }

    private final Layout layout;
    private final long[] sums;
    private final List<Detail> details = new ArrayList<>();
    private long[] detailSums;

    UserErrors(Layout layout) {
        this.layout = layout;
        this.sums = new long[layout.width()];
    }

    UserErrors add(PredictedRow row) {
        int systems = layout.systems();
        byte[] bins = new byte[systems];
        long[] absolute = new long[systems];
        sums[0]++;
        for (int system = 0; system < systems; system++) {
            double error = row.error(system);
            absolute[system] = layout.unit().of(Math.abs(error));
            bins[system] = (byte) layout.cuts().get(system).bin(row.yhat()[system]);
            sums[1 + system] += absolute[system];
            sums[1 + systems + system] += layout.unit().of(error * error);
        }
        details.add(new Detail(row.slices(), bins, absolute, layout.unit().of(row.truth())));
        return compact();
    }

    UserErrors merge(UserErrors other) {
        addAll(sums, other.sums);
        details.addAll(other.details);
        if (other.detailSums != null) {
            if (detailSums == null) {
                detailSums = other.detailSums.clone();
            } else {
                addAll(detailSums, other.detailSums);
            }
        }
        return compact();
    }

    private UserErrors compact() {
        if (details.size() > MOST_ROWS || (detailSums != null && !details.isEmpty())) {
            long[] all = detailSums == null ? new long[layout.detailWidth()] : detailSums;
            details.forEach(row -> row.addTo(all, layout));
            details.clear();
            detailSums = all;
        }
        return this;
    }

    private static void addAll(long[] into, long[] more) {
        for (int i = 0; i < into.length; i++) {
            into[i] += more[i];
        }
    }

    /** The sums of {@link Layout#width()} columns. */
    Cluster errors() {
        return new Sums(sums);
    }

    /** The sums of {@link Layout#detailWidth()} columns. */
    Cluster details() {
        return new Details(this);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Sums(long[] sums) implements Cluster {
        @Override
        public void addTo(long[] totals) {
            addAll(totals, sums);
        }
    }

    private record Details(UserErrors user) implements Cluster {
        @Override
        public void addTo(long[] totals) {
            user.details.forEach(row -> row.addTo(totals, user.layout));
            if (user.detailSums != null) {
                addAll(totals, user.detailSums);
            }
        }
    }

    /** The mean |e| of the user's rows, by system, in the same units. */
    long[] means() {
        return Arrays.stream(sums, 1, 1 + layout.systems())
                .map(absolute -> Math.round((double) absolute / sums[0]))
                .toArray();
    }
}
