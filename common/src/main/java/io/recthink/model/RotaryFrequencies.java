package io.recthink.model;

/**
 * Computes the angles by which rotary positions turn a pair of elements from one position to the next (Su et al. 2021,
 * RoFormer, equation 15). Where the model says so, the wavelengths are stretched as in Llama 3.1.
 */
final class RotaryFrequencies {
    private RotaryFrequencies() {}

    /** Returns one frequency, in radians a position, for each of the {@code headDim / 2} pairs, falling. */
    static float[] of(ModelConfig config) {
        var frequencies = new float[config.headDim() / 2];
        for (int i = 0; i < frequencies.length; i++) {
            double frequency = Math.pow(config.ropeTheta(), -2.0 * i / config.headDim());
            frequencies[i] = (float) config.ropeScaling()
                    .map(scaling -> scaled(frequency, scaling))
                    .orElse(frequency)
                    .doubleValue();
        }
        return frequencies;
    }

    private static double scaled(double frequency, Llama3RopeScaling scaling) {
        double turns = scaling.originalMaxPositions() * frequency / (2 * Math.PI);
        double share =
                (turns - scaling.lowFrequencyFactor()) / (scaling.highFrequencyFactor() - scaling.lowFrequencyFactor());
        double kept = Math.max(0, Math.min(1, share));
        return frequency * (kept + (1 - kept) / scaling.factor());
    }
}
