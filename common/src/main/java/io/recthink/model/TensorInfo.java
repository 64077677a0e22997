package io.recthink.model;

import java.util.List;
import java.util.Objects;

/**
 * A stored tensor: its name, element type and shape (row-major; an empty shape is a scalar).
 *
 * @param name the name in the file; for weights the name in Hugging Face folders, e.g.
 *     {@code model.embed_tokens.weight}
 * @param type the encoding of its elements
 * @param shape the lengths of its axes, each at least 0
 */
public record TensorInfo(String name, ElementType type, List<Long> shape) {
    public TensorInfo {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        shape = List.copyOf(shape);
        size(name, shape);
    }

    /** The number of elements. */
    public long size() {
        return size(name, shape);
    }

    /** The number of bytes that the elements take in the file. */
    public long byteSize() {
        return Math.multiplyExact(size(), type.bytes());
    }

    private static long size(String name, List<Long> shape) {
        long size = 1;
        for (long length : shape) {
            if (length < 0) {
                throw new IllegalArgumentException(name + ": shape " + shape + " has a negative length");
            }
            try {
                size = Math.multiplyExact(size, length);
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException(name + ": shape " + shape + " has too many elements", e);
            }
        }
        return size;
    }
}
