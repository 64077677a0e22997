package io.recthink.spark.page;

import java.util.List;

/**
 * Points in a plane, with upright intervals, joined by lines when asked: a picture that needs no script. A point without
 * a finite place is left out.
 *
 * @param diagonal whether the line of equal numbers is drawn
 * @param description what a reader who cannot see it should know
 */
public record PointPlot(List<Series> series, Axis across, Axis upright, boolean diagonal, String description) {
    public PointPlot {
        series = List.copyOf(series);
    }

    /**
     * Points of one colour.
     *
     * @param colour index of a series colour of the page, from 0
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
     * @param low lower end of its interval; {@code y} for none
     * @param title its numbers in words, shown on pointing
     */
    public record Point(double x, double y, double low, double high, String title) {}

    /** Writes the plot into a page and, of several series, their names. */
    public void write(HtmlWriter html) {
        if (series.size() > 1) {
            legend().write(html);
        }
        plane().write(html, "points", this::draw);
    }

    /**
     * The plot as an SVG document, with the names of several series.
     *
     * @param acrossLabel what lies across; may be empty
     * @param uprightLabel what lies upright; may be empty
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
