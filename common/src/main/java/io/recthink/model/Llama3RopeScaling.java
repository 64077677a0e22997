package io.recthink.model;

/**
 * The scaled rotary positions of Llama 3.1 and later ({@code rope_type: llama3}). Frequencies with a wavelength above
 * {@code originalMaxPositions / lowFrequencyFactor} are divided by {@code factor}. Frequencies with a wavelength below
 * {@code originalMaxPositions / highFrequencyFactor} are kept. Frequencies between the two are interpolated.
 *
 * @param factor new context length divided by the old one; at least 1
 * @param lowFrequencyFactor above 0
 * @param highFrequencyFactor above {@code lowFrequencyFactor}
 * @param originalMaxPositions the context length before scaling, in tokens; at least 1
 */
public record Llama3RopeScaling(
        double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalMaxPositions) {
    public Llama3RopeScaling {
        require(factor >= 1, "factor must be at least 1", factor);
        require(lowFrequencyFactor > 0, "low_freq_factor must be above 0", lowFrequencyFactor);
        require(
                highFrequencyFactor > lowFrequencyFactor,
                "high_freq_factor must be above low_freq_factor",
                highFrequencyFactor);
        require(originalMaxPositions >= 1, "original_max_position_embeddings must be at least 1", originalMaxPositions);
    }

    /**
     * Returns the divisor of an unscaled frequency, from 1 to {@code factor}.
     *
     * @param frequency radians a position
     */
    public double divisor(double frequency) {
        double wavelength = 2 * Math.PI / frequency;
        if (wavelength > originalMaxPositions / lowFrequencyFactor) {
            return factor;
        }
        if (wavelength < originalMaxPositions / highFrequencyFactor) {
            return 1;
        }
        double kept =
                (originalMaxPositions / wavelength - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
        return 1 / ((1 - kept) / factor + kept);
    }

    private static void require(boolean valid, String rule, double value) {
        if (!valid || !Double.isFinite(value)) {
            throw new IllegalArgumentException(rule + " (was " + value + ")");
        }
    }
}
