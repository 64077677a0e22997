package io.recthink.model;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a GGUF file (versions 2 and 3, little-endian; ggml's docs/gguf.md), or all parts of a file that llama.cpp's
 * gguf-split has cut. Every length is checked against the size of the file before memory is taken.
 */
final class GgufReader implements AutoCloseable {
    private static final int MAGIC = 0x46554747;
    private static final String ALIGNMENT = "general.alignment";
    private static final int DEFAULT_ALIGNMENT = 32;
    private static final int MOST_AXES = 4;

    // Many times the numbers of published models. Larger numbers are damage or malice, and must not take memory.
    private static final long LONGEST_HEADER = 64L << 20;
    private static final long MOST_ELEMENTS = 4L << 20;
    private static final long MOST_TENSORS = 1L << 20;
    private static final int LONGEST_SHOWN = 80;
    private static final int LONGEST_KEY = 256;

    private final Path file;
    private final List<FileChannel> channels;
    private final Map<String, Object> metadata;
    private final Map<String, Tensor> tensors;

    /**
     * A tensor of the file.
     *
     * @param shape row-major, the fastest axis last (the file has it first)
     * @param part number of the part of a split model that has the tensor, from 0
     * @param position position of the tensor's first byte in the part
     */
    record Tensor(String name, GgufType type, List<Long> shape, int part, long position) {
        Tensor {
            shape = List.copyOf(shape);
        }

        /** Elements of a row, a whole number of blocks. */
        int rowLength() {
            return Math.toIntExact(shape.get(shape.size() - 1));
        }

        long rowBytes() {
            return (long) rowLength() / type.blockLength() * type.blockBytes();
        }

        long bytes() {
            return shape.stream().reduce(1L, Math::multiplyExact) / type.blockLength() * type.blockBytes();
        }

        private Tensor inPart(int number) {
            return new Tensor(name, type, shape, number, position);
        }
    }

    private GgufReader(
            Path file, List<FileChannel> channels, Map<String, Object> metadata, Map<String, Tensor> tensors) {
        this.file = file;
        this.channels = channels;
        this.metadata = metadata;
        this.tensors = tensors;
    }

    /**
     * Opens a file and reads its header. Of a split model it opens all parts, whichever part is given.
     *
     * @throws InvalidInputException if the file cannot be read, its header is wrong, or a part is missing
     */
    static GgufReader open(Path file) {
        GgufReader reader = openOne(file);
        try {
            return reader.findInteger(GgufParts.COUNT).orElse(1) == 1 ? reader : join(GgufParts.of(file, reader));
        } finally {
            if (reader.findInteger(GgufParts.COUNT).orElse(1) != 1) {
                reader.close();
            }
        }
    }

    private static GgufReader join(GgufParts parts) {
        List<GgufReader> opened = new ArrayList<>();
        try {
            for (Path file : parts.files()) {
                opened.add(openOne(file));
            }
            parts.check(opened);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            List<FileChannel> channels = new ArrayList<>();
            for (int part = 0; part < opened.size(); part++) {
                channels.addAll(opened.get(part).channels);
                for (Tensor tensor : opened.get(part).tensors.values()) {
                    if (tensors.put(tensor.name(), tensor.inPart(part)) != null) {
                        throw opened.get(part).problem("tensor " + tensor.name() + " is in another part, too");
                    }
                }
            }
            GgufReader first = opened.get(0);
            return new GgufReader(first.file, channels, first.metadata, tensors);
        } catch (RuntimeException e) {
            opened.forEach(GgufReader::close);
            throw e;
        }
    }

    private static GgufReader openOne(Path file) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
            return new HeaderReader(file, channel).read();
        } catch (IOException e) {
            close(channel, e);
            throw new InvalidInputException(
                    file + ": cannot be read: " + e + "; name a GGUF file that exists, not a folder", e);
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

    /** All tensors by name. */
    Map<String, Tensor> tensors() {
        return tensors;
    }

    /** All keys of the metadata. */
    Set<String> keys() {
        return metadata.keySet();
    }

    /** A metadata value: a Long, Double, Boolean, String or a List of them. */
    Optional<Object> find(String key) {
        return Optional.ofNullable(metadata.get(key));
    }

    Optional<String> findString(String key) {
        return find(key).map(value -> cast(key, value, String.class, "text"));
    }

    Optional<Integer> findInteger(String key) {
        return find(key).map(value -> {
            long number = cast(key, value, Long.class, "a whole number");
            if (number != (int) number) {
                throw problem(key + " " + number + " is out of range, the largest is " + Integer.MAX_VALUE
                        + "; convert the model again");
            }
            return (int) number;
        });
    }

    Optional<Boolean> findBoolean(String key) {
        return find(key).map(value -> cast(key, value, Boolean.class, "true or false"));
    }

    /** Returns a number; a single-precision number becomes its shortest decimal. */
    Optional<Double> findNumber(String key) {
        return find(key).map(value -> cast(key, value, Number.class, "a number").doubleValue());
    }

    <T> List<T> list(String key, Class<T> type) {
        List<?> values = cast(key, required(key, find(key)), List.class, "a list");
        List<T> result = new ArrayList<>(values.size());
        for (Object value : values) {
            result.add(cast(key, value, type, "a list of " + type.getSimpleName()));
        }
        return result;
    }

    /** Returns the value of a required key. */
    <T> T required(String key, Optional<T> value) {
        return value.orElseThrow(() -> problem(key + " is missing"));
    }

    /** Decodes a row of a tensor. */
    void readRow(Tensor tensor, long row, ByteBuffer buffer, float[] out) {
        buffer.clear().limit((int) tensor.rowBytes());
        long position = tensor.position() + row * tensor.rowBytes();
        FileChannel channel = channels.get(tensor.part());
        try {
            while (buffer.hasRemaining()) {
                int count = channel.read(buffer, position + buffer.position());
                if (count < 0) {
                    throw problem(tensor.name() + ": the file ends before the end of the tensor's data");
                }
            }
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read: " + e, e);
        }
        buffer.flip();
        for (int at = 0; at < tensor.rowLength(); at += tensor.type().blockLength()) {
            tensor.type().decode(buffer, out, at);
        }
        int odd = FiniteNumbers.firstOther(FloatBuffer.wrap(out, 0, tensor.rowLength()));
        if (odd >= 0) {
            throw problem("tensor " + tensor.name() + " has a weight that is not a finite number, element " + odd
                    + " of row " + row + " (" + out[odd] + "); fetch or convert the model again");
        }
    }

    /** Refuses tensors that share bytes of a file. */
    void refuseOverlaps() {
        Tensor before = null;
        for (Tensor tensor : tensors.values().stream()
                .sorted(Comparator.comparingInt(Tensor::part).thenComparingLong(Tensor::position))
                .toList()) {
            if (before != null
                    && tensor.part() == before.part()
                    && tensor.position() < before.position() + before.bytes()) {
                throw problem(
                        "tensors " + before.name() + " and " + tensor.name() + " overlap; convert the model again");
            }
            before = tensor;
        }
    }

    InvalidInputException problem(String what) {
        return new InvalidInputException(file + ": " + what);
    }

    /** Formats a value for a message. */
    static String shown(Object value) {
        if (value instanceof String text) {
            return "\"" + line(text) + "\"";
        }
        return line(
                value instanceof List<?> list
                        ? list.stream().limit(LONGEST_SHOWN).toList().toString()
                        : value.toString());
    }

    /** Formats a text on one line of limited length. */
    static String line(String text) {
        String line = text.substring(0, Math.min(text.length(), LONGEST_SHOWN)).replaceAll("\\p{Cntrl}", " ");
        return text.length() > LONGEST_SHOWN ? line + "..." : line;
    }

    @Override
    public void close() {
        try {
            for (FileChannel channel : channels) {
                channel.close();
            }
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be closed: " + e, e);
        }
    }

    private <T> T cast(String key, Object value, Class<T> type, String expected) {
        if (!type.isInstance(value)) {
            throw problem(key + " must be " + expected + " (was " + shown(value) + ")");
        }
        return type.cast(value);
    }

    /** Reads the header from front to back. */
    private static final class HeaderReader {
        private final Path file;
        private final FileChannel channel;
        private final long fileSize;
        private final ByteBuffer buffer =
                ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN).limit(0);
        private long filled;
        private long elements;

        HeaderReader(Path file, FileChannel channel) throws IOException {
            this.file = file;
            this.channel = channel;
            this.fileSize = channel.size();
        }

        GgufReader read() throws IOException {
            if (fileSize < Integer.BYTES || need(Integer.BYTES).getInt() != MAGIC) {
                ByteBuffer start = ByteBuffer.allocate((int) Math.min(fileSize, IncompleteFile.LENGTH));
                channel.read(start, 0);
                throw problem(IncompleteFile.describe(start.array(), "is not a GGUF file"));
            }
            int version = need(Integer.BYTES).getInt();
            if (version != 2 && version != 3) {
                throw problem("GGUF version " + version + " is not supported; supported are 2 and 3, little-endian");
            }
            // The shortest tensor entry: an empty name, no axes, type and offset.
            long tensorCount = count("tensor count", 24);
            if (tensorCount > MOST_TENSORS) {
                throw problem("tensor count " + tensorCount + " is over the limit of " + MOST_TENSORS);
            }
            // The shortest metadata entry: an empty key, a type and a byte.
            long metadataCount = count("metadata count", 13);
            Map<String, Object> metadata = new LinkedHashMap<>();
            for (long i = 0; i < metadataCount; i++) {
                String key = key();
                if (metadata.put(key, value(key, need(Integer.BYTES).getInt(), false)) != null) {
                    throw problem("metadata key " + shown(key) + " occurs twice; convert the model again");
                }
            }
            return new GgufReader(file, List.of(channel), metadata, tensors(tensorCount, alignment(metadata)));
        }

        private String key() throws IOException {
            String key = string();
            if (key.length() > LONGEST_KEY || key.chars().anyMatch(Character::isISOControl)) {
                throw problem("the metadata key " + shown(key) + " is not a key of GGUF");
            }
            return key;
        }

        private long alignment(Map<String, Object> metadata) {
            Object value = metadata.getOrDefault(ALIGNMENT, (long) DEFAULT_ALIGNMENT);
            if (value instanceof Long alignment && alignment <= 1 << 20 && Long.bitCount(alignment) == 1) {
                return alignment;
            }
            throw problem(ALIGNMENT + " must be a power of two from 1 to 1048576 (was " + value + ")");
        }

        private Map<String, Tensor> tensors(long count, long alignment) throws IOException {
            List<Tensor> relative = new ArrayList<>();
            for (long i = 0; i < count; i++) {
                relative.add(tensor());
            }
            long start = (position() + alignment - 1) / alignment * alignment;
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (Tensor tensor : relative) {
                if (tensor.position() % alignment != 0) {
                    throw problem("tensor " + tensor.name() + " is at offset " + tensor.position()
                            + ", which is not a multiple of the alignment " + alignment + "; convert the model again");
                }
                Tensor absolute = placed(tensor, start);
                if (tensors.put(absolute.name(), absolute) != null) {
                    throw problem("tensor " + absolute.name() + " occurs twice; convert the model again");
                }
            }
            return tensors;
        }

        private Tensor tensor() throws IOException {
            String name = string();
            if (name.length() > LONGEST_SHOWN || name.chars().anyMatch(Character::isISOControl)) {
                throw problem("the tensor name " + shown(name) + " does not occur in any supported model");
            }
            int axes = need(Integer.BYTES).getInt();
            if (axes < 1 || axes > MOST_AXES) {
                throw problem("tensor " + name + " has " + Integer.toUnsignedString(axes) + " axes");
            }
            List<Long> shape = new ArrayList<>();
            for (int i = 0; i < axes; i++) {
                shape.add(0, need(Long.BYTES).getLong());
            }
            int type = need(Integer.BYTES).getInt();
            GgufType known = GgufType.of(type)
                    .orElseThrow(() -> problem("tensor " + name + " has type "
                            + GgufType.describe(type) + ", which is not supported; supported are "
                            + List.of(GgufType.values())));
            return new Tensor(name, known, shape, 0, need(Long.BYTES).getLong());
        }

        /** Returns the tensor with its position in the file, after a check that the file has all its bytes. */
        private Tensor placed(Tensor tensor, long start) {
            long size;
            try {
                size = new TensorInfo(tensor.name(), ElementType.F32, tensor.shape()).size();
            } catch (IllegalArgumentException e) {
                throw new InvalidInputException(file + ": tensor " + e.getMessage(), e);
            }
            long row = tensor.shape().get(tensor.shape().size() - 1);
            if (row > Integer.MAX_VALUE / 8 || row % tensor.type().blockLength() != 0) {
                throw problem("tensor " + tensor.name() + " has rows of " + row + " elements, not a multiple of "
                        + tensor.type().blockLength() + " as " + tensor.type() + " needs");
            }
            long blocks = size / tensor.type().blockLength();
            long available = fileSize - start - tensor.position();
            if (tensor.position() < 0
                    || available < 0
                    || blocks > available / tensor.type().blockBytes()) {
                throw problem("tensor " + tensor.name() + " " + tensor.type() + " " + tensor.shape() + " at offset "
                        + tensor.position() + " reaches over the end of the file" + IncompleteFile.AGAIN);
            }
            return new Tensor(tensor.name(), tensor.type(), tensor.shape(), 0, start + tensor.position());
        }

        private Object value(String key, int type, boolean inList) throws IOException {
            return switch (type) {
                case 0 -> (long) Byte.toUnsignedInt(need(1).get());
                case 1 -> (long) need(1).get();
                case 2 -> (long) Short.toUnsignedInt(need(Short.BYTES).getShort());
                case 3 -> (long) need(Short.BYTES).getShort();
                case 4 -> Integer.toUnsignedLong(need(Integer.BYTES).getInt());
                case 5 -> (long) need(Integer.BYTES).getInt();
                case 6 -> Double.parseDouble(Float.toString(need(Float.BYTES).getFloat()));
                case 7 -> need(1).get() != 0;
                case 8 -> string();
                case 9 -> {
                    if (inList) {
                        throw problem(key + ": lists in lists are not supported");
                    }
                    yield list(key);
                }
                case 10 -> {
                    long number = need(Long.BYTES).getLong();
                    if (number < 0) {
                        throw problem(key + " " + Long.toUnsignedString(number) + " is out of range");
                    }
                    yield number;
                }
                case 11 -> need(Long.BYTES).getLong();
                case 12 -> need(Double.BYTES).getDouble();
                default -> throw problem(key + ": metadata type " + Integer.toUnsignedString(type) + " is not known");
            };
        }

        private List<Object> list(String key) throws IOException {
            int type = need(Integer.BYTES).getInt();
            long count = count(key, 1);
            elements += count;
            if (elements > MOST_ELEMENTS) {
                throw problem(key + ": the lists of the header have more than " + MOST_ELEMENTS + " elements");
            }
            List<Object> values = new ArrayList<>();
            for (long i = 0; i < count; i++) {
                values.add(value(key, type, true));
            }
            return values;
        }

        private String string() throws IOException {
            long length = count("text length", 1);
            if (position() + length > LONGEST_HEADER) {
                throw problem("the header is longer than " + LONGEST_HEADER + " bytes");
            }
            byte[] bytes = new byte[(int) length];
            int read = 0;
            while (read < bytes.length) {
                int piece = Math.min(bytes.length - read, buffer.capacity());
                need(piece).get(bytes, read, piece);
                read += piece;
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }

        /** Reads the number of entries that take at least {@code bytesEach} bytes each. */
        private long count(String what, int bytesEach) throws IOException {
            long count = need(Long.BYTES).getLong();
            long available = fileSize - position();
            if (count < 0 || count > available / bytesEach || count > Integer.MAX_VALUE - 8) {
                throw problem(what + " " + Long.toUnsignedString(count) + " is more than the file has room for");
            }
            return count;
        }

        private long position() {
            return filled - buffer.remaining();
        }

        /** Returns the buffer with at least {@code bytes} unread bytes. */
        private ByteBuffer need(int bytes) throws IOException {
            if (buffer.remaining() < bytes) {
                buffer.compact();
                while (buffer.position() < bytes) {
                    int count = channel.read(buffer, filled);
                    if (count < 0) {
                        throw problem("the file ends at byte " + fileSize + ", inside its header");
                    }
                    filled += count;
                }
                buffer.flip();
            }
            return buffer;
        }

        private InvalidInputException problem(String what) {
            return new InvalidInputException(file + ": " + what);
        }
    }
}
