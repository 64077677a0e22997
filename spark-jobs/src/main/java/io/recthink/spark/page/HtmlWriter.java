package io.recthink.spark.page;

/** Writes HTML. All text and all attributes are escaped: a completion may contain anything. */
public final class HtmlWriter extends MarkupWriter<HtmlWriter> {
    public HtmlWriter() {
        write(to -> to.writeDTD("<!DOCTYPE html>\n"));
    }

    @Override
    HtmlWriter self() {
        return this;
    }

    /** Control characters, which no reader would see, become their pictures. */
    @Override
    String visible(String text) {
        return text.codePoints()
                .map(c -> c < ' ' && c != '\n' && c != '\t' && c != '\r' ? c + '\u2400' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Override
    String visibleAttribute(String value) {
        return value;
    }

    /** A {@code style} or {@code script} element, whose content HTML takes as it is. */
    public HtmlWriter code(String name, String content, String... attributes) {
        if (content.contains("</" + name)) {
            throw new IllegalArgumentException("the content of <" + name + "> ends the element");
        }
        open(name, attributes).raw(content);
        return close();
    }

    /** The page, when all elements are closed. */
    public String page() {
        return document();
    }
}
