package io.recthink.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Writes a safetensors file as a stream. The caller first announces the tensors, then writes their elements in that
 * order, in pieces of any length. A piece may cross the boundary of two tensors of type F32 or BF16. The writer keeps
 * no copy of the data.
 *
 * <p>If the writer is closed before all elements were written, it removes the file and fails.
 */
public final class SafetensorsWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int PIECE = 1 << 13;
    // Readers that map the file need aligned elements.
    private static final int ALIGNMENT = 8;

    private final Path file;
    private final FileChannel channel;
    private final List<TensorInfo> tensors;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private int tensor = -1;
    private long remaining;

    private SafetensorsWriter(Path file, FileChannel channel, List<TensorInfo> tensors) {
        this.file = file;
        this.channel = channel;
        this.tensors = tensors;
    }

    /**
     * Creates (or overwrites) the file and writes its header.
     *
     * @param metadata text pairs; transformers needs {@code format: pt}
     * @param tensors tensors of type F32, BF16 or I64, in the order in which they will be written
     * @throws InvalidInputException if the file cannot be written
     */
    public static SafetensorsWriter create(Path file, Map<String, String> metadata, List<TensorInfo> tensors) {
        byte[] header = header(metadata, tensors);
        SafetensorsWriter writer = new SafetensorsWriter(file, create(file), List.copyOf(tensors));
        writer.writeHeader(header);
        writer.next();
        return writer;
    }

    private static FileChannel create(Path file) {
        try {
            return FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be written: " + e, e);
        }
    }

    /**
     * Writes the next elements of tensors of type F32 or BF16. BF16 elements are rounded to the nearest, ties to even.
     */
    public void write(FloatBuffer elements) {
        while (elements.hasRemaining()) {
            ElementType type = expect(ElementType::isFloatingPoint);
            int count = (int) Math.min(elements.remaining(), Math.min(remaining, buffer.remaining() / type.bytes()));
            FloatBuffer piece = elements.slice().limit(count);
            if (type == ElementType.BF16) {
                bfloat16(piece, buffer.asShortBuffer());
            } else {
                buffer.asFloatBuffer().put(piece);
            }
            advance(count, type.bytes());
            elements.position(elements.position() + count);
        }
    }

    private static void bfloat16(FloatBuffer in, ShortBuffer out) {
        float[] values = new float[Math.min(PIECE, in.remaining())]; // arrays are faster than buffers, see FloatDecoder
        short[] rounded = new short[values.length];
        while (in.hasRemaining()) {
            int count = Math.min(PIECE, in.remaining());
            in.get(values, 0, count);
            for (int i = 0; i < count; i++) {
                int bits = Float.floatToIntBits(values[i]); // every NaN becomes the one whose upper half is NaN
                int half = 0x7FFF + ((bits >>> Short.SIZE) & 1); // a tie goes up where the last kept bit is odd
                rounded[i] = (short) ((bits + half) >>> Short.SIZE);
            }
            out.put(rounded, 0, count);
        }
    }

    /** Writes the next I64 element. */
    public void write(long element) {
        expect(ElementType.I64::equals);
        buffer.asLongBuffer().put(element);
        advance(1, Long.BYTES);
    }

    @Override
    public void close() {
        if (!channel.isOpen()) {
            return;
        }
        if (tensor < tensors.size()) {
            InvalidInputException failure = failed(new IOException(
                    tensors.get(tensor).name() + " lacks " + remaining + " elements; the file was removed"));
            throw failure;
        }
        try {
            flush();
            channel.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static byte[] header(Map<String, String> metadata, List<TensorInfo> tensors) {
        ObjectNode header = JsonFile.MAPPER.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode pairs = header.putObject("__metadata__");
            metadata.forEach(pairs::put);
        }
        long offset = 0;
        for (TensorInfo tensor : tensors) {
            if (tensor.type() == ElementType.F16) {
                throw new IllegalArgumentException(
                        tensor.name() + ": written are F32, BF16 and I64 (was " + tensor.type() + ")");
            }
            ObjectNode entry = header.putObject(tensor.name());
            entry.put("dtype", tensor.type().name());
            ArrayNode shape = entry.putArray("shape");
            tensor.shape().forEach(shape::add);
            long end = Math.addExact(offset, tensor.byteSize());
            entry.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        if (header.size() != tensors.size() + (metadata.isEmpty() ? 0 : 1)) {
            throw new IllegalArgumentException("two tensors have the same name");
        }
        return padded(header);
    }

    private static byte[] padded(ObjectNode header) {
        try {
            String text = JsonFile.MAPPER.writeValueAsString(header);
            int length = text.getBytes(StandardCharsets.UTF_8).length;
            return (text + " ".repeat(Math.floorMod(-length, ALIGNMENT))).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private void writeHeader(byte[] header) {
        try {
            writeFully(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(0, header.length));
            writeFully(ByteBuffer.wrap(header));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** The type of the next element. */
    private ElementType expect(Predicate<ElementType> given) {
        if (tensor == tensors.size()) {
            throw new IllegalStateException(file + ": all tensors are written already");
        }
        ElementType type = tensors.get(tensor).type();
        if (!given.test(type)) {
            throw new IllegalStateException(file + ": expected is " + tensors.get(tensor) + ", given was another type");
        }
        return type;
    }

    private void advance(int count, int bytes) {
        buffer.position(buffer.position() + count * bytes);
        remaining -= count;
        try {
            if (buffer.remaining() < Long.BYTES) {
                flush();
            }
        } catch (IOException e) {
            throw failed(e);
        }
        if (remaining == 0) {
            next();
        }
    }

    private void next() {
        do {
            tensor++;
            remaining = tensor < tensors.size() ? tensors.get(tensor).size() : 0;
        } while (tensor < tensors.size() && remaining == 0);
    }

    private void flush() throws IOException {
        writeFully(buffer.flip());
        buffer.clear();
    }

    private void writeFully(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Removes the file after an error, such as a full disk or a lost permission: no incomplete file remains. */
    private InvalidInputException failed(IOException cause) {
        InvalidInputException failure = new InvalidInputException(file + ": cannot be written: " + cause, cause);
        try (channel) {
            remove();
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private void remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new InvalidInputException(file + ": is incomplete and cannot be removed: " + e, e);
        }
    }
}
