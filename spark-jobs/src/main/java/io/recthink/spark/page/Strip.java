package io.recthink.spark.page;

import java.util.List;

/**
 * One lying bar with its name before and its number behind it: a row of a comparison. Positions are in percent from the
 * left.
 *
 * @param name what is measured
 * @param parts from left to right
 * @param lines positions of upright lines, for the eye
 * @param value the number in words
 */
public record Strip(String name, List<Part> parts, List<Double> lines, String value) {
    public Strip {
        parts = List.copyOf(parts);
        lines = List.copyOf(lines);
    }

    /**
     * A part of the bar.
     *
     * @param thickness in percent of the height
     * @param fill the part of a class name behind {@code fill-}: a series colour, or a step of one
     * @param title its numbers in words, shown on pointing
     */
    public record Part(double from, double to, double thickness, String fill, String title) {}

    /** Writes the row into a page. */
    public void write(HtmlWriter html) {
        html.open("div", "class", "strip");
        html.element("span", name, "class", "name");
        draw(PercentDrawing.open(html, name + ": " + value));
        html.close();
        html.element("span", value, "class", "value");
        html.close();
    }

    /** Writes the scale below some rows into a page. */
    public static void writeScale(HtmlWriter html, List<Tick> ticks) {
        html.open("div", "class", "strip axis", "aria-hidden", "true");
        html.element("span", "").open("div");
        PercentDrawing.labels(html, ticks, "left");
        html.close().close();
    }

    /**
     * Rows as an SVG document.
     *
     * @param ticks of their scale; may be empty
     * @param description what a reader who cannot see it should know
     */
    public static String svg(List<Strip> strips, List<Tick> ticks, Legend legend, String description) {
        List<SvgRows.Row> rows = strips.stream()
                .map(strip -> new SvgRows.Row(strip.name, strip.value, strip::draw))
                .toList();
        return new SvgRows(rows, ticks, legend, "", description).draw();
    }

    private void draw(Field field) {
        lines.forEach(line -> field.line("grid", line, 0, line, 100, ""));
        parts.forEach(part -> field.rectangle(
                part.fill, part.from, (100 - part.thickness) / 2, part.to - part.from, part.thickness, part.title));
    }
}
