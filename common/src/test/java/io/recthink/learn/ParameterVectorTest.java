package io.recthink.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.recthink.model.ModelConfig;
import io.recthink.model.ModelConfig.Family;
import io.recthink.model.ParameterLayout;
import io.recthink.model.ParameterLayout.Parameter;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ParameterVectorTest {
    private static final ParameterLayout LAYOUT = ParameterLayout.of(new ModelConfig(
            Family.LLAMA, 20_000, 64, 16, 1, 4, 2, 8, 1e-6, 1e4, Optional.empty(), 64, true, false, false, List.of()));

    @Test
    void keepsTheOrderOfTheLayoutAcrossChunks() {
        ParameterVector vector = counting();
        assertThat(vector.chunkCount()).isEqualTo(2);
        assertThat(vector.chunk(0)[7]).isEqualTo(7);
        assertThat(vector.chunk(1)[7]).isEqualTo(ParameterVector.CHUNK + 7);
        assertThat(vector.chunk(0).length + vector.chunk(1).length).isEqualTo((int) vector.size());
        Parameter embedding = LAYOUT.parameters().get(0);
        FloatBuffer values = FloatBuffer.allocate((int) embedding.size());
        vector.read(embedding, values);
        assertThat(values.get(ParameterVector.CHUNK - 1)).isEqualTo(ParameterVector.CHUNK - 1);
        assertThat(values.get(ParameterVector.CHUNK)).isEqualTo(ParameterVector.CHUNK);
    }

    @Test
    void sumsAllElementsInDoublePrecision() {
        ParameterVector ones = ParameterVector.zeros(LAYOUT);
        ones.add(constant(1));
        ones.add(constant(1e-4f));
        double each = 1.0001;
        assertThat(ones.norm()).isCloseTo(each * Math.sqrt((double) LAYOUT.size()), within(1e-3));
        assertThat(ones.dot(constant(2))).isCloseTo(2 * each * LAYOUT.size(), within(1.0));
    }

    private static ParameterVector counting() {
        return ParameterVector.read(LAYOUT, (parameter, out) -> {
            for (long i = 0; i < parameter.size(); i++) {
                out.put((float) (parameter.offset() + i));
            }
        });
    }

    private static ParameterVector constant(float value) {
        return ParameterVector.read(LAYOUT, (parameter, out) -> {
            while (out.hasRemaining()) {
                out.put(value);
            }
        });
    }
}
