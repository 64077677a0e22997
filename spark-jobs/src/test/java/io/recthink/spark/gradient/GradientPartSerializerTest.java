package io.recthink.spark.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.learn.GradientStatistics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.util.Random;
import org.apache.spark.serializer.DeserializationStream;
import org.apache.spark.serializer.SerializationStream;
import org.junit.jupiter.api.Test;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

class GradientPartSerializerTest {
    private static final ClassTag<Object> ANY = ClassTag$.MODULE$.apply(Object.class);

    @Test
    void readsThePairsThatItWrote() {
        float[] several = new float[40_001]; // two pieces and a bit
        Random random = new Random(1);
        for (int i = 0; i < several.length; i++) {
            several[i] = Float.intBitsToFloat(random.nextInt());
        }
        float[] special = {-0f, Float.NaN, Float.NEGATIVE_INFINITY, Float.MIN_VALUE};
        GradientPart.Statistics statistics =
                new GradientPart.Statistics(3, new GradientStatistics(1.5, 7, 2, 0.25, 0.125, 1, 0.5, 0.75), 99);

        byte[] bytes = write(
                ChunkPartitioner.STATISTICS,
                statistics,
                7,
                new GradientPart.Chunk(2, several),
                0,
                new GradientPart.Chunk(0, special),
                1,
                new GradientPart.Chunk(1, new float[0]));
        // Numbers take four bytes and a pair little more.
        assertThat(bytes.length - 4 * (several.length + special.length)).isBetween(4 * 12, 1000);

        DeserializationStream in = new GradientPartSerializer().newInstance().deserializeStream(stream(bytes));
        assertThat(in.readObject(ANY)).isEqualTo(ChunkPartitioner.STATISTICS);
        assertThat(in.readObject(ANY)).isEqualTo(statistics);
        assertChunk(in, 7, 2, several);
        assertChunk(in, 0, 0, special);
        assertChunk(in, 1, 1, new float[0]);
        assertThatThrownBy(() -> in.readObject(ANY)).isInstanceOf(EOFException.class);
    }

    @Test
    void tellsThatAFileEndsWithinAChunk() {
        byte[] bytes = write(0, new GradientPart.Chunk(0, new float[100]));
        byte[] cut = java.util.Arrays.copyOf(bytes, bytes.length - 1);
        DeserializationStream in = new GradientPartSerializer().newInstance().deserializeStream(stream(cut));
        assertThat(in.readObject(ANY)).isEqualTo(0);
        assertThatThrownBy(() -> in.readObject(ANY)).isInstanceOf(EOFException.class);
    }

    private static void assertChunk(DeserializationStream in, int key, int partition, float[] values) {
        assertThat(in.readObject(ANY)).isEqualTo(key);
        Object read = in.readObject(ANY);
        assertThat(read).isInstanceOf(GradientPart.Chunk.class);
        GradientPart.Chunk chunk = (GradientPart.Chunk) read;
        assertThat(chunk.partition()).isEqualTo(partition);
        assertThat(bits(chunk.values())).containsExactly(bits(values));
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }

    private static byte[] write(Object... keysAndParts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (SerializationStream out =
                new GradientPartSerializer().newInstance().serializeStream(bytes)) {
            for (Object value : keysAndParts) {
                out.writeObject(value, ANY);
            }
        }
        return bytes.toByteArray();
    }

    private static ByteArrayInputStream stream(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }
}
