package io.recthink.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.recthink.InvalidInputException;
import io.recthink.model.ModelConfig;
import io.recthink.model.ModelConfig.Family;
import io.recthink.model.ParameterLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdamWTest {
    private static final OptimizerSettings SETTINGS =
            new OptimizerSettings(0.01, Schedule.CONSTANT, 0, 1, 0.9, 0.99, 1e-8, 0.1, 1);
    // more than two chunks, the last one short
    private static final ParameterLayout LAYOUT = layout(40_000);

    @TempDir
    Path folder;

    @Test
    void aSavedStateGoesOnToTheSameBits() {
        AdamW optimizer = AdamW.start(SETTINGS, random(1));
        optimizer.step(random(2), 0.01);
        optimizer.save(folder.resolve("optimizer.safetensors"));
        AdamW resumed = AdamW.load(SETTINGS, LAYOUT, folder.resolve("optimizer.safetensors"));
        assertThat(resumed.stepsDone()).isEqualTo(1);
        optimizer.step(random(3), 0.02);
        resumed.step(random(3), 0.02);
        for (int chunk = 0; chunk < optimizer.master().chunkCount(); chunk++) {
            assertThat(Arrays.equals(
                            resumed.master().chunk(chunk), optimizer.master().chunk(chunk)))
                    .isTrue();
        }
    }

    @Test
    void theFirstStepMovesByTheLearningRateAgainstTheGradientAndDecaysTheWeights() {
        ParameterVector weights = constant(2);
        double norm = AdamW.start(SETTINGS, weights).step(constant(-3), 0.01);
        assertThat(norm).isCloseTo(3 * Math.sqrt((double) LAYOUT.size()), within(1e-6 * norm));
        // bias correction makes the first step the sign of the gradient; 2 (1 - 0.01 * 0.1) + 0.01
        assertThat(weights.chunk(1)[5]).isCloseTo(2.008f, within(1e-4f));
    }

    @Test
    void onlyGradientsBeyondTheLimitAreScaled() {
        var loose = new OptimizerSettings(0.01, Schedule.CONSTANT, 0, 1, 0, 0, 1, 0, 1e9);
        ParameterVector weights = constant(0);
        AdamW.start(loose, weights).step(constant(0.5f), 1);
        // without moments and with epsilon 1 a step is g / (|g| + 1)
        assertThat(weights.chunk(0)[0]).isCloseTo(-1 / 3f, within(1e-6f));
        var tight =
                new OptimizerSettings(0.01, Schedule.CONSTANT, 0, 1, 0, 0, 1, 0, Math.sqrt((double) LAYOUT.size()) / 4);
        ParameterVector scaled = constant(0);
        AdamW.start(tight, scaled).step(constant(0.5f), 1);
        assertThat(scaled.chunk(0)[0]).isCloseTo(-0.2f, within(1e-6f));
    }

    @Test
    void gradientsThatAreNotFiniteAreRefusedBeforeAnyWeightMoves() {
        ParameterVector weights = constant(2);
        ParameterVector gradient = constant(1);
        gradient.chunk(1)[7] = Float.NaN;
        assertThatThrownBy(() -> AdamW.start(SETTINGS, weights).step(gradient, 0.01))
                .hasMessageContaining("not finite");
        assertThat(weights.chunk(0)[0]).isEqualTo(2);
    }

    @Test
    void theStateOfAnotherModelIsRefused() {
        AdamW.start(SETTINGS, random(1)).save(folder.resolve("optimizer.safetensors"));
        assertThatThrownBy(() -> AdamW.load(SETTINGS, layout(50), folder.resolve("optimizer.safetensors")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("master.model.embed_tokens.weight must have shape [50, 64]");
    }

    private static ParameterLayout layout(int vocabulary) {
        return ParameterLayout.of(new ModelConfig(
                Family.LLAMA,
                vocabulary,
                64,
                16,
                1,
                4,
                2,
                8,
                1e-6,
                1e4,
                Optional.empty(),
                64,
                true,
                false,
                false,
                List.of()));
    }

    private static ParameterVector constant(float value) {
        return ParameterVector.read(LAYOUT, (parameter, out) -> {
            while (out.hasRemaining()) {
                out.put(value);
            }
        });
    }

    private static ParameterVector random(long seed) {
        var random = new Random(seed);
        return ParameterVector.read(LAYOUT, (parameter, out) -> {
            while (out.hasRemaining()) {
                out.put((float) random.nextGaussian());
            }
        });
    }
}
