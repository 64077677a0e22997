package io.recthink.spark.report;

import java.util.Locale;

/** The unit of a chart's values, and how the page shows them. */
enum Unit {
    NONE("", "number", false),
    SHARE("share", "percent", true),
    STARS("rating points", "number", false),
    TOKENS("tokens", "number", true),
    NATS("nats a token", "number", true),
    SECONDS("seconds a step", "seconds", true),
    TOKENS_PER_SECOND("tokens a second", "number", true),
    GIBIBYTES("GiB", "number", true);

    private final String label;
    private final String format;
    private final boolean fromZero;

    Unit(String label, String format, boolean fromZero) {
        this.label = label;
        this.format = format;
        this.fromZero = fromZero;
    }

    String label() {
        return label;
    }

    /** The name of the number format in {@code report.js}. */
    String format() {
        return format;
    }

    /** Whether the axis of a chart begins at zero. */
    boolean fromZero() {
        return fromZero;
    }

    /** A value of a metric in this unit. */
    double of(double metric) {
        return this == GIBIBYTES ? metric / (1L << 30) : metric;
    }

    String show(double metric) {
        double value = of(metric);
        if (!Double.isFinite(value)) {
            return "–";
        }
        return this == SHARE ? String.format(Locale.ROOT, "%.1f %%", 100 * value) : number(value);
    }

    private static String number(double value) {
        double size = Math.abs(value);
        if (size != 0 && size < 0.001) {
            return String.format(Locale.ROOT, "%.2e", value);
        } else if (size >= 1000) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, size >= 100 ? "%.1f" : size >= 10 ? "%.2f" : "%.3f", value);
    }
}
