package io.recthink.spark.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The content of an event file of TensorBoard: frames of TFRecord (length, masked CRC-32C of the length, data, masked
 * CRC-32C of the data), each with one Event message in the encoding of Protocol Buffers. The fields are those of
 * TensorFlow's {@code event.proto} and {@code summary.proto}.
 */
final class EventFile {
    private static final String VERSION = "brain.Event:2";
    private static final int MASK = 0xa282ead8;

    // Field numbers and kinds of the messages: (number << 3) | kind; kind 0: number, 1: 8 bytes, 2: length and bytes,
    // 5: 4 bytes.
    private static final int EVENT_WALL_TIME = 1 << 3 | 1;
    private static final int EVENT_STEP = 2 << 3;
    private static final int EVENT_FILE_VERSION = 3 << 3 | 2;
    private static final int EVENT_SUMMARY = 5 << 3 | 2;
    private static final int SUMMARY_VALUE = 1 << 3 | 2;
    private static final int VALUE_TAG = 1 << 3 | 2;
    private static final int VALUE_SIMPLE = 2 << 3 | 5;

    private static final int CONTINUES = 0x80;
    private static final int SEVEN_BITS = 0x7f;

    private final ByteArrayOutputStream frames = new ByteArrayOutputStream();

    /** @param seconds when the file begins, since 1970 */
    EventFile(double seconds) {
        Message event =
                new Message().eightBytes(EVENT_WALL_TIME, seconds).bytes(EVENT_FILE_VERSION, VERSION.getBytes(UTF_8));
        frame(event.content());
    }

    /**
     * Adds the values of a step.
     *
     * @param seconds when the step was complete, since 1970
     */
    void add(int step, double seconds, Map<String, Double> values) {
        Message summary = new Message();
        values.forEach((name, value) -> summary.bytes(
                SUMMARY_VALUE,
                new Message()
                        .bytes(VALUE_TAG, name.getBytes(UTF_8))
                        .fourBytes(VALUE_SIMPLE, value.floatValue())
                        .content()));
        Message event = new Message().eightBytes(EVENT_WALL_TIME, seconds);
        if (step != 0) { // the default is left out
            event.number(EVENT_STEP, step);
        }
        frame(event.bytes(EVENT_SUMMARY, summary.content()).content());
    }

    byte[] content() {
        return frames.toByteArray();
    }

    private void frame(byte[] data) {
        byte[] length = littleEndian(Long.BYTES).putLong(data.length).array();
        frames.writeBytes(length);
        frames.writeBytes(checksum(length));
        frames.writeBytes(data);
        frames.writeBytes(checksum(data));
    }

    private static byte[] checksum(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        return littleEndian(Integer.BYTES)
                .putInt(Integer.rotateRight((int) sum.getValue(), 15) + MASK)
                .array();
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A message that is being written. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, long value) {
            varint(field);
            varint(value);
            return this;
        }

        Message eightBytes(int field, double value) {
            varint(field);
            out.writeBytes(littleEndian(Double.BYTES).putDouble(value).array());
            return this;
        }

        Message fourBytes(int field, float value) {
            varint(field);
            out.writeBytes(littleEndian(Float.BYTES).putFloat(value).array());
            return this;
        }

        Message bytes(int field, byte[] value) {
            varint(field);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        private void varint(long value) {
            long rest = value;
            while (rest > SEVEN_BITS) {
                out.write((int) (rest & SEVEN_BITS) | CONTINUES);
                rest >>>= 7;
            }
            out.write((int) rest);
        }

        byte[] content() {
            return out.toByteArray();
        }
    }
}
