package io.recthink.model;

import io.recthink.InvalidInputException;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/** Finds weights that are not finite numbers: NaN or infinite. */
final class FiniteNumbers {
    private static final int MAGNITUDE = 0x7FFFFFFF;
    private static final int LARGEST = Float.floatToRawIntBits(Float.MAX_VALUE);

    private FiniteNumbers() {}

    /**
     * Refuses weights that are not finite numbers: a single one makes every output of the model invalid.
     *
     * @param folder the folder of the tensor
     * @throws InvalidInputException if one of the remaining elements is not finite
     */
    static void require(Path folder, String tensor, FloatBuffer values) {
        int odd = firstOther(values);
        if (odd >= 0) {
            throw new InvalidInputException(folder + ": tensor " + tensor + " has a weight that is not a finite number"
                    + " (" + values.get(values.position() + odd) + "); fetch the files again, or take another model");
        }
    }

    /**
     * Returns the place of the first remaining element that is not finite, counted from the position; -1 if all are
     * finite.
     */
    static int firstOther(FloatBuffer values) {
        // The compiler turns a maximum of whole numbers into vector instructions.
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
