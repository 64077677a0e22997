package io.recthink.spark.page;

import java.io.StringWriter;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes an SVG document that needs nothing else: a light ground, its styles inside, no script and no font file. All text
 * and all attributes are escaped, and what XML forbids is shown by a picture: names come from people.
 */
final class SvgWriter {
    private static final String NAMESPACE = "http://www.w3.org/2000/svg";

    private final StringWriter document = new StringWriter();
    private final XMLStreamWriter out;

    /**
     * Begins a document.
     *
     * @param width in pixels
     * @param height in pixels
     * @param description what a reader who cannot see it should know
     */
    SvgWriter(double width, double height, String description) {
        try {
            // Not the factory of the class path, so that the same plot has the same bytes wherever it is written.
            out = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(document);
            out.writeStartDocument("UTF-8", "1.0");
            out.writeCharacters("\n");
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
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Opens an element; attributes are names and values in turn. */
    SvgWriter open(String name, String... attributes) {
        try {
            out.writeStartElement(name);
            writeAttributes(attributes);
            return this;
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An element that has no content. */
    SvgWriter empty(String name, String... attributes) {
        try {
            out.writeEmptyElement(name);
            writeAttributes(attributes);
            return this;
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An element with nothing but text. */
    SvgWriter element(String name, String text, String... attributes) {
        try {
            open(name, attributes);
            out.writeCharacters(Letters.visible(text));
            return close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
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
        try {
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
            out.writeCharacters(shown);
            if (!shown.equals(whole)) {
                element("title", whole);
            }
            return close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Closes the innermost element. */
    SvgWriter close() {
        try {
            out.writeEndElement();
            return this;
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The document, when all elements but the outermost are closed. */
    String document() {
        try {
            out.writeEndElement();
            out.writeEndDocument();
            out.flush();
            return document + "\n";
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    private void writeAttributes(String... attributes) throws XMLStreamException {
        for (int i = 0; i < attributes.length; i += 2) {
            out.writeAttribute(attributes[i], Letters.visible(attributes[i + 1]));
        }
    }

    static String number(double pixels) {
        return String.format(Locale.ROOT, "%.2f", pixels);
    }
}
