package io.recthink.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A GGUF file taken apart, to be written again with changes. */
final class GgufCopy {
    private static final int ALIGNMENT = 32;

    /** Key to type and value, as they stand in the file. */
    final Map<String, byte[]> metadata = new LinkedHashMap<>();

    final List<Entry> tensors = new ArrayList<>();

    /** A tensor: what stands between its name and its offset, and its data. */
    @SuppressWarnings("ArrayRecordComponent") // bytes on their way from file to file
    record Entry(String name, byte[] description, byte[] data) {}

    static GgufCopy of(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        GgufCopy copy = new GgufCopy();
        in.position(8);
        long tensors = in.getLong();
        long pairs = in.getLong();
        for (long i = 0; i < pairs; i++) {
            String key = text(in);
            int from = in.position();
            skip(in, in.getInt());
            copy.metadata.put(key, slice(in, from, in.position()));
        }
        List<String> names = new ArrayList<>();
        List<byte[]> descriptions = new ArrayList<>();
        List<Long> offsets = new ArrayList<>();
        for (long i = 0; i < tensors; i++) {
            names.add(text(in));
            int from = in.position();
            in.position(from + 4 + in.getInt(from) * 8 + 4);
            descriptions.add(slice(in, from, in.position()));
            offsets.add(in.getLong());
        }
        int start = (in.position() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        for (int i = 0; i < tensors; i++) {
            int from = start + Math.toIntExact(offsets.get(i));
            int to = i + 1 < tensors ? start + Math.toIntExact(offsets.get(i + 1)) : in.limit();
            copy.tensors.add(new Entry(names.get(i), descriptions.get(i), slice(in, from, to)));
        }
        return copy;
    }

    GgufCopy with(String key, int type, Object value) {
        ByteBuffer out = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putInt(type);
        if (value instanceof String text) {
            out.putLong(text.length()).put(text.getBytes(StandardCharsets.ISO_8859_1));
        } else if (value instanceof Float number) {
            out.putFloat(number);
        } else if (value instanceof Short number) {
            out.putShort(number);
        } else if (value instanceof Boolean bit) {
            out.put((byte) (bit ? 1 : 0));
        } else if (value instanceof Long number) {
            out.putLong(number);
        } else {
            out.putInt((Integer) value);
        }
        metadata.put(key, slice(out, 0, out.position()));
        return this;
    }

    GgufCopy without(String key) {
        metadata.remove(key);
        return this;
    }

    void write(Path file) throws IOException {
        write(file, 0, 0);
    }

    /**
     * Writes the file.
     *
     * @param moved the tensor whose offset is not where its data are
     * @param by how far it is off
     */
    void write(Path file, int moved, long by) throws IOException {
        var head = new ByteArrayOutputStream();
        head.writeBytes(numbers(0x46554747, 3));
        head.writeBytes(longs(tensors.size(), metadata.size()));
        metadata.forEach((key, value) -> {
            head.writeBytes(text(key));
            head.writeBytes(value);
        });
        var data = new ByteArrayOutputStream();
        for (int i = 0; i < tensors.size(); i++) {
            Entry tensor = tensors.get(i);
            head.writeBytes(text(tensor.name()));
            head.writeBytes(tensor.description());
            head.writeBytes(longs(data.size() + (i == moved ? by : 0)));
            data.writeBytes(tensor.data());
            pad(data);
        }
        pad(head);
        data.writeTo(head);
        Files.write(file, head.toByteArray());
    }

    private static void pad(ByteArrayOutputStream out) {
        while (out.size() % ALIGNMENT != 0) {
            out.write(0);
        }
    }

    private static void skip(ByteBuffer in, int type) {
        switch (type) {
            case 0, 1, 7 -> in.position(in.position() + 1);
            case 2, 3 -> in.position(in.position() + 2);
            case 4, 5, 6 -> in.position(in.position() + 4);
            case 8 -> text(in);
            case 9 -> {
                int element = in.getInt();
                long count = in.getLong();
                for (long i = 0; i < count; i++) {
                    skip(in, element);
                }
            }
            default -> in.position(in.position() + 8);
        }
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[Math.toIntExact(in.getLong())];
        in.get(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] text(String text) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(longs(text.length()));
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        return out.toByteArray();
    }

    private static byte[] slice(ByteBuffer buffer, int from, int to) {
        byte[] bytes = new byte[to - from];
        buffer.duplicate().position(from).get(bytes);
        return bytes;
    }

    private static byte[] numbers(int... values) {
        ByteBuffer out = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            out.putInt(value);
        }
        return out.array();
    }

    private static byte[] longs(long... values) {
        ByteBuffer out = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            out.putLong(value);
        }
        return out.array();
    }
}
