package io.recthink.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a safetensors file (github.com/huggingface/safetensors, "Format"): an unsigned 64-bit header length, a JSON
 * header, the elements. The reader first checks the header against the file: each tensor's bytes fit its type and
 * shape, and the tensors cover the data end to end, without gap or overlap.
 *
 * <p>Elements are read with positional reads through the page cache, not through a mapping. A file that shrinks during
 * a read is then an error and does not end the JVM. The pages of a mapping would stay in the resident memory of the
 * process until the collector finds the mapping. That is long after its elements have been copied into tensors. Safe
 * for use by several threads.
 */
public final class SafetensorsReader implements AutoCloseable {
    // The limit of the reference implementation.
    private static final long LONGEST_HEADER = 100_000_000;
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int PIECE = BUFFER_BYTES / Float.BYTES;
    // Memory outside of the heap is freed late, so each thread has one buffer instead of one for each call.
    private static final ThreadLocal<ByteBuffer> BUFFER = ThreadLocal.withInitial(() -> buffer(BUFFER_BYTES));
    private static final String METADATA = "__metadata__";

    private final Path file;
    private final FileChannel channel;
    private final Map<String, String> metadata;
    private final Map<String, Entry> entries;

    private record Entry(TensorInfo info, long begin, long end) {}

    private SafetensorsReader(
            Path file, FileChannel channel, Map<String, String> metadata, Map<String, Entry> entries) {
        this.file = file;
        this.channel = channel;
        this.metadata = metadata;
        this.entries = entries;
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws InvalidInputException if the file cannot be read or its header is wrong
     */
    public static SafetensorsReader open(Path file) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
            return new HeaderParser(file, channel).parse();
        } catch (IOException e) {
            close(channel, e);
            throw new InvalidInputException(file + ": cannot be read: " + e, e);
        } catch (RuntimeException e) {
            close(channel, e);
            throw e;
        }
    }

    private static void close(FileChannel channel, Exception cause) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** All tensors, in the order of their data. */
    public Collection<TensorInfo> tensors() {
        return entries.values().stream().map(Entry::info).toList();
    }

    /** The tensor of this name, if there is one. */
    public Optional<TensorInfo> find(String name) {
        return Optional.ofNullable(entries.get(name)).map(Entry::info);
    }

    /** The text pairs under {@code __metadata__}. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** Puts all elements of a tensor into {@code out} as FP32. */
    public void read(String name, FloatBuffer out) {
        long size = entry(name).info().size();
        if (out.remaining() < size) {
            throw new IllegalArgumentException(
                    name + ": needs room for " + size + " elements (was " + out.remaining() + ")");
        }
        FloatBuffer window = out.duplicate();
        window.limit(out.position() + Math.toIntExact(size));
        read(name, 0, window);
        out.position(window.position());
    }

    /** Passes all elements of a tensor on as FP32, see {@link ParameterReader#readPieces}. */
    void readPieces(String name, ParameterReader.Pieces pieces) {
        long size = entry(name).info().size();
        FloatBuffer values = FloatBuffer.allocate((int) Math.min(PIECE, size));
        for (long first = 0; first < size; first += values.limit()) {
            values.clear().limit((int) Math.min(PIECE, size - first));
            read(name, first, values);
            pieces.accept(first, values.flip());
        }
    }

    private ElementType floatingPoint(String name, Entry entry) {
        ElementType type = entry.info().type();
        if (!type.isFloatingPoint()) {
            throw new InvalidInputException(file + ": " + name + ": has type " + type + ", expected F32, F16 or BF16");
        }
        return type;
    }

    /** Fills {@code out} with the elements of a tensor from the element {@code from} on, as FP32. */
    public void read(String name, long from, FloatBuffer out) {
        Entry entry = entry(name);
        ElementType type = floatingPoint(name, entry);
        if (from < 0 || from > entry.info().size() - out.remaining()) {
            throw new IndexOutOfBoundsException(name + ": elements from " + from + " to " + (from + out.remaining())
                    + " of " + entry.info().size());
        }
        ByteBuffer buffer = BUFFER.get();
        long position = entry.begin() + from * type.bytes();
        while (out.hasRemaining()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), (long) out.remaining() * type.bytes()));
            position = readFully(position, buffer);
            FloatDecoder.decode(type, buffer.flip(), out);
        }
    }

    /** The value of an I64 tensor with one element. */
    public long readLong(String name) {
        Entry entry = entry(name);
        if (entry.info().type() != ElementType.I64 || entry.info().size() != 1) {
            throw new InvalidInputException(
                    file + ": " + name + ": expected one I64 element (was " + entry.info() + ")");
        }
        ByteBuffer buffer = buffer(Long.BYTES);
        readFully(entry.begin(), buffer);
        return buffer.getLong(0);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be closed: " + e, e);
        }
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new InvalidInputException(file + ": has no tensor " + name);
        }
        return entry;
    }

    private static ByteBuffer buffer(long bytes) {
        return ByteBuffer.allocateDirect((int) Math.min(BUFFER_BYTES, bytes)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private long readFully(long position, ByteBuffer buffer) {
        try {
            return readFully(file, channel, position, buffer);
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read: " + e, e);
        }
    }

    private static long readFully(Path file, FileChannel channel, long from, ByteBuffer buffer) throws IOException {
        long position = from;
        while (buffer.hasRemaining()) {
            int count = channel.read(buffer, position);
            if (count < 0) {
                throw new InvalidInputException(file + ": ends at byte " + position + ", before the end of its data");
            }
            position += count;
        }
        return position;
    }

    /** Reads and checks the header. */
    private static final class HeaderParser {
        private final Path file;
        private final FileChannel channel;
        private final long fileSize;

        HeaderParser(Path file, FileChannel channel) throws IOException {
            this.file = file;
            this.channel = channel;
            this.fileSize = channel.size();
        }

        SafetensorsReader parse() throws IOException {
            long length = headerLength();
            ByteBuffer bytes = ByteBuffer.allocate((int) length);
            readFully(file, channel, Long.BYTES, bytes);
            JsonNode header = JsonFile.parseObject(file + ": header", bytes.array());
            long dataStart = Long.BYTES + length;
            Map<String, String> metadata = new LinkedHashMap<>();
            header.path(METADATA)
                    .fields()
                    .forEachRemaining(
                            pair -> metadata.put(pair.getKey(), pair.getValue().asText()));
            List<Entry> entries = new ArrayList<>();
            header.fields().forEachRemaining(field -> {
                if (!field.getKey().equals(METADATA)) {
                    entries.add(entry(field.getKey(), field.getValue(), dataStart));
                }
            });
            return new SafetensorsReader(file, channel, Map.copyOf(metadata), inOrder(entries, dataStart));
        }

        private long headerLength() throws IOException {
            if (fileSize < Long.BYTES) {
                throw problem(
                        fileSize == 0
                                ? "is empty; fetch it again"
                                : "is too short for a safetensors file (" + fileSize + " bytes)"
                                        + IncompleteFile.AGAIN);
            }
            ByteBuffer bytes = buffer(Long.BYTES);
            readFully(file, channel, 0, bytes);
            long length = bytes.getLong(0);
            if (length < 0 || length > LONGEST_HEADER) {
                throw problem(what("header length " + Long.toUnsignedString(length) + " is over the limit of "
                        + LONGEST_HEADER + " bytes; it is not a safetensors file"));
            }
            if (length > fileSize - Long.BYTES) {
                throw problem(what("header length " + length + " is more than the file has (" + fileSize + " bytes)"
                        + IncompleteFile.AGAIN));
            }
            return length;
        }

        private String what(String otherwise) throws IOException {
            ByteBuffer start = ByteBuffer.allocate((int) Math.min(fileSize, IncompleteFile.LENGTH));
            readFully(file, channel, 0, start);
            return IncompleteFile.describe(start.array(), otherwise);
        }

        private Entry entry(String name, JsonNode json, long dataStart) {
            TensorInfo info = info(name, json);
            JsonNode offsets = json.path("data_offsets");
            if (!offsets.isArray() || offsets.size() != 2 || !isOffset(offsets.get(0)) || !isOffset(offsets.get(1))) {
                throw problem(name + ": data_offsets must be two whole numbers (was " + offsets + ")");
            }
            long begin = offsets.get(0).longValue();
            long end = offsets.get(1).longValue();
            if (begin > end || end > fileSize - dataStart) {
                throw problem(name + ": data_offsets " + offsets + " are outside the data of " + (fileSize - dataStart)
                        + " bytes" + (end > fileSize - dataStart ? IncompleteFile.AGAIN : ""));
            }
            if (end - begin != byteSize(info)) {
                throw problem(name + ": has " + (end - begin) + " bytes, but " + info.type() + " " + info.shape()
                        + " takes " + byteSize(info));
            }
            return new Entry(info, dataStart + begin, dataStart + end);
        }

        private static boolean isOffset(JsonNode value) {
            return value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0;
        }

        private TensorInfo info(String name, JsonNode json) {
            List<Long> shape = new ArrayList<>();
            for (JsonNode length : json.path("shape")) {
                if (!isOffset(length)) {
                    throw problem(name + ": shape must be a list of whole numbers (was " + json.path("shape") + ")");
                }
                shape.add(length.longValue());
            }
            try {
                return new TensorInfo(name, type(name, json.path("dtype").asText()), shape);
            } catch (IllegalArgumentException e) {
                throw new InvalidInputException(file + ": " + e.getMessage(), e);
            }
        }

        private ElementType type(String name, String type) {
            for (ElementType known : ElementType.values()) {
                if (known.name().equals(type)) {
                    return known;
                }
            }
            throw problem(
                    name + ": element type " + type + " is not supported; supported are F32, F16, BF16: save the"
                            + " model in one of them (from_pretrained with dtype, then save_pretrained), or import a GGUF file");
        }

        private long byteSize(TensorInfo info) {
            try {
                return info.byteSize();
            } catch (ArithmeticException e) {
                throw new InvalidInputException(
                        file + ": " + info.name() + ": shape " + info.shape() + " is too large", e);
            }
        }

        private Map<String, Entry> inOrder(List<Entry> entries, long dataStart) {
            entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
            Map<String, Entry> result = new LinkedHashMap<>();
            long end = dataStart;
            for (Entry entry : entries) {
                if (entry.begin() != end) {
                    throw problem(entry.info().name() + ": its data "
                            + (entry.begin() < end ? "overlaps the data of another tensor" : "leaves a gap before it"));
                }
                end = entry.end();
                result.put(entry.info().name(), entry);
            }
            if (end != fileSize) {
                throw problem("has " + (fileSize - end) + " bytes after the last tensor");
            }
            return result;
        }

        private InvalidInputException problem(String what) {
            return new InvalidInputException(file + ": " + what);
        }
    }
}
