package io.recthink.spark.page;

import java.util.List;

/**
 * The names of the colours of a plot.
 *
 * @param key the mark before a name
 */
public record Legend(Key key, List<Entry> entries) {
    /** The legend of a plot whose colours need no names. */
    public static final Legend NONE = new Legend(Key.AREA, List.of());

    /** The mark before a name. */
    public enum Key {
        LINE,
        DOT,
        AREA
    }

    /**
     * A name.
     *
     * @param fill the part of a class name after {@code fill-}: a series colour, or a step of a series colour
     */
    public record Entry(String fill, String name) {}

    public Legend {
        entries = List.copyOf(entries);
    }

    /** Writes the names into a page, each after a mark in its colour. */
    public void write(HtmlWriter html) {
        html.open("ul", "class", "legend");
        for (Entry entry : entries) {
            html.open("li");
            if (key == Key.AREA) {
                html.open("svg", "class", "key", "viewBox", "0 0 12 10", "aria-hidden", "true");
                html.empty("rect", "class", "fill-" + entry.fill, "width", "12", "height", "10")
                        .close();
            } else {
                html.element("i", "", "style", "background:var(--series-" + entry.fill + ")");
            }
            html.text(entry.name).close();
        }
        html.close();
    }
}
