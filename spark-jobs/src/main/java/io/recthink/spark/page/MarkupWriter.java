package io.recthink.spark.page;

import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes elements and text into a string. All text and all attributes are escaped.
 *
 * @param <W> the writer itself
 */
abstract class MarkupWriter<W extends MarkupWriter<W>> {
    private final StringWriter document = new StringWriter();
    private final XMLStreamWriter out;

    MarkupWriter() {
        try {
            // Not the factory of the class path: the same page has the same bytes wherever it is written, and others
            // refuse
            // control characters, which a completion may contain.
            out = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(document);
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A step of writing; into a string none fails. */
    interface Writing {
        void to(XMLStreamWriter out) throws XMLStreamException;
    }

    final void write(Writing writing) {
        try {
            writing.to(out);
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** This writer. */
    abstract W self();

    /** The text as a reader sees it. */
    abstract String visible(String text);

    /** The same of an attribute. */
    abstract String visibleAttribute(String value);

    /** Opens an element; attributes are names and values in turn. */
    public W open(String name, String... attributes) {
        write(to -> to.writeStartElement(name));
        return attributes(attributes);
    }

    /** An element that has no content and no end tag. */
    public W empty(String name, String... attributes) {
        write(to -> to.writeEmptyElement(name));
        return attributes(attributes);
    }

    private W attributes(String... attributes) {
        for (int i = 0; i < attributes.length; i += 2) {
            String name = attributes[i];
            String value = visibleAttribute(attributes[i + 1]);
            write(to -> to.writeAttribute(name, value));
        }
        return self();
    }

    /** An element with nothing but text. */
    public W element(String name, String text, String... attributes) {
        return open(name, attributes).text(text).close();
    }

    /** Text in the innermost element. */
    public W text(String text) {
        write(to -> to.writeCharacters(visible(text)));
        return self();
    }

    /** Closes the innermost element. */
    public W close() {
        write(XMLStreamWriter::writeEndElement);
        return self();
    }

    /** Content that is taken as it is. */
    final void raw(String content) {
        write(to -> {
            to.writeCharacters(""); // ends the start tag
            to.flush();
        });
        document.append(content);
    }

    /** What was written; all elements are closed. */
    final String document() {
        write(to -> {
            to.writeEndDocument();
            to.flush();
        });
        return document.toString();
    }
}
