package io.recthink.statistics;

import java.io.Serializable;

/**
 * Numbers as whole multiples of 2^-{@code digits}. Sums of them are exact, and so do not depend on the order of the terms,
 * which on a cluster is a different one each time.
 *
 * @param digits binary digits behind the point, 0 to 52
 */
public record FixedPoint(int digits) implements Serializable {
    /** A resample may draw the largest cluster many times. */
    private static final int HEADROOM = 5;

    public FixedPoint {
        if (digits < 0 || digits > 52) {
            throw new IllegalArgumentException(digits + " binary digits behind the point");
        }
    }

    /**
     * As fine as sums of {@code rows} numbers of at most {@code largest} allow in 64 bits: for a million squared errors of
     * 16 at most, 2^-33.
     *
     * @throws ArithmeticException when not even whole numbers can be summed
     */
    public static FixedPoint forSums(long rows, double largest) {
        int bits = Math.getExponent(Math.max(1, rows) * Math.max(1, largest)) + 1;
        int digits = 62 - HEADROOM - bits;
        if (digits < 0) {
            throw new ArithmeticException("sums of %d numbers up to %s do not fit 64 bits".formatted(rows, largest));
        }
        return new FixedPoint(Math.min(52, digits));
    }

    /** The nearest multiple. */
    public long of(double value) {
        return (long) Math.rint(Math.scalb(value, digits));
    }

    /** The number that so many units are. */
    public double value(long units) {
        return Math.scalb((double) units, -digits);
    }
}
