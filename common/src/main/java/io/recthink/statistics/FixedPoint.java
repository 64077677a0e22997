package io.recthink.statistics;

import java.io.Serializable;

/**
 * Numbers as whole multiples of 2^-{@code digits}. Their sums are exact and so do not depend on the order of the terms,
 * which differs between runs on a cluster.
 *
 * @param digits the number of binary digits after the point, 0 to 52
 */
public record FixedPoint(int digits) implements Serializable {
    /** Spare bits: a resample may draw the largest cluster many times. */
    private static final int HEADROOM = 5;

    public FixedPoint {
        if (digits < 0 || digits > 52) {
            throw new IllegalArgumentException(digits + " binary digits behind the point");
        }
    }

    /**
     * The finest grid on which a sum of {@code rows} numbers fits 64 bits, when no number exceeds {@code largest}. For
     * a million squared errors of at most 16 the unit is 2^-33.
     *
     * @throws ArithmeticException when not even a sum of whole numbers fits
     */
    public static FixedPoint forSums(long rows, double largest) {
        int bits = Math.getExponent(Math.max(1, rows) * Math.max(1, largest)) + 1;
        int digits = 62 - HEADROOM - bits;
        if (digits < 0) {
            throw new ArithmeticException("sums of %d numbers up to %s do not fit 64 bits".formatted(rows, largest));
        }
        return new FixedPoint(Math.min(52, digits));
    }

    /** The nearest multiple, in units of 2^-{@code digits}. */
    public long of(double value) {
        return (long) Math.rint(Math.scalb(value, digits));
    }

    /** The number that {@code units} units of 2^-{@code digits} represent. */
    public double value(long units) {
        return Math.scalb((double) units, -digits);
    }
}
