package io.recthink.spark.page;

import static io.recthink.spark.page.SvgWriter.number;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A field in an SVG document.
 *
 * @param left the left edge in pixels
 * @param top the top edge in pixels
 * @param width in pixels
 * @param height in pixels
 */
record SvgField(SvgWriter svg, double left, double top, double width, double height) implements Field {
    private static final double DOT = 3.5;

    /**
     * A place in the field.
     *
     * @param x in percent from the left
     * @param y in percent from the top
     */
    record Place(double x, double y) {}

    @Override
    public void line(String kind, double x1, double y1, double x2, double y2, String title) {
        element(title, "line", "class", kind, "x1", x(x1), "y1", y(y1), "x2", x(x2), "y2", y(y2));
    }

    @Override
    public void dot(int colour, double x, double y, String title) {
        element(title, "circle", "class", "dot fill-" + colour, "cx", x(x), "cy", y(y), "r", number(DOT));
    }

    @Override
    public void rectangle(String fill, double x, double y, double w, double h, String title) {
        element(
                title,
                "rect",
                "class",
                "fill-" + fill,
                "x",
                x(x),
                "y",
                y(y),
                "width",
                number(w * width / 100),
                "height",
                number(h * height / 100));
    }

    /** Draws a line through places. */
    void polyline(String kind, List<Place> places) {
        svg.empty("polyline", "class", kind, "points", points(places.stream()));
    }

    /** Draws the area within places. */
    void polygon(String kind, Stream<Place> places) {
        svg.empty("polygon", "class", kind, "points", points(places));
    }

    private String points(Stream<Place> places) {
        return places.map(place -> x(place.x) + "," + y(place.y)).collect(Collectors.joining(" "));
    }

    private void element(String title, String name, String... attributes) {
        if (title.isEmpty()) {
            svg.empty(name, attributes);
        } else {
            svg.open(name, attributes).element("title", title).close();
        }
    }

    private String x(double percent) {
        return number(left + percent * width / 100);
    }

    private String y(double percent) {
        return number(top + percent * height / 100);
    }
}
