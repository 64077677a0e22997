package io.recthink.spark.gradient;

import io.recthink.learn.GradientStatistics;
import java.io.Serializable;
import java.nio.ByteBuffer;

/** What a gradient task sends: its share of one chunk of the gradient, or what it saw. */
sealed interface GradientPart extends Serializable {
    /** The gradient partition that it comes from. */
    int partition();

    /** The sum with the part of a later partition. */
    GradientPart plus(GradientPart later);

    /** Values of one chunk, see {@code ParameterVector.CHUNK}. Summing writes into the first. */
    @SuppressWarnings("ArrayRecordComponent") // a million numbers; never compared
    record Chunk(int partition, float[] values) implements GradientPart {
        @Override
        public GradientPart plus(GradientPart later) {
            float[] summand = ((Chunk) later).values;
            for (int i = 0; i < values.length; i++) {
                values[i] += summand[i];
            }
            return this;
        }

        private Object writeReplace() {
            ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
            bytes.asFloatBuffer().put(values);
            return new Bytes(partition, bytes.array());
        }
    }

    /** A chunk on its way: Java writes an array of bytes in one piece, but floats one by one. */
    @SuppressWarnings("ArrayRecordComponent") // as above
    record Bytes(int partition, byte[] bytes) implements Serializable {
        private Object readResolve() {
            float[] values = new float[bytes.length / Float.BYTES];
            ByteBuffer.wrap(bytes).asFloatBuffer().get(values);
            return new Chunk(partition, values);
        }
    }

    /** The task's statistics and the largest resident set of its process, in bytes. */
    record Statistics(int partition, GradientStatistics sums, long peakResidentBytes) implements GradientPart {
        @Override
        public GradientPart plus(GradientPart later) {
            Statistics other = (Statistics) later;
            return new Statistics(
                    partition, sums.plus(other.sums), Math.max(peakResidentBytes, other.peakResidentBytes));
        }
    }
}
