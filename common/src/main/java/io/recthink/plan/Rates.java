package io.recthink.plan;

/**
 * How fast one task computes.
 *
 * @param gradient floating point operations a second of forward and backward passes
 * @param prefill the same of reading prompts
 * @param decode the same of growing completions, where the operations and not the weights bound it
 * @param bandwidth bytes a second of reading weights and caches, and of the optimizer
 */
public record Rates(double gradient, double prefill, double decode, double bandwidth) {
    public Rates {
        requirePositive("gradient", gradient);
        requirePositive("prefill", prefill);
        requirePositive("decode", decode);
        requirePositive("bandwidth", bandwidth);
    }

    private static void requirePositive(String name, double rate) {
        if (!(rate > 0) || !Double.isFinite(rate)) {
            throw new IllegalArgumentException("the rate " + name + " must be above 0 (was " + rate + ")");
        }
    }
}
