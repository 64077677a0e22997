package io.recthink.generate;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Assigns rows to slots beside their prompts. Each prompt has as many slots as the prompt with the most rows needs, so
 * the rows of all prompts form a rectangle.
 *
 * @param rowOfSlot the row in each slot, prompt by prompt; 0 in a free slot; empty where row n is in slot n
 * @param slotOfRow the slot of each row; empty where row n is in slot n
 */
@SuppressWarnings("ArrayRecordComponent") // becomes two tensors; never compared
record Slots(long[] rowOfSlot, long[] slotOfRow) {

    /** @param promptOfRow the prompt of each row, from 0 to {@code prompts - 1} */
    static Slots of(int[] promptOfRow, int prompts) {
        int[] taken = new int[prompts];
        long[] slotOfRow = new long[promptOfRow.length];
        for (int row = 0; row < promptOfRow.length; row++) {
            slotOfRow[row] = taken[promptOfRow[row]]++;
        }
        int width = Arrays.stream(taken).max().orElse(0);
        long[] rowOfSlot = new long[prompts * width];
        for (int row = 0; row < promptOfRow.length; row++) {
            slotOfRow[row] += (long) promptOfRow[row] * width;
            rowOfSlot[(int) slotOfRow[row]] = row;
        }
        boolean inOrder = rowOfSlot.length == slotOfRow.length
                && IntStream.range(0, slotOfRow.length).allMatch(row -> slotOfRow[row] == row);
        return inOrder ? new Slots(new long[0], new long[0]) : new Slots(rowOfSlot, slotOfRow);
    }
}
