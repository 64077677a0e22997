package io.recthink.spark.page;

import java.util.List;
import java.util.function.Consumer;

/**
 * A field with labelled levels and columns around it.
 *
 * @param levels positions from the bottom, each with a horizontal line
 * @param columns positions from the left
 * @param description a text for readers who cannot see the plot
 */
record Plane(List<Tick> levels, List<Tick> columns, String description) {
    /**
     * Writes the plane into a page.
     *
     * @param kind its class in the style sheet
     * @param marks draws the content of the field
     */
    void write(HtmlWriter html, String kind, Consumer<? super PercentDrawing> marks) {
        html.open("div", "class", kind).open("div", "class", "field");
        PercentDrawing.labels(html, "levels", levels, "bottom");
        PercentDrawing field = PercentDrawing.open(html, description);
        grid(field);
        marks.accept(field);
        html.close().close();
        PercentDrawing.labels(html, "columns", columns, "left");
        html.close();
    }

    /** Draws the line of each level. */
    void grid(Field field) {
        levels.forEach(level -> field.line("grid", 0, 100 - level.position(), 100, 100 - level.position(), ""));
    }
}
