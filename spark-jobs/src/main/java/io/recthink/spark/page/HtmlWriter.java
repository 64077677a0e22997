package io.recthink.spark.page;

/** Writes HTML. It escapes all text and all attributes, because a completion may contain anything. */
public final class HtmlWriter extends MarkupWriter<HtmlWriter> {
    public HtmlWriter() {
        write(to -> to.writeDTD("<!DOCTYPE html>\n"));
    }

    @Override
    HtmlWriter self() {
        return this;
    }

    /** Replaces control characters, which are invisible, by Unicode's pictures of them. */
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

    /** Adds a {@code style} or {@code script} element, with content that HTML does not escape. */
    public HtmlWriter code(String name, String content, String... attributes) {
        if (content.contains("</" + name)) {
            throw new IllegalArgumentException("the content of <" + name + "> ends the element");
        }
        open(name, attributes).raw(content);
        return close();
    }

    /** Closes all open elements and returns the page. */
    public String page() {
        return document();
    }
}
