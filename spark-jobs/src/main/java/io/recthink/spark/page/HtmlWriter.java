package io.recthink.spark.page;

import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes HTML. All text and all attributes are escaped: a completion may contain anything. */
public final class HtmlWriter {
    private final StringWriter page = new StringWriter();
    private final XMLStreamWriter out;

    public HtmlWriter() {
        try {
            // Not the factory of the class path: others refuse control characters, which a completion may contain.
            out = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(page);
            out.writeDTD("<!DOCTYPE html>\n");
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Opens an element; attributes are names and values in turn. */
    public HtmlWriter open(String name, String... attributes) {
        try {
            out.writeStartElement(name);
            writeAttributes(attributes);
            return this;
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An element that has no content and no end tag. */
    public HtmlWriter empty(String name, String... attributes) {
        try {
            out.writeEmptyElement(name);
            writeAttributes(attributes);
            return this;
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An element with nothing but text. */
    public HtmlWriter element(String name, String text, String... attributes) {
        return open(name, attributes).text(text).close();
    }

    /** Text; control characters, which no reader would see, become their pictures. */
    public HtmlWriter text(String text) {
        try {
            out.writeCharacters(text.codePoints()
                    .map(c -> c < ' ' && c != '\n' && c != '\t' && c != '\r' ? c + '\u2400' : c)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString());
            return this;
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Closes the innermost element. */
    public HtmlWriter close() {
        try {
            out.writeEndElement();
            return this;
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A {@code style} or {@code script} element, whose content HTML takes as it is. */
    public HtmlWriter code(String name, String content, String... attributes) {
        if (content.contains("</" + name)) {
            throw new IllegalArgumentException("the content of <" + name + "> ends the element");
        }
        try {
            open(name, attributes);
            out.writeCharacters("");
            out.flush();
            page.append(content);
            return close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The page, when all elements are closed. */
    public String page() {
        try {
            out.writeEndDocument();
            out.flush();
            return page.toString();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    private void writeAttributes(String... attributes) throws XMLStreamException {
        for (int i = 0; i < attributes.length; i += 2) {
            out.writeAttribute(attributes[i], attributes[i + 1]);
        }
    }
}
