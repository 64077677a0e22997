package io.recthink.spark.page;

import java.util.function.Consumer;

/**
 * A plane as an SVG document. The vertical label is at the top, the legend below it, and the labels of the levels on
 * the left.
 *
 * @param acrossLabel the label of the horizontal scale; may be empty
 * @param uprightLabel the label of the vertical scale; may be empty
 */
record SvgPlane(Plane plane, Legend legend, String acrossLabel, String uprightLabel) {
    private static final double WIDTH = 480;
    private static final double FIELD = 220;
    private static final double EDGE = 10;
    private static final double LABEL = 20;
    private static final double GAP = 8;

    /**
     * The document.
     *
     * @param marks draws the content of the field
     */
    String draw(Consumer<? super SvgField> marks) {
        double left = EDGE + GAP + levels();
        SvgScale scale = new SvgScale(plane.columns(), acrossLabel);
        double width = WIDTH - left - EDGE - scale.overhang(WIDTH - left - EDGE);
        SvgLegend names = new SvgLegend(legend, WIDTH - 2 * EDGE);
        double label = uprightLabel.isEmpty() ? 0 : LABEL;
        double top = EDGE + label + names.height() + GAP;
        SvgWriter svg = new SvgWriter(WIDTH, top + FIELD + scale.height() + EDGE, plane.description());
        if (!uprightLabel.isEmpty()) {
            svg.label(uprightLabel, EDGE, EDGE + LABEL / 2, "start", "strong", WIDTH - 2 * EDGE);
        }
        names.draw(svg, EDGE, EDGE + label);
        SvgField field = new SvgField(svg, left, top, width, FIELD);
        plane.grid(field);
        for (Tick level : plane.levels()) {
            double y = top + FIELD * (1 - level.position() / 100);
            svg.label(level.label(), left - GAP, y, "end", "number", WIDTH / 2);
        }
        scale.draw(field);
        marks.accept(field);
        return svg.picture();
    }

    private double levels() {
        return plane.levels().stream()
                .mapToDouble(level -> Math.min(WIDTH / 2, Letters.width(level.label())))
                .max()
                .orElse(0);
    }
}
