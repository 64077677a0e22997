package io.recthink.spark.page;

import java.util.List;

/**
 * Numbers with intervals, one below the other on a common scale, as a picture without a script. A number that is not
 * finite has its name and its text, but no dot.
 *
 * @param lines from top to bottom
 * @param axis the common scale
 * @param description a text for readers who cannot see the plot
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

    /** Writes the plot into a page. */
    public void write(HtmlWriter html) {
        html.open("div", "class", "intervals", "role", "img", "aria-label", description);
        for (Line line : lines) {
            html.open("div", "class", "interval");
            html.element("span", line.name, "class", "name");
            draw(PercentDrawing.open(html), line);
            html.close();
            html.element("span", line.value, "class", "value");
            html.close();
        }
        html.open("div", "class", "interval scale", "aria-hidden", "true").element("span", "");
        html.open("div", "class", "ticks");
        PercentDrawing.labels(html, axis.marks(), "left");
        html.close().element("span", "").close();
        html.close();
    }

    /**
     * The plot as an SVG document.
     *
     * @param label the label of the scale; may be empty
     */
    public String svg(Legend legend, String label) {
        List<SvgRows.Row> rows = lines.stream()
                .map(line -> new SvgRows.Row(line.name, line.value, field -> draw(field, line)))
                .toList();
        return new SvgRows(rows, axis.marks(), legend, label, description).draw();
    }

    /** Draws a line into its own field. */
    private void draw(Field field, Line line) {
        axis.marks().forEach(tick -> field.line("grid", tick.position(), 0, tick.position(), 100, ""));
        if (line.high > line.low && Double.isFinite(line.high - line.low)) {
            field.line("range stroke-" + line.colour, axis.position(line.low), 50, axis.position(line.high), 50, "");
        }
        if (Double.isFinite(line.at)) {
            field.dot(line.colour, axis.position(line.at), 50, "");
        }
    }
}
