package io.recthink.spark.page;

import java.util.Locale;

/**
 * Writes an independent SVG document: a light background, its own styles, no script and no font file. It escapes all
 * text and all attributes, and replaces characters that XML forbids, because names come from people.
 */
final class SvgWriter extends MarkupWriter<SvgWriter> {
    private static final String NAMESPACE = "http://www.w3.org/2000/svg";

    /**
     * Begins a document.
     *
     * @param width in pixels
     * @param height in pixels
     * @param description a text for readers who cannot see the picture
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
     * Adds a line of text. It cuts the middle of a text wider than {@code most}; the pointer then shows the whole text.
     *
     * @param x the position of the anchor
     * @param y the position of the middle of the letters
     * @param anchor {@code start}, {@code middle} or {@code end}
     * @param kind its class in the style sheet; may be empty
     * @param most the maximum width in pixels
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

    /** Closes the root element and returns the picture. */
    String picture() {
        return close().document() + "\n";
    }

    static String number(double pixels) {
        return String.format(Locale.ROOT, "%.2f", pixels);
    }
}
