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
 * Copies tensors from and to FP32 numbers in Java memory, in pieces. A tensor of another type is rounded or widened.
 *
 * <p>Weights are always copied into libtorch's own memory. A tensor that DJL makes around a Java buffer has the
 * buffer's alignment, and matrix products round differently with the alignment of their operands.
 */
public final class TensorMemory {
    private static final int PIECE = 1 << 20;

    private TensorMemory() {}

    /**
     * Returns a manager for scalars that kernels read as numbers; it is closed with {@code manager}. The scalars stay
     * in the processor's memory: a read from a GPU would wait for all queued work of the GPU.
     */
    public static NDManager numbers(NDManager manager) {
        return manager.newSubManager(Device.cpu());
    }

    /** Overwrites elements of tensors, through one buffer outside of the Java heap. */
    public static final class Writer {
        private final NDManager scratch;
        private final ByteBuffer piece =
                ByteBuffer.allocateDirect(Float.BYTES * PIECE).order(ByteOrder.nativeOrder());

        /** @param scratch owner of the tensors that exist during a call */
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

    /** Overwrites the block of a matrix that begins at a row and a column. */
    public static void writeBlock(
            NDArray matrix, long row, long column, Shape block, FloatBuffer values, NDManager scratch) {
        try (NDArray place = scratch.create(new long[] {row, column});
                NDArray source = scratch.create(values, block)) {
            Kernels.instance()
                    .call("overwrite_block", scratch, matrix, place, source)
                    .close();
        }
    }

    /** Reads the block of a matrix that begins at a row and a column. */
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
