package io.recthink.generate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.recthink.generate.Batch.Moves;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptCacheTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 20, 50})
    void readsPromptsInPiecesAsItReadsThemWhole(int tokensAtATime) {
        List<int[]> prompts = List.of(tokens(41), tokens(40), tokens(9), tokens(3));
        try (TestModel model = TestModel.fixture("qwen3");
                Weights weights = new Weights(model.decoder());
                NDManager manager = model.decoder().manager().newSubManager()) {
            PromptCache whole = new PromptCache(weights, 5, 41, 4096, weights.rotary(41, manager), manager);
            PromptCache pieces = new PromptCache(weights, 5, 41, tokensAtATime, weights.rotary(41, manager), manager);
            assertClose(pieces.read(prompts, manager), whole.read(prompts, manager));
            for (int seat = 0; seat < prompts.size(); seat++) {
                String there = ":," + seat + ",:,:" + prompts.get(seat).length;
                assertClose(pieces.keys().get(there), whole.keys().get(there));
                assertClose(pieces.values().get(there), whole.values().get(there));
            }
        }
    }

    @Test
    void movesTheLastPromptsIntoTheSeatsOfThoseThatLeave() {
        try (TestModel model = TestModel.fixture("llama");
                Weights weights = new Weights(model.decoder());
                NDManager manager = model.decoder().manager().newSubManager()) {
            PromptCache cache = new PromptCache(weights, 4, 12, 4096, weights.rotary(41, manager), manager);
            cache.read(List.of(tokens(12), tokens(9), tokens(8), tokens(5)), manager);
            NDArray last = cache.keys().get(":,3,:,:5").duplicate();
            cache.move(Moves.closing(4, Set.of(0, 2, 3)::contains));
            assertThat(cache.size()).isEqualTo(3);
            assertThat(cache.keys().get(":,1,:,:5").toFloatArray()).containsExactly(last.toFloatArray());
            assertThat(cache.mask().getShape().getShape()).containsExactly(3, 1, 12);
            assertThat(cache.mask().get("1,0").toFloatArray())
                    .startsWith(0, 0, 0, 0, 0)
                    .endsWith(Float.NEGATIVE_INFINITY);
        }
    }

    @Test
    void closesGapsWithTheFewestMoves() {
        Moves moves = Moves.closing(8, Set.of(0, 3, 5, 7)::contains);
        assertThat(moves.from()).containsExactly(5, 7);
        assertThat(moves.to()).containsExactly(1, 2);
        List<String> seated = new ArrayList<>(List.of("a", "-", "-", "d", "-", "f", "-", "h"));
        moves.apply(seated);
        assertThat(seated).containsExactly("a", "f", "h", "d");
        assertThat(moves.newSeat(5)).isEqualTo(1);
        assertThat(moves.newSeat(3)).isEqualTo(3);
        assertThat(Moves.closing(3, seat -> true).count()).isZero();
    }

    private static int[] tokens(int count) {
        return new Random(count).ints(count, 0, 320).toArray();
    }

    private static void assertClose(NDArray actual, NDArray expected) {
        assertThat(expected.abs().max().getFloat()).isPositive();
        assertThat(actual.toFloatArray()).containsExactly(expected.toFloatArray(), Offset.offset(2e-5f));
    }
}
