package io.recthink.spark.evaluate;

import io.recthink.statistics.FixedPoint;
import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;

/**
 * Sums over all rows from which the metrics are computed, in units of a {@link FixedPoint}. The order of the rows does
 * not change the result.
 */
final class Totals implements Serializable {
    private static final long serialVersionUID = 1;

    /** The sums of one system. */
    static final class SystemSums implements Serializable {
        private static final long serialVersionUID = 1;
        long failed;
        long absolute;
        long squared;
        long parsedAbsolute;
        long parsedSquared;
        long roundedAbsolute;
        long prediction;
        long predictionSquared;
        long predictionTruth;
        long integers;
        long crps;
        long crpsRows;

        private void merge(SystemSums more) {
            failed += more.failed;
            absolute += more.absolute;
            squared += more.squared;
            parsedAbsolute += more.parsedAbsolute;
            parsedSquared += more.parsedSquared;
            roundedAbsolute += more.roundedAbsolute;
            prediction += more.prediction;
            predictionSquared += more.predictionSquared;
            predictionTruth += more.predictionTruth;
            integers += more.integers;
            crps += more.crps;
            crpsRows += more.crpsRows;
        }
    }

    private final FixedPoint unit;
    private final RatingScale scale;
    private final long[] classRows;
    private final long[] ratingRows;
    private final SystemSums[] sums;
    // [system, class]
    private final long[][] classAbsolute;
    private long rows;
    private long truth;
    private long truthSquared;

    Totals(FixedPoint unit, RatingScale scale, int systems) {
        this.unit = unit;
        this.scale = scale;
        this.classRows = new long[scale.classes().length];
        this.ratingRows = new long[scale.ratings().length];
        this.sums = new SystemSums[systems];
        Arrays.setAll(sums, system -> new SystemSums());
        this.classAbsolute = new long[systems][scale.classes().length];
    }

    static Totals of(JavaRDD<PredictedRow> rows, FixedPoint unit, RatingScale scale, int systems) {
        return rows.treeAggregate(new Totals(unit, scale, systems), Totals::add, Totals::merge);
    }

    private Totals add(PredictedRow row) {
        int truthClass = scale.classOf(row.truth());
        rows++;
        truth += unit.of(row.truth());
        truthSquared += unit.of(row.truth() * row.truth());
        classRows[truthClass]++;
        ratingRows[scale.rating(row.truth())]++;
        for (int system = 0; system < sums.length; system++) {
            long absolute = unit.of(Math.abs(row.error(system)));
            add(sums[system], row, system, absolute);
            classAbsolute[system][truthClass] += absolute;
        }
        return this;
    }

    private void add(SystemSums into, PredictedRow row, int system, long absolute) {
        double yhat = row.yhat()[system];
        double error = row.error(system);
        long squared = unit.of(error * error);
        into.absolute += absolute;
        into.squared += squared;
        if (row.failed()[system]) {
            into.failed++;
        } else {
            into.parsedAbsolute += absolute;
            into.parsedSquared += squared;
        }
        into.roundedAbsolute += unit.of(Math.abs(scale.grid().nearest(yhat) - row.truth()));
        into.prediction += unit.of(yhat);
        into.predictionSquared += unit.of(yhat * yhat);
        into.predictionTruth += unit.of(yhat * row.truth());
        into.integers += yhat == Math.rint(yhat) ? 1 : 0;
        if (!Double.isNaN(row.crps()[system])) {
            into.crps += unit.of(row.crps()[system]);
            into.crpsRows++;
        }
    }

    private Totals merge(Totals other) {
        rows += other.rows;
        truth += other.truth;
        truthSquared += other.truthSquared;
        addAll(classRows, other.classRows);
        addAll(ratingRows, other.ratingRows);
        for (int system = 0; system < sums.length; system++) {
            sums[system].merge(other.sums[system]);
            addAll(classAbsolute[system], other.classAbsolute[system]);
        }
        return this;
    }

    private static void addAll(long[] into, long[] more) {
        for (int i = 0; i < into.length; i++) {
            into[i] += more[i];
        }
    }

    long rows() {
        return rows;
    }

    SystemSums of(int system) {
        return sums[system];
    }

    /** A sum in units as a number. */
    double number(long units) {
        return unit.value(units);
    }

    /** The mean over all rows, from a sum in units. */
    double mean(long units) {
        return unit.value(units) / rows;
    }

    double truthMean() {
        return unit.value(truth) / rows;
    }

    double truthVariance() {
        return unit.value(truthSquared) / rows - truthMean() * truthMean();
    }

    /** For each rating of the scale, the number of rows with this truth. */
    long[] ratingRows() {
        return ratingRows.clone();
    }

    /** The mean over the classes of the MAE of their rows: every class has the same weight. */
    double macroMae(int system) {
        return IntStream.range(0, classRows.length)
                .mapToDouble(c -> unit.value(classAbsolute[system][c]) / classRows[c])
                .average()
                .orElseThrow();
    }
}
