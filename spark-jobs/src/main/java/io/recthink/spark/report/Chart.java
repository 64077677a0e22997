package io.recthink.spark.report;

import java.util.List;
import java.util.Optional;

/**
 * One picture: what it shows, and from which metrics.
 *
 * @param note one sentence that says how to read it
 * @param kind how the lines are drawn
 * @param lines the metrics, in the order of their colours
 * @param band the area behind the first line
 */
record Chart(String title, String note, Unit unit, Kind kind, List<Line> lines, Optional<Band> band) {
    enum Kind {
        LINES,
        STACKED
    }

    /** A metric and the name it has in the legend. */
    record Line(String metric, String label) {}

    /** An area between two metrics, or one metric to either side of the first line. */
    sealed interface Band {
        record Between(String low, String high) implements Band {}

        record Around(String deviation) implements Band {}
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

    /** The lines that a run has metrics for. */
    List<Line> linesIn(Curves curves) {
        return lines.stream()
                .filter(line -> curves.names().contains(line.metric()))
                .toList();
    }
}
