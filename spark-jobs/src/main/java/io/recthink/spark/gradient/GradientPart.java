package io.recthink.spark.gradient;

import io.recthink.learn.GradientStatistics;
import java.io.Serializable;
import java.nio.ByteBuffer;

/** The output of a gradient task: its part of one chunk of the gradient, or its statistics. */
sealed interface GradientPart extends Serializable {
    /** The gradient partition that computed this part. */
    int partition();

    /** The sum of this part and the part of a later partition. */
    GradientPart plus(GradientPart later);

    /**
     * The values of one chunk, see {@code ParameterVector.CHUNK}. {@link #plus} writes the sum into the first chunk.
     */
    @SuppressWarnings("ArrayRecordComponent") // a million numbers; records are never compared
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

    /** A chunk in serialized form: Java writes a byte array in one piece, but a float array number by number. */
    @SuppressWarnings("ArrayRecordComponent") // records are never compared
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
