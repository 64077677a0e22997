package io.recthink.spark.report;

import java.util.List;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;

/**
 * One chart: its texts and its metrics.
 *
 * @param note one sentence that explains the chart
 * @param unit unit of the values
 * @param kind how the lines are drawn
 * @param lines the metrics, in the order of their colours
 * @param band the area behind the first line
 */
record Chart(String title, String note, Unit unit, Kind kind, List<Line> lines, Optional<Band> band) {
    enum Kind {
        LINES,
        STACKED
    }

    /** A metric and its name in the legend. */
    record Line(String metric, String label) {}

    /** An area between two metrics, or one metric to either side of the first line. */
    sealed interface Band {
        /** The lower edge at each step; empty when the run lacks the metric. */
        Optional<double[]> low(double[] firstLine, Curves curves);

        /** The upper edge at each step; empty when the run lacks the metric. */
        Optional<double[]> high(double[] firstLine, Curves curves);

        record Between(String lower, String upper) implements Band {
            @Override
            public Optional<double[]> low(double[] firstLine, Curves curves) {
                return curves.of(lower);
            }

            @Override
            public Optional<double[]> high(double[] firstLine, Curves curves) {
                return curves.of(upper);
            }
        }

        record Around(String deviation) implements Band {
            @Override
            public Optional<double[]> low(double[] firstLine, Curves curves) {
                return curves.of(deviation).map(values -> combine(firstLine, values, (m, d) -> m - d));
            }

            @Override
            public Optional<double[]> high(double[] firstLine, Curves curves) {
                return curves.of(deviation).map(values -> combine(firstLine, values, Double::sum));
            }

            private static double[] combine(double[] left, double[] right, DoubleBinaryOperator operation) {
                return IntStream.range(0, left.length)
                        .mapToDouble(i -> operation.applyAsDouble(left[i], right[i]))
                        .toArray();
            }
        }
    }

    static Chart lines(String title, String note, Unit unit, Line... lines) {
        return new Chart(title, note, unit, Kind.LINES, List.of(lines), Optional.empty());
    }

    static Chart stacked(String title, String note, Unit unit, Line... lines) {
        return new Chart(title, note, unit, Kind.STACKED, List.of(lines), Optional.empty());
    }

    static Line line(String metric, String label) {
        return new Line(metric, label);
    }

    Chart with(Band background) {
        return new Chart(title, note, unit, kind, lines, Optional.of(background));
    }

    /** The lines whose metric the run has. */
    List<Line> linesIn(Curves curves) {
        return lines.stream()
                .filter(line -> curves.names().contains(line.metric()))
                .toList();
    }

    /** The lower edge of the band at each step; empty when the run has no band. */
    Optional<double[]> lowIn(Curves curves) {
        return band.flatMap(some -> curves.of(lines.get(0).metric()).flatMap(first -> some.low(first, curves)));
    }

    /** The upper edge of the band at each step; empty when the run has no band. */
    Optional<double[]> highIn(Curves curves) {
        return band.flatMap(some -> curves.of(lines.get(0).metric()).flatMap(first -> some.high(first, curves)));
    }
}
