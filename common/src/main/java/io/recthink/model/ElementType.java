package io.recthink.model;

/** How the elements of a stored tensor are encoded, little-endian, by the names of the safetensors format. */
public enum ElementType {
    /** IEEE 754 single precision. */
    F32(4),
    /** IEEE 754 half precision. */
    F16(2),
    /** The upper half of an IEEE 754 single. */
    BF16(2),
    /** A signed 64-bit integer; for counters such as an optimizer's step, never for weights. */
    I64(8);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes an element takes. */
    public int bytes() {
        return bytes;
    }

    /** True for the types that are read as FP32 numbers. */
    public boolean isFloatingPoint() {
        return this != I64;
    }
}
