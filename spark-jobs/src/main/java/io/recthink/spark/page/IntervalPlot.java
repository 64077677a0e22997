package io.recthink.spark.page;

import java.util.List;
import java.util.Locale;

/**
 * Numbers with intervals, one below the other on a common scale, as a picture that needs no script.
 *
 * @param lines from top to bottom
 * @param description what a reader who cannot see it should know
 */
public record IntervalPlot(List<Line> lines, Axis axis, String description) {
    public IntervalPlot {
        lines = List.copyOf(lines);
    }

    /**
     * One number.
     *
     * @param colour index of a series colour of the page, from 0
     * @param value the number as text
     */
    public record Line(String name, double low, double at, double high, int colour, String value) {}

    /** Writes the plot. */
    public void write(HtmlWriter html) {
        html.open("div", "class", "intervals", "role", "img", "aria-label", description);
        for (Line line : lines) {
            html.open("div", "class", "interval");
            html.element("span", line.name, "class", "name");
            html.open("svg", "viewBox", "0 0 100 10", "preserveAspectRatio", "none", "aria-hidden", "true");
            axis.ticks().forEach(tick -> stroke(html, "grid", axis.position(tick.doubleValue()), 0, 0, 10));
            if (line.high > line.low) {
                stroke(
                        html,
                        "range stroke-" + line.colour,
                        axis.position(line.low),
                        5,
                        axis.position(line.high) - axis.position(line.low),
                        0);
            }
            stroke(html, "dot stroke-" + line.colour, axis.position(line.at), 5, 0, 0);
            html.close();
            html.element("span", line.value, "class", "value");
            html.close();
        }
        html.open("div", "class", "interval scale", "aria-hidden", "true").element("span", "");
        html.open("div", "class", "ticks");
        axis.ticks()
                .forEach(tick -> html.element(
                        "span", Axis.label(tick), "style", "left:" + number(axis.position(tick.doubleValue())) + "%"));
        html.close().element("span", "").close();
        html.close();
    }

    /** A line that begins at a point and goes on by so much; one that goes nowhere is a dot. */
    private static void stroke(HtmlWriter html, String kind, double x, double y, double right, double down) {
        html.empty(
                "line",
                "class",
                kind,
                "x1",
                number(x),
                "y1",
                number(y),
                "x2",
                number(x + right),
                "y2",
                number(y + down),
                "vector-effect",
                "non-scaling-stroke");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
