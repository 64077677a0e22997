package io.recthink.spark.retrain;

import io.recthink.spark.registry.Measurement;
import java.util.Locale;

/** Numbers of a cycle as text, the same on every machine. */
final class NumberText {
    private static final int PERCENT = 100;

    private NumberText() {}

    static String stars(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    static String share(double value) {
        return String.format(Locale.ROOT, "%.1f %%", PERCENT * value);
    }

    static String rows(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** A difference with its interval. */
    static String difference(double value, double low, double high) {
        return String.format(Locale.ROOT, "%+.4f [%+.4f, %+.4f]", value, low, high);
    }

    /** The difference of candidate and serving policy; empty text when none served. */
    static String difference(Measurement measured) {
        return measured.difference() == null
                ? ""
                : difference(measured.difference(), measured.differenceLow(), measured.differenceHigh());
    }
}
