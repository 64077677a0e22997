package io.recthink.spark.gradient;

import io.recthink.learn.GradientStatistics;
import java.io.Serializable;

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
