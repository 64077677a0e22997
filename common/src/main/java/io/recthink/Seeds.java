package io.recthink;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Computes random numbers from the place of their use, not from earlier draws. So a task that runs again, alone or
 * beside other tasks, draws the same numbers.
 */
public final class Seeds {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final int FRACTION_BITS = 52;

    private Seeds() {}

    /**
     * Returns the seed of one completion: the first eight bytes of the SHA-256 of run seed, step, sample and row id.
     *
     * @param runSeed seed of the run
     * @param step training step; any fixed number outside of training
     * @param rowId the example
     * @param sample number of the completion among the completions of the example
     */
    public static long of(long runSeed, int step, String rowId, int sample) {
        byte[] row = rowId.getBytes(StandardCharsets.UTF_8);
        ByteBuffer address = ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + row.length)
                .putLong(runSeed)
                .putInt(step)
                .putInt(sample)
                .put(row);
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(address.array()))
                    .getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /**
     * Returns the random number for one token of a completion: output {@code position} of SplitMix64 (Steele, Lea and
     * Flood 2014, Fast splittable pseudorandom number generators) from the state {@code seed}.
     *
     * @param position number of the token in its completion, from 0
     * @return uniform in [0, 1), a multiple of 2^-52: its product with a double is always smaller than that double
     */
    public static double uniform(long seed, int position) {
        return (mix(seed + (position + 1L) * GOLDEN_GAMMA) >>> (Long.SIZE - FRACTION_BITS)) * 0x1p-52;
    }

    private static long mix(long state) {
        long bits = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
        bits = (bits ^ (bits >>> 27)) * 0x94D049BB133111EBL;
        return bits ^ (bits >>> 31);
    }
}
