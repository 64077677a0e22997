package io.recthink.spark.page;

import java.util.List;

/**
 * Vertical bars as a picture without a script: it can be printed, uses the colours of the page, and its letters have
 * the same size at any width. All positions are in percent of the plot, from the left and from the bottom.
 *
 * @param bars the bars
 * @param rows levels with a horizontal line
 * @param columns labels below the plot
 * @param cuts vertical dashed lines; the pointer shows their labels
 * @param description a text for readers who cannot see the plot
 */
public record BarPlot(List<Bar> bars, List<Tick> rows, List<Tick> columns, List<Tick> cuts, String description) {
    public BarPlot {
        bars = List.copyOf(bars);
        rows = List.copyOf(rows);
        columns = List.copyOf(columns);
        cuts = List.copyOf(cuts);
    }

    /**
     * One bar.
     *
     * @param colour index of a series colour of the page, from 0
     * @param title the numbers of the bar in words, shown by the pointer
     */
    public record Bar(double left, double width, double bottom, double height, int colour, String title) {}

    /** Writes the plot into a page. */
    public void write(HtmlWriter html) {
        plane().write(html, "bars", this::draw);
    }

    /**
     * The plot as an SVG document.
     *
     * @param columnsLabel the label of the horizontal scale; may be empty
     * @param rowsLabel the label of the vertical scale; may be empty
     */
    public String svg(Legend legend, String columnsLabel, String rowsLabel) {
        return new SvgPlane(plane(), legend, columnsLabel, rowsLabel).draw(this::draw);
    }

    private Plane plane() {
        return new Plane(rows, columns, description);
    }

    private void draw(Field field) {
        bars.stream()
                .filter(bar -> Double.isFinite(bar.height + bar.bottom))
                .forEach(bar -> field.rectangle(
                        String.valueOf(bar.colour),
                        bar.left,
                        100 - bar.bottom - bar.height,
                        bar.width,
                        bar.height,
                        bar.title));
        cuts.forEach(cut -> field.line("cut", cut.position(), 0, cut.position(), 100, cut.label()));
    }
}
