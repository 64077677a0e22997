package io.recthink.plan;

/**
 * How fast one task computes.
 *
 * @param products floating point operations a second of the matrix products of forward and backward passes
 * @param between seconds for each number that a projection makes, in each pass, of the operations between the products
 *     (norms, rotations, activations)
 * @param prefill floating point operations a second of reading prompts
 * @param decode floating point operations a second of growing completions, where neither memory nor small operations
 *     limit the speed
 * @param weights bytes a second of reading weights, and of the optimizer
 * @param caches bytes a second of reading keys and values
 * @param layer seconds of a layer's small operations in each decoding step, whatever their size
 * @param adapter seconds of the small operations of a layer's adapter in each decoding step
 */
public record Rates(
        double products,
        double between,
        double prefill,
        double decode,
        double weights,
        double caches,
        double layer,
        double adapter) {
    public Rates {
        requirePositive("products", products);
        requireTime("between", between);
        requirePositive("prefill", prefill);
        requirePositive("decode", decode);
        requirePositive("weights", weights);
        requirePositive("caches", caches);
        requireTime("layer", layer);
        requireTime("adapter", adapter);
    }

    /** Returns the rates of a task with {@code threads} threads. A small operation takes as long as with one thread. */
    public Rates times(int threads) {
        return new Rates(
                products * threads,
                between / threads,
                prefill * threads,
                decode * threads,
                weights * threads,
                caches * threads,
                layer,
                adapter);
    }

    /** Returns these rates with all floating point operations {@code times} times as fast. */
    public Rates withOperations(double times) {
        return new Rates(
                products * times, between / times, prefill * times, decode * times, weights, caches, layer, adapter);
    }

    /**
     * Returns these rates with another speed of reading weights. The speed of reading caches changes by the same
     * factor.
     */
    public Rates withWeights(double bytes) {
        return new Rates(products, between, prefill, decode, bytes, caches * bytes / weights, layer, adapter);
    }

    private static void requirePositive(String name, double rate) {
        if (!(rate > 0) || !Double.isFinite(rate)) {
            throw new IllegalArgumentException("the rate " + name + " must be above 0 (was " + rate + ")");
        }
    }

    private static void requireTime(String name, double seconds) {
        if (!(seconds >= 0) || !Double.isFinite(seconds)) {
            throw new IllegalArgumentException("the time " + name + " must be at least 0 (was " + seconds + ")");
        }
    }
}
