package io.recthink.spark.sft;

import io.recthink.InvalidInputException;

/** The length of a supervised run; a validation may stop the run earlier. */
public sealed interface Length {
    /** The number of steps or epochs. */
    int count();

    /** {@code steps} or {@code epochs}. */
    String unit();

    /**
     * The length in steps.
     *
     * @param rows number of learnt rows, at least {@code batchSize}
     * @param batchSize rows a step
     */
    int steps(int rows, int batchSize);

    /**
     * A number of optimizer steps.
     *
     * @param count at least 1
     */
    record Steps(int count) implements Length {
        public Steps {
            requireAtLeastOne("steps", count);
        }

        @Override
        public String unit() {
            return "steps";
        }

        @Override
        public int steps(int rows, int batchSize) {
            return count;
        }
    }

    /**
     * A number of passes over the rows. Each pass skips the rows at its end that do not fill a step.
     *
     * @param count at least 1
     */
    record Epochs(int count) implements Length {
        public Epochs {
            requireAtLeastOne("epochs", count);
        }

        @Override
        public String unit() {
            return "epochs";
        }

        @Override
        public int steps(int rows, int batchSize) {
            return Math.multiplyExact(count, rows / batchSize);
        }
    }

    private static void requireAtLeastOne(String name, int count) {
        if (count < 1) {
            throw new InvalidInputException(
                    "%s of a supervised run must be at least 1 (was %d)".formatted(name, count));
        }
    }
}
