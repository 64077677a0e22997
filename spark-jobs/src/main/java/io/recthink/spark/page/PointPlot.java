package io.recthink.spark.page;

import java.util.List;

/**
 * Points in a plane, with upright intervals, joined by lines when asked: a picture that needs no script.
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
            points = List.copyOf(points);
        }
    }

    /**
     * One point.
     *
     * @param low lower end of its interval; {@code y} for none
     * @param title its numbers in words, shown on pointing
     */
    public record Point(double x, double y, double low, double high, String title) {}

    /** Writes the plot and, of several series, their names. */
    public void write(HtmlWriter html) {
        if (series.size() > 1) {
            html.open("ul", "class", "legend");
            series.forEach(some -> html.open("li")
                    .element("i", "", "style", "background:var(--series-" + some.colour + ")")
                    .text(some.name)
                    .close());
            html.close();
        }
        html.open("div", "class", "points").open("div", "class", "field");
        labels(html, "levels", upright, "bottom");
        PercentDrawing.open(html, description);
        upright.ticks().forEach(tick -> {
            double y = 100 - upright.position(tick.doubleValue());
            PercentDrawing.line(html, "grid", 0, y, 100, y, "");
        });
        if (diagonal) {
            double low = Math.max(first(across), first(upright));
            double high = Math.min(last(across), last(upright));
            PercentDrawing.line(html, "cut", x(low), y(low), x(high), y(high), "");
        }
        series.forEach(some -> write(html, some));
        html.close().close();
        labels(html, "columns", across, "left");
        html.close();
    }

    private void write(HtmlWriter html, Series some) {
        String colour = " stroke-" + some.colour;
        for (int i = 0; i < some.points.size(); i++) {
            Point point = some.points.get(i);
            if (some.joined && i > 0) {
                Point before = some.points.get(i - 1);
                PercentDrawing.line(html, "joint" + colour, x(before.x), y(before.y), x(point.x), y(point.y), "");
            }
            if (point.high > point.low) {
                PercentDrawing.line(html, "range" + colour, x(point.x), y(point.low), x(point.x), y(point.high), "");
            }
            PercentDrawing.line(html, "dot" + colour, x(point.x), y(point.y), x(point.x), y(point.y), point.title);
        }
    }

    private double x(double value) {
        return across.position(value);
    }

    private double y(double value) {
        return 100 - upright.position(value);
    }

    private static double first(Axis axis) {
        return axis.ticks().get(0).doubleValue();
    }

    private static double last(Axis axis) {
        return axis.ticks().get(axis.ticks().size() - 1).doubleValue();
    }

    private static void labels(HtmlWriter html, String kind, Axis axis, String side) {
        html.open("div", "class", kind, "aria-hidden", "true");
        axis.ticks()
                .forEach(tick -> html.element(
                        "span",
                        Axis.label(tick),
                        "style",
                        side + ":" + PercentDrawing.number(axis.position(tick.doubleValue())) + "%"));
        html.close();
    }
}
