package io.recthink.learn;

import io.recthink.model.ParameterLayout;
import io.recthink.model.ParameterLayout.Parameter;
import io.recthink.model.ParameterReader;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Stores one FP32 number for every element of every parameter: weights, a gradient, a moment. {@link ParameterLayout}
 * defines the order of the elements; a chunk has {@link #CHUNK} elements. Sums run over the elements in their order, in
 * double precision, so they do not depend on the threads that compute them.
 */
public final class ParameterVector implements ParameterReader {
    /**
     * Elements of every chunk but the last. A chunk of 4 MiB with its header would take 5 regions of the G1 collector.
     */
    public static final int CHUNK = (1 << 20) - 16;

    private final ParameterLayout layout;
    private final float[][] chunks;

    private ParameterVector(ParameterLayout layout, float[][] chunks) {
        this.layout = layout;
        this.chunks = chunks;
    }

    /** Creates a vector of zeros. */
    public static ParameterVector zeros(ParameterLayout layout) {
        float[][] chunks = new float[chunkCount(layout)][];
        for (int i = 0; i < chunks.length; i++) {
            chunks[i] = new float[(int) Math.min(CHUNK, layout.size() - (long) i * CHUNK)];
        }
        return new ParameterVector(layout, chunks);
    }

    /** The number of chunks of a vector of this layout. */
    public static int chunkCount(ParameterLayout layout) {
        return Math.toIntExact((layout.size() + CHUNK - 1) / CHUNK);
    }

    /** Reads the values from a model folder or another source. */
    public static ParameterVector read(ParameterLayout layout, ParameterReader source) {
        ParameterVector vector = zeros(layout);
        for (Parameter parameter : layout.parameters()) {
            source.readPieces(parameter, (first, values) -> vector.set(parameter.offset() + first, values));
        }
        return vector;
    }

    /**
     * Creates a vector on {@code chunks}, without a copy.
     *
     * @throws IllegalArgumentException if the chunks and the layout differ in their number of elements
     */
    public static ParameterVector of(ParameterLayout layout, float[][] chunks) {
        long elements = Arrays.stream(chunks).mapToLong(chunk -> chunk.length).sum();
        if (elements != layout.size()) {
            throw new IllegalArgumentException(
                    "the chunks have " + elements + " elements, the layout has " + layout.size());
        }
        return new ParameterVector(layout, chunks);
    }

    public ParameterLayout layout() {
        return layout;
    }

    /** The number of elements. */
    public long size() {
        return layout.size();
    }

    public int chunkCount() {
        return chunks.length;
    }

    /** Returns the chunk itself, not a copy: writing into the chunk changes the vector. */
    public float[] chunk(int index) {
        return chunks[index];
    }

    /** Replaces the elements from element {@code first} on. */
    public void set(long first, FloatBuffer values) {
        for (long element = first; values.hasRemaining(); ) {
            float[] chunk = chunks[(int) (element / CHUNK)];
            int start = (int) (element % CHUNK);
            int count = Math.min(values.remaining(), chunk.length - start);
            values.get(chunk, start, count);
            element += count;
        }
    }

    @Override
    public void read(Parameter parameter, FloatBuffer out) {
        readPieces(parameter, (first, values) -> out.put(values));
    }

    @Override
    public void readPieces(Parameter parameter, Pieces pieces) {
        chunksOf(parameter, (done, chunk, start, count) -> pieces.accept(done, FloatBuffer.wrap(chunk, start, count)));
    }

    /** Passes on the elements of a parameter in their order, one chunk's part at a time. */
    void chunksOf(Parameter parameter, ChunkPart part) {
        for (long done = 0; done < parameter.size(); ) {
            long element = parameter.offset() + done;
            float[] chunk = chunks[(int) (element / CHUNK)];
            int start = (int) (element % CHUNK);
            int count = (int) Math.min(parameter.size() - done, chunk.length - start);
            part.accept(done, chunk, start, count);
            done += count;
        }
    }

    /** Takes the elements of a parameter that one chunk contains. */
    @FunctionalInterface
    interface ChunkPart {
        /**
         * Takes {@code count} elements of a chunk from {@code start} on.
         *
         * @param done number of the parameter's elements before {@code start}
         * @param chunk the chunk itself, not a copy
         */
        void accept(long done, float[] chunk, int start, int count);
    }

    /** Adds another vector of the same layout. */
    public void add(ParameterVector other) {
        for (int c = 0; c < chunks.length; c++) {
            float[] sum = chunks[c];
            float[] summand = other.chunks[c];
            for (int i = 0; i < sum.length; i++) {
                sum[i] += summand[i];
            }
        }
    }

    /** The Euclidean norm. */
    public double norm() {
        return Math.sqrt(dot(this));
    }

    /** The inner product with another vector of the same layout. */
    public double dot(ParameterVector other) {
        double[] parts = IntStream.range(0, chunks.length)
                .parallel()
                .mapToDouble(chunk -> dot(chunks[chunk], other.chunks[chunk]))
                .toArray();
        double sum = 0;
        for (double part : parts) {
            sum += part;
        }
        return sum;
    }

    private static double dot(float[] a, float[] b) {
        // Four running sums: an addition to one sum does not wait for an addition to another.
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i + 3 < a.length; i += 4) {
            s0 += (double) a[i] * b[i];
            s1 += (double) a[i + 1] * b[i + 1];
            s2 += (double) a[i + 2] * b[i + 2];
            s3 += (double) a[i + 3] * b[i + 3];
        }
        for (; i < a.length; i++) {
            s0 += (double) a[i] * b[i];
        }
        return s0 + s1 + (s2 + s3);
    }
}
