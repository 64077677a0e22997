package io.recthink.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    @TempDir
    private Path folder;

    @Test
    void readsBackWhatWasWrittenInPieces() {
        Path file = folder.resolve("state.safetensors");
        List<TensorInfo> tensors = List.of(
                new TensorInfo("step", ElementType.I64, List.of()),
                new TensorInfo("m.a", ElementType.F32, List.of(3L, 2L)),
                new TensorInfo("empty", ElementType.F32, List.of(0L)),
                new TensorInfo("m.b", ElementType.F32, List.of(600_000L)));
        float[] values = new float[600_006];
        for (int i = 0; i < values.length; i++) {
            values[i] = i / 7f;
        }
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, Map.of("format", "pt"), tensors)) {
            writer.write(42);
            // The pieces do not end where the tensors end.
            writer.write(FloatBuffer.wrap(values, 0, 5));
            writer.write(FloatBuffer.wrap(values, 5, values.length - 5));
        }
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertThat(reader.tensors()).containsExactlyInAnyOrderElementsOf(tensors);
            assertThat(reader.metadata()).containsExactly(Map.entry("format", "pt"));
            assertThat(reader.readLong("step")).isEqualTo(42);
            assertThat(floats(reader, "m.a")).isEqualTo(FloatBuffer.wrap(values, 0, 6));
            assertThat(floats(reader, "m.b")).isEqualTo(FloatBuffer.wrap(values, 6, 600_000));
            FloatBuffer window = FloatBuffer.allocate(10);
            reader.read("m.b", 300_000, window);
            assertThat(window.flip()).isEqualTo(FloatBuffer.wrap(values, 300_006, 10));
        }
    }

    @Test
    void passesALargeTensorOnInPiecesThatFollowEachOther() {
        Path file = folder.resolve("large.safetensors");
        float[] values = new float[600_001];
        for (int i = 0; i < values.length; i++) {
            values[i] = i / 7f;
        }
        TensorInfo tensor = new TensorInfo("a", ElementType.F32, List.of((long) values.length));
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, Map.of(), List.of(tensor))) {
            writer.write(FloatBuffer.wrap(values));
        }
        FloatBuffer all = FloatBuffer.allocate(values.length);
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            reader.readPieces("a", (first, piece) -> {
                assertThat(first).isEqualTo(all.position());
                assertThat(piece.remaining()).isBetween(1, 1 << 18);
                all.put(piece);
            });
        }
        assertThat(all.flip()).isEqualTo(FloatBuffer.wrap(values));
    }

    @Test
    void roundsAndReadsBfloat16OverManyPieces() {
        Path file = folder.resolve("large.safetensors");
        float[] values = new float[1_200_001];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i % 256) * (i % 3 - 1); // eight bits, so that nothing is rounded
        }
        TensorInfo tensor = new TensorInfo("a", ElementType.BF16, List.of((long) values.length));
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, Map.of(), List.of(tensor))) {
            writer.write(FloatBuffer.wrap(values));
        }
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertThat(floats(reader, "a")).isEqualTo(FloatBuffer.wrap(values));
        }
    }

    @Test
    void removesAFileThatWasNotCompleted() {
        Path file = folder.resolve("state.safetensors");
        SafetensorsWriter writer =
                SafetensorsWriter.create(file, Map.of(), List.of(new TensorInfo("a", ElementType.F32, List.of(3L))));
        writer.write(FloatBuffer.wrap(new float[2]));
        assertThatThrownBy(writer::close).hasMessageContaining("a lacks 1 elements");
        assertThat(file).doesNotExist();
    }

    @Test
    void readsHalfPrecisionExactly() throws IOException {
        // 1, -2, the largest half, the smallest subnormal, minus zero, infinity
        short[] halves = {0x3C00, (short) 0xC000, 0x7BFF, 0x0001, (short) 0x8000, 0x7C00};
        assertThat(read("F16", halves)).containsExactly(1f, -2f, 65504f, 0x1p-24f, -0f, Float.POSITIVE_INFINITY);
        // 1, -2, pi cut to 8 bits, the smallest subnormal
        short[] brains = {0x3F80, (short) 0xC000, 0x4049, 0x0001};
        assertThat(read("BF16", brains)).containsExactly(1f, -2f, 3.140625f, Float.intBitsToFloat(0x10000));
    }

    @Test
    void roundsToBfloat16AsTheStandardRounds() throws IOException {
        float[] values = {
            1, 0x1.01p0f, 0x1.012p0f, 0x1.03p0f, -0x1.03p0f, -0f, Float.MAX_VALUE, Float.MIN_VALUE, Float.NaN, 3
        };
        // to even, above half, to even, its negative, minus zero, more than the largest, nothing left, no number;
        // the last stands in another tensor
        float[] expected = {1, 1, 0x1.02p0f, 0x1.04p0f, -0x1.04p0f, -0f, Float.POSITIVE_INFINITY, 0, Float.NaN, 3};
        Path file = folder.resolve("rounded.safetensors");
        List<TensorInfo> tensors = List.of(
                new TensorInfo("a", ElementType.BF16, List.of(9L)), new TensorInfo("b", ElementType.F32, List.of(1L)));
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, Map.of(), tensors)) {
            writer.write(FloatBuffer.wrap(values));
        }
        float[] actual = new float[10];
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            reader.read("a", FloatBuffer.wrap(actual, 0, 9));
            reader.read("b", FloatBuffer.wrap(actual, 9, 1));
        }
        assertThat(actual).containsExactly(expected);
    }

    private float[] read(String type, short[] elements) throws IOException {
        ByteBuffer data = ByteBuffer.allocate(elements.length * 2).order(ByteOrder.LITTLE_ENDIAN);
        data.asShortBuffer().put(elements);
        String header = "{\"a\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
                .formatted(type, elements.length, elements.length * 2);
        try (SafetensorsReader reader = SafetensorsReader.open(file(header, data.array()))) {
            float[] result = new float[elements.length];
            reader.read("a", FloatBuffer.wrap(result));
            return result;
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,12]}}|a: has 12 bytes, but F32 [2] takes 8",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}}|a: data_offsets [0,16] are outside the data of 12 bytes",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[8,4]}}|a: data_offsets [8,4] are outside",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[-4,0]}}|a: data_offsets must be two whole numbers",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}}|b: its data overlaps",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[8,12]}}|b: its data leaves a gap",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}|has 4 bytes after the last tensor",
                "{'a':{'dtype':'F32','shape':[4611686018427387904,4],'data_offsets':[0,12]}}|has too many elements",
                "{'a':{'dtype':'F32','shape':[4611686018427387904],'data_offsets':[0,12]}}|is too large",
                "{'a':{'dtype':'F8_E4M3','shape':[12],'data_offsets':[0,12]}}|a: element type F8_E4M3 is not supported",
                "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]},'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}}|Duplicate field 'a'",
                "[1]|is not a JSON object",
                "{'a':|is not valid JSON"
            })
    void refusesHeadersThatLie(String header, String message) throws IOException {
        Path file = file(header.replace('\'', '"'), new byte[12]);
        assertThatThrownBy(() -> SafetensorsReader.open(file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "9223372036854775807, over the limit of 100000000 bytes",
        "-1, header length 18446744073709551615 is over the limit",
        "99999999, is more than the file has"
    })
    void refusesHeaderLengthsBeforeTakingMemory(long length, String message) throws IOException {
        Path file = folder.resolve("long.safetensors");
        Files.write(
                file,
                ByteBuffer.allocate(16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(0, length)
                        .array());
        assertThatThrownBy(() -> SafetensorsReader.open(file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesAFileTooShortForAHeader() throws IOException {
        Path file = Files.write(folder.resolve("short.safetensors"), new byte[3]);
        assertThatThrownBy(() -> SafetensorsReader.open(file)).hasMessageContaining("is too short");
    }

    private Path file(String header, byte[] data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(text.length).put(text).put(data);
        return Files.write(folder.resolve("test.safetensors"), bytes.array());
    }

    private static FloatBuffer floats(SafetensorsReader reader, String name) {
        FloatBuffer values =
                FloatBuffer.allocate((int) reader.find(name).orElseThrow().size());
        reader.read(name, values);
        return values.flip();
    }
}
