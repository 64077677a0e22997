package io.recthink.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.recthink.InvalidInputException;
import io.recthink.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GradientComputationTest {
    private static GoldenModel model;

    @BeforeAll
    static void open() {
        model = new GoldenModel("qwen3");
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void aPackedGroupGivesTheGradientOfItsSequencesAlone() {
        Group group = model.grpoGroup("sequence-mean-kl");
        List<Group> alone = group.completions().stream()
                .map(row -> new Group(group.prompt(), List.of(row)))
                .toList();
        Objective objective = model.grpo("sequence-mean-kl");
        assertSame(gradient(objective, List.of(List.of(group))), gradient(objective, singles(alone)));
    }

    @Test
    void anySplitIntoMicroBatchesGivesTheSameGradientAndStatistics() {
        List<Group> groups = randomGroups(6);
        Result together = compute(objective(1), List.of(groups));
        Result inPairs = compute(objective(1), List.of(groups.subList(0, 2), groups.subList(2, 6)));
        Result alone = compute(objective(1), singles(groups));
        assertSame(inPairs.gradient, together.gradient);
        assertSame(alone.gradient, together.gradient);
        assertThat(alone.statistics.tokens()).isEqualTo(together.statistics.tokens());
        assertThat(alone.statistics.sequences()).isEqualTo(together.statistics.sequences());
        assertThat(alone.statistics.clippedTokens()).isEqualTo(together.statistics.clippedTokens());
        assertThat(alone.statistics.loss()).isCloseTo(together.statistics.loss(), within(1e-6));
        assertThat(alone.statistics.entropySum()).isCloseTo(together.statistics.entropySum(), within(1e-3));
        assertThat(alone.statistics.logpDifferenceMax())
                .isCloseTo(together.statistics.logpDifferenceMax(), within(1e-4));
    }

    @Test
    void keepingActivationsChangesNoBit() {
        List<List<Group>> batches = List.of(randomGroups(3), randomGroups(2));
        ParameterVector recomputed = gradient(objective(1), batches);
        try (var computation = new GradientComputation(model.decoder(), objective(1), false)) {
            batches.forEach(computation::add);
            assertBitEqual(computation.gradient(), recomputed);
        }
    }

    @Test
    void theSameMicroBatchesGiveTheSameBits() {
        List<List<Group>> batches = List.of(randomGroups(3));
        assertBitEqual(gradient(objective(1), batches), gradient(objective(1), batches));
    }

    @Test
    void computationsThatShareADecoderDoNotDisturbEachOther() throws Exception {
        List<List<Group>> first = List.of(randomGroups(3));
        List<List<Group>> second = List.of(randomGroups(5).subList(3, 5));
        ParameterVector firstAlone = gradient(objective(1), first);
        ParameterVector secondAlone = gradient(objective(1), second);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int repetition = 0; repetition < 5; repetition++) {
                Future<ParameterVector> one = threads.submit(() -> gradient(objective(1), first));
                Future<ParameterVector> other = threads.submit(() -> gradient(objective(1), second));
                assertBitEqual(one.get(), firstAlone);
                assertBitEqual(other.get(), secondAlone);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void theGradientIsTheSlopeOfTheLossAtAnyTemperature() {
        List<List<Group>> batches = List.of(randomGroups(2));
        Objective objective = objective(0.7);
        ParameterVector weights = ParameterVector.read(model.decoder().layout(), model.folder());
        ParameterVector gradient = gradient(objective, batches);
        double step = 1e-3 / gradient.norm();
        try {
            double above = lossAt(weights, gradient, step, objective, batches);
            double below = lossAt(weights, gradient, -step, objective, batches);
            double slope = (above - below) / (2 * step);
            assertThat(slope / gradient.dot(gradient)).isCloseTo(1, within(0.01));
        } finally {
            model.decoder().set(weights);
        }
    }

    @Test
    void theGradientIsTheSlopeOfTheLossWithAnEntropyBonusToo() {
        List<List<Group>> batches = List.of(randomGroups(2));
        Objective objective = new Objective.Grpo(0.2, 0.3, 0, Reduction.MAX_LENGTH, 0.1, 0.5, 20, 150, 20, 0.7);
        ParameterVector weights = ParameterVector.read(model.decoder().layout(), model.folder());
        ParameterVector gradient = gradient(objective, batches);
        double step = 1e-3 / gradient.norm();
        try {
            double above = lossAt(weights, gradient, step, objective, batches);
            double below = lossAt(weights, gradient, -step, objective, batches);
            assertThat((above - below) / (2 * step) / gradient.dot(gradient)).isCloseTo(1, within(0.01));
        } finally {
            model.decoder().set(weights);
        }
    }

    @Test
    void completionsOfOneTokenTrain() {
        var group = new Group(
                model.prompt(),
                List.of(LearningCompletion.supervised(new int[] {7}), LearningCompletion.supervised(new int[] {9, 2})));
        List<Group> alone = List.of(
                new Group(model.prompt(), List.of(LearningCompletion.supervised(new int[] {7}))),
                new Group(model.prompt(), List.of(LearningCompletion.supervised(new int[] {9, 2}))));
        var objective = new Objective.Supervised(3);
        assertSame(gradient(objective, List.of(List.of(group))), gradient(objective, singles(alone)));
    }

    @Test
    void nothingAddedIsAZeroGradient() {
        assertThat(gradient(objective(1), List.of()).norm()).isZero();
    }

    @Test
    void groupsLongerThanTheContextAreRefusedWithTheRemedy() {
        var group = new Group(
                new int[model.decoder().config().maxPositions()], List.of(LearningCompletion.supervised(new int[1])));
        assertThatThrownBy(() -> gradient(objective(1), List.of(List.of(group))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("prompt.maxTokens");
    }

    @Test
    void memoryStaysFlatOverHundredsOfSteps() {
        List<Group> batch = randomGroups(24);
        addRepeatedly(batch, 100);
        long before = TorchRuntime.residentBytes();
        addRepeatedly(batch, 300);
        // one tensor of [positions, hidden] left behind by each step would add up to more than 50 MB
        assertThat(TorchRuntime.residentBytes() - before).isLessThan(40L << 20);
    }

    private static void addRepeatedly(List<Group> batch, int steps) {
        for (int step = 0; step < steps; step++) {
            try (var computation = new GradientComputation(model.decoder(), objective(1), step % 2 == 0)) {
                computation.add(batch);
            }
        }
    }

    private static double lossAt(
            ParameterVector weights,
            ParameterVector direction,
            double step,
            Objective objective,
            List<List<Group>> batches) {
        ParameterVector moved = ParameterVector.zeros(weights.layout());
        for (int chunk = 0; chunk < weights.chunkCount(); chunk++) {
            for (int i = 0; i < weights.chunk(chunk).length; i++) {
                moved.chunk(chunk)[i] =
                        (float) (weights.chunk(chunk)[i] + step * direction.chunk(chunk)[i]);
            }
        }
        model.decoder().set(moved);
        return compute(objective, batches).statistics.loss();
    }

    private static Objective objective(double temperature) {
        return new Objective.Grpo(0.2, 0.3, 0, Reduction.SEQUENCE_MEAN, 0.1, 0, 20, 150, 20, temperature);
    }

    /** Groups of different prompt lengths, group sizes and completion lengths. */
    private static List<Group> randomGroups(int count) {
        var random = new Random(5);
        var groups = new ArrayList<Group>();
        for (int g = 0; g < count; g++) {
            var rows = new ArrayList<LearningCompletion>();
            for (int r = 0; r <= g % 3; r++) {
                int length = 1 + random.nextInt(12);
                rows.add(new LearningCompletion(
                        tokens(random, length),
                        logprobs(random, length),
                        logprobs(random, length),
                        random.nextGaussian(),
                        1));
            }
            groups.add(new Group(tokens(random, 3 + random.nextInt(30)), rows));
        }
        return groups;
    }

    private static int[] tokens(Random random, int length) {
        return random.ints(length, 0, 320).toArray();
    }

    private static float[] logprobs(Random random, int length) {
        var logprobs = new float[length];
        for (int i = 0; i < length; i++) {
            logprobs[i] = (float) (-5.7 + 0.5 * random.nextGaussian());
        }
        return logprobs;
    }

    private static List<List<Group>> singles(List<Group> groups) {
        return groups.stream().map(List::of).toList();
    }

    private static ParameterVector gradient(Objective objective, List<List<Group>> batches) {
        return compute(objective, batches).gradient;
    }

    private static Result compute(Objective objective, List<List<Group>> batches) {
        try (var computation = new GradientComputation(model.decoder(), objective)) {
            batches.forEach(computation::add);
            return new Result(computation.gradient(), computation.statistics());
        }
    }

    private record Result(ParameterVector gradient, GradientStatistics statistics) {}

    private static void assertSame(ParameterVector actual, ParameterVector expected) {
        assertThat(expected.norm()).isGreaterThan(1e-3);
        expected.layout().parameters().forEach(parameter -> assertThat(GoldenModel.relativeError(
                        GoldenModel.values(actual, parameter), GoldenModel.values(expected, parameter)))
                .as(parameter.name())
                .isLessThan(1e-5));
    }

    private static void assertBitEqual(ParameterVector actual, ParameterVector expected) {
        for (int chunk = 0; chunk < expected.chunkCount(); chunk++) {
            assertThat(Arrays.equals(actual.chunk(chunk), expected.chunk(chunk)))
                    .isTrue();
        }
    }
}
