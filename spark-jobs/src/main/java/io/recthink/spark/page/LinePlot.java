package io.recthink.spark.page;

import io.recthink.spark.page.SvgField.Place;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Curves over a common scale, with areas behind them. A curve skips missing numbers.
 *
 * @param areas the areas behind the curves; the first is behind all others
 * @param lines the curves
 * @param across the horizontal scale
 * @param upright the vertical scale
 * @param mark the position of a vertical dashed line
 * @param description a text for readers who cannot see the plot
 */
public record LinePlot(
        List<Area> areas, List<Line> lines, Axis across, Axis upright, OptionalDouble mark, String description) {
    /** The maximum number of points for which a curve has a dot at each point. */
    public static final int FEW = 30;

    public LinePlot {
        areas = List.copyOf(areas);
        lines = List.copyOf(lines);
    }

    /** The style of a curve. */
    public enum Look {
        /** A strong line, with dots where it has few points. */
        CURVE,
        /** A line behind a curve of the same name, for example the numbers that the curve smooths. */
        BACKGROUND,
        /** A thin line, the upper edge of an area. */
        EDGE
    }

    /** A point; a coordinate that is not finite means missing. */
    public record Point(double x, double y) {}

    /**
     * A curve.
     *
     * @param colour index of a series colour, from 0
     * @param look the style of the curve
     * @param points from left to right
     */
    public record Line(String name, int colour, Look look, List<Point> points) {
        public Line {
            points = points.stream()
                    .filter(point -> Double.isFinite(point.x) && Double.isFinite(point.y))
                    .toList();
        }
    }

    /** The lower and the upper end of an area at one number of the horizontal scale. */
    public record Span(double x, double low, double high) {}

    /**
     * An area.
     *
     * @param colour index of a series colour, from 0
     * @param strong whether the area is as visible as a curve
     * @param spans from left to right
     */
    public record Area(int colour, boolean strong, List<Span> spans) {
        public Area {
            spans = spans.stream()
                    .filter(span -> Double.isFinite(span.x) && Double.isFinite(span.low) && Double.isFinite(span.high))
                    .toList();
        }
    }

    /**
     * The plot as an SVG document. The legend names the curves when there are several.
     *
     * @param acrossLabel the label of the horizontal scale; may be empty
     * @param uprightLabel the label of the vertical scale; may be empty
     */
    public String svg(String acrossLabel, String uprightLabel) {
        Plane plane = new Plane(upright.marks(), across.marks(), description);
        return new SvgPlane(plane, legend(), acrossLabel, uprightLabel).draw(this::draw);
    }

    private Legend legend() {
        List<Line> named =
                lines.stream().filter(line -> line.look != Look.BACKGROUND).toList();
        if (named.size() < 2) {
            return Legend.NONE;
        }
        boolean stacked = named.stream().allMatch(line -> line.look == Look.EDGE);
        return new Legend(
                stacked ? Legend.Key.AREA : Legend.Key.LINE,
                named.stream()
                        .map(line -> new Legend.Entry(String.valueOf(line.colour), line.name))
                        .toList());
    }

    private void draw(SvgField field) {
        areas.forEach(area -> field.polygon(
                (area.strong ? "pile" : "band") + " fill-" + area.colour,
                Stream.concat(
                        area.spans.stream().map(span -> place(span.x, span.high)),
                        IntStream.range(0, area.spans.size())
                                .mapToObj(i -> area.spans.get(area.spans.size() - 1 - i))
                                .map(span -> place(span.x, span.low)))));
        mark.ifPresent(x -> field.line("cut", across.position(x), 0, across.position(x), 100, ""));
        lines.forEach(line -> draw(field, line));
    }

    private void draw(SvgField field, Line line) {
        List<Place> places =
                line.points.stream().map(point -> place(point.x, point.y)).toList();
        if (places.size() > 1) {
            String kind =
                    switch (line.look) {
                        case CURVE -> "curve";
                        case BACKGROUND -> "background";
                        case EDGE -> "edge";
                    };
            field.polyline(kind + " stroke-" + line.colour, places);
        }
        if (places.size() == 1 || (line.look == Look.CURVE && places.size() <= FEW)) {
            places.forEach(place -> field.dot(line.colour, place.x(), place.y(), ""));
        }
    }

    private Place place(double x, double y) {
        return new Place(across.position(x), 100 - upright.position(y));
    }
}
