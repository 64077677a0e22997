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
     * @param title its numbers in words, shown on pointing
     */
    public record Bar(double left, double width, double bottom, double height, int colour, String title) {}

    /** Writes the plot into a page. */
    public void write(HtmlWriter html) {
        plane().write(html, "bars", this::draw);
    }

    /**
     * The plot as an SVG document.
     *
     * @param columnsLabel what the labels below count; may be empty
     * @param rowsLabel what the bars count; may be empty
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
