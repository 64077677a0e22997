package io.recthink.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * Writes a safetensors file as a stream: the tensors are announced first, then their elements follow in that order,
 * in pieces of any length (a piece may reach over the boundary of two FP32 tensors). No copy of the data is held.
 *
 * <p>If the writer is closed before all elements were written, the file is removed.
 */
public final class SafetensorsWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;
    // Readers that map the file want aligned elements.
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
     * @param metadata text pairs; transformers wants {@code format: pt}
     * @param tensors of type F32 or I64, in the order in which they will be written
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

    /** Writes the next FP32 elements. */
    public void write(FloatBuffer elements) {
        while (elements.hasRemaining()) {
            expect(ElementType.F32);
            int count = (int) Math.min(elements.remaining(), Math.min(remaining, buffer.remaining() / Float.BYTES));
            FloatBuffer piece = elements.slice().limit(count);
            buffer.asFloatBuffer().put(piece);
            advance(count, Float.BYTES);
            elements.position(elements.position() + count);
        }
    }

    /** Writes the next I64 element. */
    public void write(long element) {
        expect(ElementType.I64);
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
            if (tensor.type() != ElementType.F32 && tensor.type() != ElementType.I64) {
                throw new IllegalArgumentException(
                        tensor.name() + ": written are F32 and I64 (was " + tensor.type() + ")");
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

    private void expect(ElementType type) {
        if (tensor == tensors.size()) {
            throw new IllegalStateException(file + ": all tensors are written already");
        }
        if (tensors.get(tensor).type() != type) {
            throw new IllegalStateException(file + ": expected is " + tensors.get(tensor) + ", given was " + type);
        }
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

    /** Full disks and lost permissions end here: nothing half-written stays behind. */
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
