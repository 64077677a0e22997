package io.recthink.spark.sft;

import io.recthink.InvalidInputException;

/** How long a supervised run is, unless its validation stops it earlier. */
public sealed interface Length {
    /** How many of its units. */
    int count();

    /** Steps or epochs. */
    String unit();

    /**
     * The steps that this is.
     *
     * @param rows that are learnt, at least one step of them
     * @param batchSize rows a step
     */
    int steps(int rows, int batchSize);

    /**
     * Optimiser steps.
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
     * Passes over the rows. Rows left over at the end of a pass that do not fill a step are passed over in it.
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
