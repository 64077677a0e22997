package io.recthink.spark.page;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * A scale for numbers that begins and ends at round ones.
 *
 * @param ticks round numbers in equal steps, from the beginning of the scale to its end; at least two
 */
public record Axis(List<BigDecimal> ticks) {
    private static final int STEPS = 5;

    public Axis {
        ticks = List.copyOf(ticks);
        if (ticks.size() < 2) {
            throw new IllegalArgumentException("a scale needs a beginning and an end, not " + ticks);
        }
    }

    /** A scale that holds two numbers and has about {@value #STEPS} steps of 1, 2 or 5 times a power of ten. */
    public static Axis around(double low, double high) {
        double span = Math.max(high - low, 1e-9 * Math.max(1, Math.abs(high)));
        double raw = span / STEPS;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double step = raw <= power ? power : raw <= 2 * power ? 2 * power : raw <= 5 * power ? 5 * power : 10 * power;
        BigDecimal unit = BigDecimal.valueOf(step).round(new java.math.MathContext(1));
        BigDecimal tick =
                BigDecimal.valueOf(low).divide(unit, 0, RoundingMode.FLOOR).multiply(unit);
        List<BigDecimal> ticks = new ArrayList<>(List.of(tick));
        while (tick.doubleValue() < high || ticks.size() < 2) {
            tick = tick.add(unit);
            ticks.add(tick);
        }
        return new Axis(ticks);
    }

    /** Where a number lies, in percent of the scale. */
    public double position(double value) {
        double first = ticks.get(0).doubleValue();
        return 100 * (value - first) / (ticks.get(ticks.size() - 1).doubleValue() - first);
    }

    /** The text of a tick. */
    static String label(BigDecimal tick) {
        return tick.signum() == 0 ? "0" : tick.stripTrailingZeros().toPlainString();
    }
}
