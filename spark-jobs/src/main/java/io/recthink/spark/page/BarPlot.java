package io.recthink.spark.page;

import java.util.List;

/**
 * Upright bars as a picture that needs no script: it prints, takes the colours of the page, and its letters keep their
 * size however wide it is drawn. All positions are in percent of the plot, from the left and from the bottom.
 *
 * @param bars the bars
 * @param rows levels with a line across
 * @param columns labels below
 * @param cuts upright dashed lines; their labels are shown on pointing
 * @param description what a reader who cannot see it should know
 */
public record BarPlot(List<Bar> bars, List<Tick> rows, List<Tick> columns, List<Tick> cuts, String description) {
    /**
     * One bar.
     *
     * @param colour index of a series colour of the page, from 0
     * @param title its numbers in words, shown on pointing
     */
    public record Bar(double left, double width, double bottom, double height, int colour, String title) {}

    /** A labelled position. */
    public record Tick(double position, String label) {}

    /** Writes the plot. */
    public void write(HtmlWriter html) {
        html.open("div", "class", "bars").open("div", "class", "field");
        html.open("div", "class", "levels", "aria-hidden", "true");
        rows.forEach(row -> html.element("span", row.label, "style", "bottom:" + percent(row.position)));
        html.close();
        PercentDrawing.open(html, description);
        rows.forEach(row -> PercentDrawing.line(html, "grid", 0, 100 - row.position, 100, 100 - row.position, ""));
        bars.forEach(bar -> rectangle(html, bar));
        cuts.forEach(cut -> PercentDrawing.line(html, "cut", cut.position, 0, cut.position, 100, cut.label));
        html.close().close();
        html.open("div", "class", "columns", "aria-hidden", "true");
        columns.forEach(column -> html.element("span", column.label, "style", "left:" + percent(column.position)));
        html.close().close();
    }

    private static void rectangle(HtmlWriter html, Bar bar) {
        html.open(
                        "rect",
                        "class",
                        "fill-" + bar.colour,
                        "x",
                        PercentDrawing.number(bar.left),
                        "y",
                        PercentDrawing.number(100 - bar.bottom - bar.height),
                        "width",
                        PercentDrawing.number(bar.width),
                        "height",
                        PercentDrawing.number(bar.height))
                .element("title", bar.title)
                .close();
    }

    private static String percent(double position) {
        return PercentDrawing.number(position) + "%";
    }
}
