package io.recthink.spark.html;

import java.util.List;
import java.util.Locale;

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
        html.open(
                "svg",
                "viewBox",
                "0 0 100 100",
                "preserveAspectRatio",
                "none",
                "role",
                "img",
                "aria-label",
                name + ": " + value);
        lines.forEach(line -> html.empty(
                "line",
                "class",
                "grid",
                "x1",
                number(line),
                "y1",
                "0",
                "x2",
                number(line),
                "y2",
                "100",
                "vector-effect",
                "non-scaling-stroke"));
        parts.forEach(part -> html.open(
                        "rect",
                        "class",
                        "fill-" + part.fill,
                        "x",
                        number(part.from),
                        "y",
                        number((100 - part.thickness) / 2),
                        "width",
                        number(part.to - part.from),
                        "height",
                        number(part.thickness))
                .element("title", part.title)
                .close());
        html.close();
        html.element("span", value, "class", "value");
        html.close();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
