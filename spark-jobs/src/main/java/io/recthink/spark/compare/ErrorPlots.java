package io.recthink.spark.compare;

import io.recthink.spark.evaluate.Comparison;
import io.recthink.spark.evaluate.ComparisonRow;
import io.recthink.spark.evaluate.ComparisonRow.Kind;
import io.recthink.spark.evaluate.SystemKey;
import io.recthink.spark.page.Axis;
import io.recthink.spark.page.IntervalPlot;
import io.recthink.spark.page.Legend;
import io.recthink.spark.table.Readout;
import io.recthink.statistics.Interval;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** Plots of the errors with their intervals, best system first, for the page and as SVG files. */
final class ErrorPlots {
    private static final int SYSTEM = 0;
    private static final int MONOTONE = 2;
    private static final int TRIVIAL = 5;

    private final Comparison comparison;

    ErrorPlots(Comparison comparison) {
        this.comparison = comparison;
    }

    /** The read-outs that MAE ranks: all except means. */
    IntervalPlot mae() {
        return plot(
                "MAE, ranked among medians",
                row -> row.key().readout().rankedByMae(),
                row -> row.errors().mae(),
                row -> row.errors().maeInterval());
    }

    /** The read-outs that RMSE ranks: means and points. */
    IntervalPlot rmse() {
        return plot(
                "RMSE, ranked among means",
                row -> row.key().readout().rankedByRmse(),
                row -> row.errors().rmse(),
                row -> row.errors().rmseInterval());
    }

    /** A plot as an SVG document with a legend of its colours and intervals. */
    String svg(IntervalPlot plot, String error) {
        return plot.svg(legend(plot), error + " " + ComparisonTables.intervalName(comparison));
    }

    private static Legend legend(IntervalPlot plot) {
        List<Legend.Entry> entries = Stream.of(
                        new Legend.Entry(String.valueOf(SYSTEM), "system"),
                        new Legend.Entry(String.valueOf(MONOTONE), "after a monotone map"),
                        new Legend.Entry(String.valueOf(TRIVIAL), "reads no text"))
                .filter(entry ->
                        plot.lines().stream().anyMatch(line -> entry.fill().equals(String.valueOf(line.colour()))))
                .toList();
        return entries.size() > 1 ? new Legend(Legend.Key.DOT, entries) : Legend.NONE;
    }

    private IntervalPlot plot(
            String description,
            Predicate<ComparisonRow> shown,
            Function<ComparisonRow, Double> value,
            Function<ComparisonRow, Interval> interval) {
        return plot(
                comparison.rows().stream()
                        .filter(shown)
                        .sorted(Comparator.comparing(value))
                        .map(row ->
                                line(name(row.key()) + row.marks(), value.apply(row), interval.apply(row), colour(row)))
                        .toList(),
                description);
    }

    private static int colour(ComparisonRow row) {
        return row.trivial() ? TRIVIAL : row.kind() == Kind.ISOTONIC ? MONOTONE : SYSTEM;
    }

    /** Lines on an axis that contains their intervals. */
    static IntervalPlot plot(List<IntervalPlot.Line> lines, String description) {
        Axis axis = Axis.around(
                lines.stream().flatMapToDouble(line -> DoubleStream.of(line.low(), line.at(), line.high())));
        return new IntervalPlot(lines, axis, description);
    }

    /** A line labelled with the number and its interval. */
    static IntervalPlot.Line line(String name, double value, Interval interval, int colour) {
        return new IntervalPlot.Line(
                name,
                interval.low(),
                value,
                interval.high(),
                colour,
                ComparisonTables.number(value) + " " + ComparisonTables.interval(interval));
    }

    /** Name of a system with its read-out; the read-out "point" is not named. */
    static String name(SystemKey key) {
        return key.readout().equals(Readout.POINT) ? key.system() : key.system() + ", " + key.readout();
    }
}
