package io.recthink.spark.page;

import java.util.List;

/**
 * One row of a comparison: a horizontal bar, with its name before it and its number after it. Positions are in percent
 * from the left.
 *
 * @param name the name of the measure
 * @param parts from left to right
 * @param lines positions of vertical guide lines
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
     * @param fill the part of a class name after {@code fill-}: a series colour, or a step of a series colour
     * @param title the numbers of the part in words, shown by the pointer
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

    /** Writes the scale below the rows into a page. */
    public static void writeScale(HtmlWriter html, List<Tick> ticks) {
        html.open("div", "class", "strip axis", "aria-hidden", "true");
        html.element("span", "").open("div");
        PercentDrawing.labels(html, ticks, "left");
        html.close().close();
    }

    /**
     * Rows as an SVG document.
     *
     * @param ticks the ticks of their scale; may be empty
     * @param description a text for readers who cannot see the plot
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
