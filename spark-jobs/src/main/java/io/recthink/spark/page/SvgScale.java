package io.recthink.spark.page;

import java.util.List;

/** The scale below the field of an SVG document: a line, tick labels, and a label of the scale. */
record SvgScale(List<Tick> ticks, String label) {
    private static final double TICKS = 20;
    private static final double LABEL = 18;
    private static final double APART = 8;

    /** The height in pixels. */
    double height() {
        return TICKS + (label.isEmpty() ? 0 : LABEL);
    }

    /** The width that the last label needs beyond the field, in pixels. */
    double overhang(double width) {
        return ticks.isEmpty()
                ? 0
                : Math.max(
                        0,
                        ticks.stream()
                                        .mapToDouble(
                                                tick -> tick.position() * width / 100 + Letters.width(tick.label()) / 2)
                                        .max()
                                        .orElseThrow()
                                - width);
    }

    /** Draws the scale below a field. Where labels would touch each other, it leaves some out. */
    void draw(SvgField field) {
        field.line("axis", 0, 100, 100, 100, "");
        double bottom = field.top() + field.height();
        int every = every(field.width());
        for (int i = 0; i < ticks.size(); i += every) {
            Tick tick = ticks.get(i);
            double x = field.left() + tick.position() * field.width() / 100;
            field.svg().label(tick.label(), x, bottom + TICKS / 2, "middle", "number", field.width());
        }
        if (!label.isEmpty()) {
            double middle = field.left() + field.width() / 2;
            field.svg().label(label, middle, bottom + TICKS + LABEL / 2 - 1, "middle", "", field.width());
        }
    }

    private int every(double width) {
        int every = 1;
        while (touches(every, width)) {
            every++;
        }
        return every;
    }

    private boolean touches(int every, double width) {
        for (int i = every; i < ticks.size(); i += every) {
            Tick left = ticks.get(i - every);
            Tick right = ticks.get(i);
            double between = (right.position() - left.position()) * width / 100;
            if (between < APART + (Letters.width(left.label()) + Letters.width(right.label())) / 2) {
                return true;
            }
        }
        return false;
    }
}
