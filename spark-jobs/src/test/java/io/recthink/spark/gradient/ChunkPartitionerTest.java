package io.recthink.spark.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkPartitionerTest {
    /** A model of 135 million parameters has 129 chunks, one of 7.6 billion 7,263. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 1",
        "1, 64, 1, 1",
        "5, 2, 2, 3",
        "129, 2, 17, 8",
        "129, 8, 17, 8",
        "129, 16, 33, 4",
        "129, 100, 129, 1",
        "7263, 64, 197, 37"
    })
    void eachTaskSumsFewNeighbouringChunks(int chunks, int parts, int tasks, int chunksOfATask) {
        ChunkPartitioner partitioner = new ChunkPartitioner(chunks, parts);
        assertThat(partitioner.numPartitions()).isEqualTo(tasks);
        for (int chunk = 0; chunk < chunks; chunk++) {
            assertThat(partitioner.getPartition(chunk)).isEqualTo(chunk / chunksOfATask);
        }
        assertThat(partitioner.getPartition(chunks - 1)).isEqualTo(tasks - 1);
        assertThat(partitioner.getPartition(ChunkPartitioner.STATISTICS)).isZero();
    }
}
