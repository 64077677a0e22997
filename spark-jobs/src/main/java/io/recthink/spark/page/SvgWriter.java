package io.recthink.spark.page;

import java.util.Locale;

/**
 * Writes an SVG document that needs nothing else: a light ground, its styles inside, no script and no font file. All text
 * and all attributes are escaped, and what XML forbids is shown by a picture: names come from people.
 */
final class SvgWriter extends MarkupWriter<SvgWriter> {
    private static final String NAMESPACE = "http://www.w3.org/2000/svg";

    /**
     * Begins a document.
     *
     * @param width in pixels
     * @param height in pixels
     * @param description what a reader who cannot see it should know
     */
    SvgWriter(double width, double height, String description) {
        write(to -> {
            to.writeStartDocument("UTF-8", "1.0");
            to.writeCharacters("\n");
        });
        open(
                "svg",
                "xmlns",
                NAMESPACE,
                "width",
                number(width),
                "height",
                number(height),
                "viewBox",
                "0 0 " + number(width) + " " + number(height),
                "role",
                "img");
        element("title", description);
        element("style", PageStyle.svg());
        empty("rect", "class", "ground", "width", number(width), "height", number(height));
    }

    @Override
    SvgWriter self() {
        return this;
    }

    @Override
    String visible(String text) {
        return Letters.visible(text);
    }

    @Override
    String visibleAttribute(String value) {
        return Letters.visible(value);
    }

    /**
     * A line of text, cut in its middle where it is wider than its place; then the whole of it is shown on pointing.
     *
     * @param x of its anchor
     * @param y of the middle of its letters
     * @param anchor {@code start}, {@code middle} or {@code end}
     * @param kind its class in the style sheet; may be empty
     * @param most pixels that it may take
     */
    SvgWriter label(String text, double x, double y, String anchor, String kind, double most) {
        String whole = Letters.visible(text);
        String shown = Letters.shortened(whole, most);
        open(
                "text",
                "x",
                number(x),
                "y",
                number(y + Letters.HALF_HEIGHT),
                "text-anchor",
                anchor,
                "class",
                kind.isEmpty() ? "label" : kind);
        text(shown);
        if (!shown.equals(whole)) {
            element("title", whole);
        }
        return close();
    }

    /** The picture, when all elements but the outermost are closed. */
    String picture() {
        return close().document() + "\n";
    }

    static String number(double pixels) {
        return String.format(Locale.ROOT, "%.2f", pixels);
    }
}
