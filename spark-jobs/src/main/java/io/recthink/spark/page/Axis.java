package io.recthink.spark.page;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * A scale for numbers with ticks at round numbers.
 *
 * @param first the number at the begin of the scale
 * @param last the number at the end of the scale; more than {@code first}
 * @param ticks numbers within the scale, in ascending order
 * @param labels the format of the tick labels
 */
public record Axis(double first, double last, List<BigDecimal> ticks, Labels labels) {
    private static final int STEPS = 5;
    private static final int STEPS_OF_WHOLE_NUMBERS = 8;
    private static final BigDecimal SMALL = new BigDecimal("0.001");
    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);
    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

    /** The format of tick labels. */
    public enum Labels {
        /** All digits. */
        PLAIN,
        /** 10k, 2M and 5e−7 in place of many zeros. */
        SHORT,
        /** A share of 1 in percent. */
        PERCENT
    }

    public Axis {
        ticks = List.copyOf(ticks);
        if (!(first < last)) {
            throw new IllegalArgumentException(
                    "a scale must end above its beginning (was " + first + " to " + last + ")");
        }
    }

    /** A scale from its first tick to its last tick; needs at least two ticks. */
    public Axis(List<BigDecimal> ticks) {
        this(ticks.get(0).doubleValue(), ticks.get(ticks.size() - 1).doubleValue(), ticks, Labels.PLAIN);
    }

    /**
     * A scale that contains two numbers and has about {@value #STEPS} steps of 1, 2 or 5 times a power of ten. It
     * begins and ends at a tick.
     */
    public static Axis around(double low, double high) {
        double span = Math.max(high - low, 1e-9 * Math.max(1, Math.abs(high)));
        BigDecimal unit = roundStep(span / STEPS);
        BigDecimal tick =
                BigDecimal.valueOf(low).divide(unit, 0, RoundingMode.FLOOR).multiply(unit);
        List<BigDecimal> ticks = new ArrayList<>(List.of(tick));
        while (tick.doubleValue() < high || ticks.size() < 2) {
            tick = tick.add(unit);
            ticks.add(tick);
        }
        return new Axis(ticks);
    }

    /** A scale that contains all finite numbers of a stream; from 0 to 1 without finite numbers. */
    public static Axis around(DoubleStream numbers) {
        double[] finite = numbers.filter(Double::isFinite).sorted().toArray();
        return finite.length == 0 ? around(0, 1) : around(finite[0], finite[finite.length - 1]);
    }

    /**
     * A scale from one whole number to another, with ticks at whole numbers, for example for the steps of a training.
     */
    public static Axis ofWholeNumbers(int first, int last) {
        if (first == last) {
            return new Axis(first - 1.0, last + 1.0, List.of(BigDecimal.valueOf(first)), Labels.PLAIN);
        }
        BigDecimal unit = roundStep(Math.max(1, (last - (double) first) / STEPS_OF_WHOLE_NUMBERS));
        List<BigDecimal> ticks = new ArrayList<>();
        BigDecimal tick =
                BigDecimal.valueOf(first).divide(unit, 0, RoundingMode.CEILING).multiply(unit);
        for (; tick.doubleValue() <= last; tick = tick.add(unit)) {
            ticks.add(tick);
        }
        return new Axis(first, last, ticks, Labels.PLAIN);
    }

    /** The smallest of 1, 2 and 5 times a power of ten that is not below a number. */
    private static BigDecimal roundStep(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        double step =
                least <= power ? power : least <= 2 * power ? 2 * power : least <= 5 * power ? 5 * power : 10 * power;
        return BigDecimal.valueOf(step).round(new MathContext(1));
    }

    /** This scale with another format of tick labels. */
    public Axis with(Labels other) {
        return new Axis(first, last, ticks, other);
    }

    /** The position of a number, in percent of the scale. */
    public double position(double value) {
        return 100 * (value - first) / (last - first);
    }

    /** The ticks with their positions and labels. */
    public List<Tick> marks() {
        return ticks.stream()
                .map(tick -> new Tick(position(tick.doubleValue()), label(tick)))
                .toList();
    }

    private String label(BigDecimal tick) {
        return switch (labels) {
            case PLAIN -> plain(tick);
            case SHORT -> minus(brief(tick));
            case PERCENT -> minus(plain(tick.movePointRight(2)) + "\u202f%");
        };
    }

    private static String brief(BigDecimal tick) {
        BigDecimal size = tick.abs();
        if (size.compareTo(MILLION) >= 0) {
            return plain(tick.divide(MILLION)) + "M";
        } else if (size.compareTo(THOUSAND.multiply(BigDecimal.TEN)) >= 0) {
            return plain(tick.divide(THOUSAND)) + "k";
        } else if (tick.signum() != 0 && size.compareTo(SMALL) < 0) {
            BigDecimal bare = tick.stripTrailingZeros();
            int power = bare.precision() - bare.scale() - 1;
            return String.format(Locale.ROOT, "%se%d", plain(tick.movePointLeft(power)), power);
        }
        return plain(tick);
    }

    private static String minus(String number) {
        return number.replace('-', '\u2212');
    }

    private static String plain(BigDecimal tick) {
        return tick.signum() == 0 ? "0" : tick.stripTrailingZeros().toPlainString();
    }
}
