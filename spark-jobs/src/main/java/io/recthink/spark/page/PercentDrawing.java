package io.recthink.spark.page;

import java.util.Locale;

/** A drawing whose coordinates are percent of its width and height, from its upper left corner. */
final class PercentDrawing {
    private PercentDrawing() {}

    /** Begins the drawing; {@link HtmlWriter#close} ends it. */
    static void open(HtmlWriter html, String description) {
        html.open(
                "svg",
                "viewBox",
                "0 0 100 100",
                "preserveAspectRatio",
                "none",
                "role",
                "img",
                "aria-label",
                description);
    }

    /**
     * A line as thin on a wide drawing as on a narrow one.
     *
     * @param kind its class in the style sheet
     * @param title what a pointer over it shows; may be empty
     */
    static void line(HtmlWriter html, String kind, double x1, double y1, double x2, double y2, String title) {
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

    static String number(double percent) {
        return String.format(Locale.ROOT, "%.3f", percent);
    }
}
