package io.recthink.spark.page;

import java.util.List;

/**
 * Points in a plane, with vertical intervals and optional lines between the points, as a picture without a script. A
 * point with a coordinate that is not finite is left out.
 *
 * @param diagonal whether to draw the line of equal numbers
 * @param description a text for readers who cannot see the plot
 */
public record PointPlot(List<Series> series, Axis across, Axis upright, boolean diagonal, String description) {
    public PointPlot {
        series = List.copyOf(series);
    }

    /**
     * Points of one colour.
     *
     * @param colour index of a series colour of the page, from 0
     * @param joined whether to draw lines between the points
     */
    public record Series(String name, int colour, boolean joined, List<Point> points) {
        public Series {
            points = points.stream()
                    .filter(point -> Double.isFinite(point.x) && Double.isFinite(point.y))
                    .toList();
        }
    }

    /**
     * One point.
     *
     * @param low the lower end of its interval
     * @param high the upper end of its interval; not above {@code low} for no interval
     * @param title the numbers of the point in words, shown by the pointer
     */
    public record Point(double x, double y, double low, double high, String title) {}

    /** Writes the plot into a page, with the names of the series when there are several. */
    public void write(HtmlWriter html) {
        if (series.size() > 1) {
            legend().write(html);
        }
        plane().write(html, "points", this::draw);
    }

    /**
     * The plot as an SVG document. The legend names the series when there are several.
     *
     * @param acrossLabel the label of the horizontal scale; may be empty
     * @param uprightLabel the label of the vertical scale; may be empty
     */
    public String svg(String acrossLabel, String uprightLabel) {
        Legend names = series.size() > 1 ? legend() : Legend.NONE;
        return new SvgPlane(plane(), names, acrossLabel, uprightLabel).draw(this::draw);
    }

    private Plane plane() {
        return new Plane(upright.marks(), across.marks(), description);
    }

    private Legend legend() {
        return new Legend(
                Legend.Key.LINE,
                series.stream()
                        .map(some -> new Legend.Entry(String.valueOf(some.colour), some.name))
                        .toList());
    }

    private void draw(Field field) {
        if (diagonal) {
            double low = Math.max(across.first(), upright.first());
            double high = Math.min(across.last(), upright.last());
            field.line("cut", x(low), y(low), x(high), y(high), "");
        }
        series.forEach(some -> draw(field, some));
    }

    private void draw(Field field, Series some) {
        String colour = " stroke-" + some.colour;
        for (int i = 0; i < some.points.size(); i++) {
            Point point = some.points.get(i);
            if (some.joined && i > 0) {
                Point before = some.points.get(i - 1);
                field.line("joint" + colour, x(before.x), y(before.y), x(point.x), y(point.y), "");
            }
            if (point.high > point.low) {
                field.line("range" + colour, x(point.x), y(point.low), x(point.x), y(point.high), "");
            }
            field.dot(some.colour, x(point.x), y(point.y), point.title);
        }
    }

    private double x(double value) {
        return across.position(value);
    }

    private double y(double value) {
        return 100 - upright.position(value);
    }
}
