package io.recthink.spark.page;

import java.util.List;
import java.util.Locale;

/** A field in a page; it is as wide as its element. */
final class PercentDrawing implements Field {
    private final HtmlWriter html;

    private PercentDrawing(HtmlWriter html, String... attributes) {
        this.html = html;
        html.open("svg", attributes);
    }

    /** Opens a drawing; {@link HtmlWriter#close} closes it. */
    static PercentDrawing open(HtmlWriter html, String description) {
        return new PercentDrawing(
                html,
                "viewBox",
                "0 0 100 100",
                "preserveAspectRatio",
                "none",
                "role",
                "img",
                "aria-label",
                description);
    }

    /** Opens a drawing without a description; {@link HtmlWriter#close} closes it. */
    static PercentDrawing open(HtmlWriter html) {
        return new PercentDrawing(html, "viewBox", "0 0 100 100", "preserveAspectRatio", "none", "aria-hidden", "true");
    }

    /**
     * Writes labels beside a drawing.
     *
     * @param kind their class in the style sheet
     * @param side the side from which positions count: {@code left} or {@code bottom}
     */
    static void labels(HtmlWriter html, String kind, List<Tick> ticks, String side) {
        html.open("div", "class", kind, "aria-hidden", "true");
        labels(html, ticks, side);
        html.close();
    }

    /** Writes labels into the open element. */
    static void labels(HtmlWriter html, List<Tick> ticks, String side) {
        ticks.forEach(tick -> html.element("span", tick.label(), "style", side + ":" + number(tick.position()) + "%"));
    }

    @Override
    public void line(String kind, double x1, double y1, double x2, double y2, String title) {
        html.open(
                "line",
                "class",
                kind,
                "x1",
                number(x1),
                "y1",
                number(y1),
                "x2",
                number(x2),
                "y2",
                number(y2),
                "vector-effect",
                "non-scaling-stroke");
        if (!title.isEmpty()) {
            html.element("title", title);
        }
        html.close();
    }

    /** Draws a dot as a line of length 0: a circle would be stretched with the field. */
    @Override
    public void dot(int colour, double x, double y, String title) {
        line("dot stroke-" + colour, x, y, x, y, title);
    }

    @Override
    public void rectangle(String fill, double x, double y, double width, double height, String title) {
        html.open(
                        "rect",
                        "class",
                        "fill-" + fill,
                        "x",
                        number(x),
                        "y",
                        number(y),
                        "width",
                        number(width),
                        "height",
                        number(height))
                .element("title", title)
                .close();
    }

    static String number(double percent) {
        return String.format(Locale.ROOT, "%.3f", percent);
    }
}
