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
    /**
     * A part of the bar.
     *
     * @param thickness in percent of the height
     * @param fill the part of a class name behind {@code fill-}: a series colour, or a step of one
     * @param title its numbers in words, shown on pointing
     */
    public record Part(double from, double to, double thickness, String fill, String title) {}

    /** Writes the row. */
    public void write(HtmlWriter html) {
        html.open("div", "class", "strip");
        html.element("span", name, "class", "name");
        PercentDrawing.open(html, name + ": " + value);
        lines.forEach(line -> PercentDrawing.line(html, "grid", line, 0, line, 100, ""));
        parts.forEach(part -> html.open(
                        "rect",
                        "class",
                        "fill-" + part.fill,
                        "x",
                        PercentDrawing.number(part.from),
                        "y",
                        PercentDrawing.number((100 - part.thickness) / 2),
                        "width",
                        PercentDrawing.number(part.to - part.from),
                        "height",
                        PercentDrawing.number(part.thickness))
                .element("title", part.title)
                .close());
        html.close();
        html.element("span", value, "class", "value");
        html.close();
    }
}
