package io.recthink.spark.page;

import static io.recthink.spark.page.SvgWriter.number;

import java.util.ArrayList;
import java.util.List;

/**
 * A legend with its names in rows.
 *
 * @param width the maximum width in pixels
 */
record SvgLegend(Legend legend, double width) {
    private static final double ROW = 18;
    private static final double KEY = 14;
    private static final double GAP = 6;
    private static final double BETWEEN = 16;

    /** The height in pixels; 0 without names. */
    double height() {
        return ROW * rows().size();
    }

    /** Draws the legend; {@code left} and {@code top} are its upper left corner. */
    void draw(SvgWriter svg, double left, double top) {
        double y = top + ROW / 2;
        for (List<Legend.Entry> row : rows()) {
            double x = left;
            for (Legend.Entry entry : row) {
                key(svg, entry.fill(), x, y);
                svg.label(entry.name(), x + KEY + GAP, y, "start", "", width - KEY - GAP);
                x += width(entry) + BETWEEN;
            }
            y += ROW;
        }
    }

    private void key(SvgWriter svg, String fill, double x, double y) {
        String kind = "fill-" + fill;
        switch (legend.key()) {
            case LINE -> rectangle(svg, kind, x, y, 3);
            case AREA -> rectangle(svg, kind, x, y, 10);
            case DOT -> svg.empty("circle", "class", kind, "cx", number(x + KEY / 2), "cy", number(y), "r", "3.50");
        }
    }

    private static void rectangle(SvgWriter svg, String kind, double x, double y, double height) {
        svg.empty(
                "rect",
                "class",
                kind,
                "x",
                number(x),
                "y",
                number(y - height / 2),
                "width",
                number(KEY),
                "height",
                number(height));
    }

    private List<List<Legend.Entry>> rows() {
        List<List<Legend.Entry>> rows = new ArrayList<>();
        double left = 0;
        for (Legend.Entry entry : legend.entries()) {
            if (rows.isEmpty() || left < width(entry)) {
                rows.add(new ArrayList<>());
                left = width;
            }
            rows.get(rows.size() - 1).add(entry);
            left -= width(entry) + BETWEEN;
        }
        return rows;
    }

    private double width(Legend.Entry entry) {
        return Math.min(width, KEY + GAP + Letters.width(Letters.visible(entry.name())));
    }
}
