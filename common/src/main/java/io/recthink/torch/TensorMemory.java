package io.recthink.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Copies tensors from and to FP32 numbers in Java memory, in pieces; a tensor of another type is rounded or widened.
 * Tensors that DJL makes around a Java buffer lie wherever the buffer lies; matrix products round differently with the
 * alignment of their operands. So weights are always copied into memory of libtorch's own.
 */
public final class TensorMemory {
    private static final int PIECE = 1 << 20;

    private TensorMemory() {}

    /**
     * A manager, closed with the given one, for numbers that kernels read as numbers. They stay in the memory of the
     * processor: asking a GPU for a number would wait for all that it has to do.
     */
    public static NDManager numbers(NDManager manager) {
        return manager.newSubManager(Device.cpu());
    }

    /** Overwrites elements of tensors, through one buffer outside of the Java heap. */
    public static final class Writer {
        private final NDManager scratch;
        private final ByteBuffer piece =
                ByteBuffer.allocateDirect(Float.BYTES * PIECE).order(ByteOrder.nativeOrder());

        /** @param scratch owner of what exists during a call */
        public Writer(NDManager scratch) {
            this.scratch = scratch;
        }

        /** Overwrites elements {@code first .. first + values.remaining() - 1} of a tensor. */
        public void write(NDArray tensor, long first, FloatBuffer values) {
            for (long start = first; values.hasRemaining(); start += PIECE) {
                int count = Math.min(PIECE, values.remaining());
                piece.clear().limit(Float.BYTES * count);
                piece.asFloatBuffer().put(values.slice(values.position(), count));
                values.position(values.position() + count);
                try (NDArray from = scratch.create(start);
                        NDArray source = scratch.create(piece, new Shape(count), DataType.FLOAT32)) {
                    Kernels.instance()
                            .call("overwrite", scratch, tensor, from, source)
                            .close();
                }
            }
        }
    }

    /** Reads elements {@code first .. first + out.remaining() - 1} of a tensor. */
    public static void read(NDArray tensor, long first, FloatBuffer out, NDManager scratch) {
        for (long from = first; out.hasRemaining(); from += PIECE) {
            int count = Math.min(PIECE, out.remaining());
            try (NDArray elements = elements(tensor, from, count, scratch)) {
                out.put(elements.toByteBuffer(true)
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer());
            }
        }
    }

    /** Overwrites a block of a matrix, from a row and a column on. */
    public static void writeBlock(
            NDArray matrix, long row, long column, Shape block, FloatBuffer values, NDManager scratch) {
        try (NDArray place = scratch.create(new long[] {row, column});
                NDArray source = scratch.create(values, block)) {
            Kernels.instance()
                    .call("overwrite_block", scratch, matrix, place, source)
                    .close();
        }
    }

    /** Reads a block of a matrix, from a row and a column on. */
    public static void readBlock(
            NDArray matrix, long row, long column, Shape block, FloatBuffer out, NDManager scratch) {
        try (NDArray place = scratch.create(new long[] {row, column, block.get(0), block.get(1)});
                NDArray elements = Kernels.instance().call("block", scratch, matrix, place)) {
            out.put(elements.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer());
        }
    }

    private static NDArray elements(NDArray tensor, long first, int count, NDManager scratch) {
        try (NDArray from = scratch.create(first);
                NDArray to = scratch.create(first + count)) {
            return Kernels.instance().call("elements", scratch, tensor, from, to);
        }
    }
}
