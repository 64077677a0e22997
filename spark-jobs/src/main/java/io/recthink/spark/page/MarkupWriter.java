package io.recthink.spark.page;

import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes elements and text into a string. It escapes all text and all attributes.
 *
 * @param <W> the writer itself
 */
abstract class MarkupWriter<W extends MarkupWriter<W>> {
    private final StringWriter document = new StringWriter();
    private final XMLStreamWriter out;

    MarkupWriter() {
        try {
            // The default factory writes the same bytes on every machine. Other factories of the class path refuse
            // control characters, which a completion may contain.
            out = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(document);
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One write operation. It never fails, because the target is a string. */
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

    /** The value of an attribute as a reader sees it. */
    abstract String visibleAttribute(String value);

    /** Opens an element; {@code attributes} are names and values in turn. */
    public W open(String name, String... attributes) {
        write(to -> to.writeStartElement(name));
        return attributes(attributes);
    }

    /** Adds an element without content and end tag. */
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

    /** Adds an element that contains only text. */
    public W element(String name, String text, String... attributes) {
        return open(name, attributes).text(text).close();
    }

    /** Adds text to the innermost element. */
    public W text(String text) {
        write(to -> to.writeCharacters(visible(text)));
        return self();
    }

    /** Closes the innermost element. */
    public W close() {
        write(XMLStreamWriter::writeEndElement);
        return self();
    }

    /** Adds content without escaping it. */
    final void raw(String content) {
        write(to -> {
            to.writeCharacters(""); // ends the start tag
            to.flush();
        });
        document.append(content);
    }

    /** Closes all open elements and returns the document. */
    final String document() {
        write(to -> {
            to.writeEndDocument();
            to.flush();
        });
        return document.toString();
    }
}
