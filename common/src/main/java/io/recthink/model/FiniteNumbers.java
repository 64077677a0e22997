package io.recthink.model;

import io.recthink.InvalidInputException;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/** Looks for weights that are no numbers: NaN or infinite. */
final class FiniteNumbers {
    private static final int MAGNITUDE = 0x7FFFFFFF;
    private static final int LARGEST = Float.floatToRawIntBits(Float.MAX_VALUE);

    private FiniteNumbers() {}

    /**
     * Refuses weights that are no numbers: with one of them every answer is none, too.
     *
     * @param folder that holds the tensor
     * @throws InvalidInputException if one of the remaining elements is none
     */
    static void require(Path folder, String tensor, FloatBuffer values) {
        int odd = firstOther(values);
        if (odd >= 0) {
            throw new InvalidInputException(folder + ": tensor " + tensor + " has a weight that is no number ("
                    + values.get(values.position() + odd) + "); fetch the files again, or take another model");
        }
    }

    /** The place among the remaining elements of the first that is no number, or -1. */
    static int firstOther(FloatBuffer values) {
        // A maximum of whole numbers is what the compiler makes vector instructions of.
        int largest = 0;
        int from = values.position();
        int to = values.limit();
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Float.floatToRawIntBits(values.get(i)) & MAGNITUDE);
        }
        if (largest <= LARGEST) {
            return -1;
        }
        int at = from;
        while (Float.isFinite(values.get(at))) {
            at++;
        }
        return at - from;
    }
}
