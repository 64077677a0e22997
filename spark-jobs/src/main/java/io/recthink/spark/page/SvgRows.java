package io.recthink.spark.page;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * Rows on a common scale as an SVG document, each with a name before it and a number in words after it.
 *
 * @param rows from top to bottom
 * @param ticks the ticks of the scale
 * @param label the label of the scale; may be empty
 * @param description a text for readers who cannot see the plot
 */
record SvgRows(List<Row> rows, List<Tick> ticks, Legend legend, String label, String description) {
    private static final double WIDTH = 720;
    private static final double EDGE = 10;
    private static final double GAP = 12;
    private static final double ROW = 22;
    private static final double WIDEST_NAME = 250;
    private static final double WIDEST_VALUE = 180;

    /**
     * A row.
     *
     * @param value the text after the row; may be empty
     * @param marks draws the row into its field
     */
    record Row(String name, String value, Consumer<? super SvgField> marks) {}

    /** The document. */
    String draw() {
        double left = EDGE + widest(row -> Letters.width(Letters.visible(row.name)), WIDEST_NAME) + GAP;
        double right = WIDTH - EDGE - widest(row -> Letters.width(Letters.visible(row.value)), WIDEST_VALUE) - GAP;
        SvgLegend names = new SvgLegend(legend, WIDTH - 2 * EDGE);
        SvgScale scale = new SvgScale(ticks, label);
        double top = EDGE + names.height() + (names.height() > 0 ? GAP / 2 : 0);
        double bottom = top + ROW * rows.size();
        SvgWriter svg = new SvgWriter(WIDTH, bottom + scale.height() + EDGE, description);
        names.draw(svg, EDGE, EDGE);
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            double y = top + ROW * (i + 0.5);
            svg.label(row.name, left - GAP, y, "end", "", WIDEST_NAME);
            row.marks.accept(new SvgField(svg, left, y - ROW / 2, right - left, ROW));
            svg.label(row.value, WIDTH - EDGE, y, "end", "number", WIDEST_VALUE);
        }
        scale.draw(new SvgField(svg, left, top, right - left, bottom - top));
        return svg.picture();
    }

    private double widest(ToDoubleFunction<Row> width, double most) {
        return Math.min(most, rows.stream().mapToDouble(width).max().orElse(0));
    }
}
