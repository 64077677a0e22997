package io.recthink.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.recthink.ModelShapes;
import io.recthink.model.ComputeType;
import io.recthink.model.LoraConfig;
import io.recthink.model.ModelConfig;
import io.recthink.model.ModelConfig.Family;
import io.recthink.model.Projection;
import io.recthink.plan.Cluster.Layout;
import io.recthink.plan.ProcessMemory.Place;
import io.recthink.plan.Remedies.Remedy;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The numbers of a shape that is small enough to count by hand. */
class PlanTest {
    // V 100, H 8, I 16, 2 layers, 2 heads of 4, 1 key head.
    private static final ModelConfig SMALL = new ModelConfig(
            Family.LLAMA, 100, 8, 16, 2, 2, 1, 4, 1e-5, 10_000, Optional.empty(), 64, true, false, false, List.of());
    private static final ModelConfig LARGE = ModelShapes.nearlyAllVocabulary(100_000);
    private static final LoraConfig RANK_2 = new LoraConfig(2, 2, false, EnumSet.allOf(Projection.class));
    private static final Cluster ONE = new Cluster(Layout.BENCHMARK, 1, 1);

    /** 2 prompts of 10 tokens with 4 completions of 5 each: in one rollout, and a group in a pass. */
    private static Workload work(ComputeType type, Optional<LoraConfig> lora, boolean recompute) {
        return new Workload(SMALL, type, lora, recompute, 10, 5, 4, 2, 1, 8, 1, 1, false);
    }

    private static Workload full() {
        return work(ComputeType.FLOAT32, Optional.empty(), true);
    }

    @Test
    void countsParameters() {
        // a layer: q, k, v (8 + 4 + 4) 8, output 64, feed-forward 3 * 128, 2 norms of 8; the last norm once more
        ModelSize size = ModelSize.of(SMALL, Optional.empty());
        assertThat(size).isEqualTo(new ModelSize(800 + 2 * (576 + 16) + 8, 40, 800, 576, 1992, 0));
        assertThat(size.decoderBytes(ComputeType.FLOAT32)).isEqualTo(4 * 1992);
        assertThat(size.decoderBytes(ComputeType.BFLOAT16)).isEqualTo(2 * 1952 + 4 * 40);
    }

    @Test
    void countsAnAdapterAndTheZerosOfItsJoinedTensors() {
        // a layer: q 32, k 24, v 24, output 32, gate 48, up 48, down 48
        ModelSize size = ModelSize.of(SMALL, Optional.of(RANK_2));
        assertThat(size.learned()).isEqualTo(2 * 256);
        // joined: 6 (8 + 16), 2 (8 + 8), 4 (8 + 32), 2 (16 + 8)
        assertThat(size.adapter()).isEqualTo(2 * (144 + 32 + 160 + 48));
        assertThat(size.decoderBytes(ComputeType.BFLOAT16)).isEqualTo(2 * 1952 + 4 * 40 + 2 * 768);
        assertThat(size.tensorGradientBytes()).isEqualTo(4 * 768);
    }

    @Test
    void keysAndValuesOfPromptsAndCompletions() {
        // 2 layers, 4 numbers a key; 2 prompts of 10; 8 rows of 4, the last of 5 has no keys
        assertThat(new Activations(full(), 1).keysAndValues(4)).isEqualTo(2 * 2 * 4 * 4 * (2 * 10 + 8 * 4));
        assertThat(new Activations(full(), 1).keysAndValues(2)).isEqualTo(2 * 2 * 4 * 2 * (2 * 10 + 8 * 4));
        // one prompt at a time: 4 rows, and the prompts that still have rows stay
        Workload one = full().withRolloutPrompts(1);
        assertThat(one.rows()).isEqualTo(4);
        assertThat(new Activations(one, 1).keysAndValues(4)).isEqualTo(2 * 2 * 4 * 4 * (2 * 10 + 4 * 4));
    }

    @Test
    void layerInputsAreKeptForEveryPosition() {
        // 10 + 4 * 4 positions, 2 layers, 8 numbers in FP32
        assertThat(new Activations(full(), 1).layerInputs()).isEqualTo(26 * 2 * 8 * 4);
        assertThat(new Activations(work(ComputeType.BFLOAT16, Optional.empty(), true), 1).layerInputs())
                .isEqualTo(26 * 2 * 8 * 4);
    }

    @Test
    void keptActivationsAreThoseOfEveryOtherLayerMore() {
        var again = new Activations(full(), 1);
        var kept = new Activations(full().withRecompute(false), 1);
        assertThat(kept.gradient() - again.gradient()).isEqualTo(again.recordedLayer());
    }

    @Test
    void freedMemoryIsHeldWhereSmallTensorsAreComputedAgain() {
        // 2 layers, 26 positions of 16 numbers
        assertThat(new Activations(full(), 1).held()).isEqualTo((long) (3.0 * 2 * 26 * 16 * 4));
        assertThat(new Activations(full(), 1).heldOfPackedWeights()).isZero();
        var rounded = new Activations(work(ComputeType.BFLOAT16, Optional.empty(), true), 1);
        assertThat(rounded.held()).isEqualTo((long) (1.4 * 2 * 26 * 16 * 2));
        // 2 layers, 8 inputs or outputs; q, k and v 16, output 8, gate and up 32, down 16
        assertThat(rounded.heldOfPackedWeights()).isEqualTo(2 * 2 * 8 * (16 + 8 + 32 + 16));
        assertThat(new Activations(full().withRecompute(false), 1).held()).isZero();
        // blocks of more than 32 MiB go back at once
        Workload large =
                new Workload(SMALL, ComputeType.FLOAT32, Optional.empty(), true, 600_000, 5, 4, 2, 1, 8, 1, 1, false);
        assertThat(new Activations(large, 1).held()).isZero();
    }

    @Test
    void theGradientOfALayerKeepsItsInputsAndProducts() {
        // a position: norms 2 (4 + 4) 8, residuals 8 * 8, queries, keys and what was attended 4 (8 + 4 + 16), products
        // 4 * 4 * 16
        long position = 128 + 64 + 112 + 256;
        // keys and values repeated for 10 prompt positions; own queries of 16; keys and values of 4 calls of 10 + 4
        long attention = 10 * 2 * 4 * 8 + 16 * 4 * 8 + 2 * 4 * 4 * (4 * 10 + 16);
        // 4 steps of 2 query heads by 10 + 4 keys
        long mask = 4 * 4 * 2 * 14;
        assertThat(new Activations(full(), 1).recordedLayer()).isEqualTo(26 * position + attention + mask);
    }

    @Test
    void ofSeveralProcessorsTheOneThatNeedsMostIsPlanned() {
        // one completion a call has four copies of the prompt's keys, four have one and the larger mask
        Workload longPrompt =
                new Workload(SMALL, ComputeType.BFLOAT16, Optional.empty(), true, 1000, 5, 4, 2, 1, 8, 1, 1, false);
        long alone = new Activations(longPrompt, 1).recordedLayer();
        long together = new Activations(longPrompt, 1000).recordedLayer();
        assertThat(alone).isNotEqualTo(together);
        assertThat(new Activations(longPrompt, 1, 1000).recordedLayer()).isEqualTo(Math.max(alone, together));
        assertThat(new Activations(longPrompt, 1000, 1).recordedLayer()).isEqualTo(Math.max(alone, together));
    }

    @Test
    void fullTrainingTakes12BytesAParameterForTheOptimizerAnd4ForEachGradient() {
        ProcessMemory process = MemoryPlan.of(full(), ONE).get(0);
        Stage gradient = process.stages().get(1);
        assertThat(gradient.weights()).isEqualTo(4 * 1992);
        assertThat(gradient.optimizer()).isEqualTo(12 * 1992);
        // all in the heap, those of the embedding in a tensor before
        assertThat(gradient.gradients()).isEqualTo(4 * 1992 + 4 * 800);
        assertThat(process.javaHeap()).isEqualTo(16 * 1992);
        assertThat(MemoryPlan.state(full())).isEqualTo(16 * 1992);
        assertThat(process.peak().total())
                .isEqualTo(gradient.total())
                .isGreaterThan(process.stages().get(0).total());
    }

    @Test
    void adaptersAreAllThatIsLearnt() {
        Stage gradient =
                MemoryPlan.of(full().withLora(RANK_2), ONE).get(0).stages().get(1);
        assertThat(gradient.weights()).isEqualTo(4 * 1992 + 4 * 768);
        assertThat(gradient.optimizer()).isEqualTo(12 * 512);
        assertThat(gradient.gradients()).isEqualTo(4 * 768 + 4 * 512);
    }

    @Test
    void samplingInBfloat16HoldsTheWeightsOfProductsTwice() {
        Workload rounded = work(ComputeType.BFLOAT16, Optional.empty(), true);
        List<Stage> stages = MemoryPlan.of(rounded, ONE).get(0).stages();
        assertThat(stages.get(0).weights()).isEqualTo(stages.get(1).weights() + 2 * (2 * 576 + 800));
        List<Stage> onGpu =
                MemoryPlan.of(rounded, new Cluster(Layout.GPUS, 1, 1)).get(1).stages();
        assertThat(onGpu.get(0).weights()).isEqualTo(onGpu.get(1).weights());
        assertThat(onGpu.get(0).keysAndValues()).isEqualTo(2 * stages.get(0).keysAndValues());
        assertThat(onGpu.get(1).gradients()).isEqualTo(4 * 1992);
    }

    @Test
    void aReferenceIsASecondModelUnlessTheAdapterCanBeSwitchedOff() {
        Workload withReference =
                new Workload(SMALL, ComputeType.FLOAT32, Optional.empty(), true, 10, 5, 4, 2, 1, 8, 1, 1, true);
        assertThat(weights(withReference)).isEqualTo(2 * weights(full()));
        assertThat(weights(withReference.withLora(RANK_2))).isEqualTo(weights(full().withLora(RANK_2)));
    }

    private static long weights(Workload work) {
        return MemoryPlan.of(work, ONE).get(0).stages().get(0).weights();
    }

    @Test
    void everyTaskOfAnExecutorHasItsOwnGradientOverSharedWeights() {
        Stage one = executor(1);
        Stage two = executor(2);
        assertThat(two.weights()).isEqualTo(one.weights());
        assertThat(two.gradients()).isEqualTo(2 * one.gradients());
        assertThat(two.activations()).isEqualTo(2 * one.activations());
    }

    @Test
    void theLearnerHoldsTheGradientAndSomePiecesOfItThatArrive() {
        // of a small model all of it may be on its way at once, as bytes and as numbers
        assertThat(learner(SMALL).javaHeap()).isEqualTo((12 + 4 + 2 * 4) * 1992);
        long learned = ModelSize.of(LARGE, Optional.empty()).learned();
        assertThat(learned).isGreaterThan(100_000_000);
        assertThat(learner(LARGE).javaHeap()).isEqualTo((12 + 4) * learned + 400_000_000);
    }

    @Test
    void theHeapToGiveHasRoomForTheCollectorAndSpark() {
        // 640 MiB and 7 sixths of what lives there, in steps of 256 MiB
        assertThat(MemoryPlan.heapSetting(0)).isEqualTo(768L << 20);
        assertThat(MemoryPlan.heapSetting(768L << 20)).isEqualTo(1536L << 20);
        assertThat(MemoryPlan.heapSetting((768L << 20) + 6)).isEqualTo(1792L << 20);
    }

    @Test
    void touchedOfTheHeapIsMoreThanLivesThereAndNeverMoreThanIsGiven() {
        ProcessMemory small = learner(SMALL);
        assertThat(small.touchedHeap()).isEqualTo(MemoryPlan.SMALLEST_HEAP_OF_A_DRIVER);
        assertThat(small.peak().total())
                .isEqualTo(MemoryPlan.SMALLEST_HEAP_OF_A_DRIVER + MemoryPlan.ENGINE + MemoryPlan.SPARK);
        assertThat(small.overhead()).isEqualTo(MemoryPlan.ENGINE + MemoryPlan.SPARK);
        long learned = ModelSize.of(LARGE, Optional.empty()).learned();
        // what stays, and 400 MB of pieces
        assertThat(learner(LARGE).touchedHeap()).isEqualTo((long) (1.1 * 16 * learned + 2.6 * 400_000_000));
        // twice the gradient passes through an executor: more than it is given
        ProcessMemory executor = processes(LARGE).get(1);
        assertThat(executor.touchedHeap())
                .isEqualTo(MemoryPlan.heapSetting(2 * 4 * learned))
                .isLessThan((long) (2.6 * 2 * 4 * learned));
    }

    private static ProcessMemory learner(ModelConfig model) {
        return processes(model).get(0);
    }

    private static List<ProcessMemory> processes(ModelConfig model) {
        Workload work =
                new Workload(model, ComputeType.FLOAT32, Optional.empty(), true, 10, 5, 4, 2, 1, 8, 1, 1, false);
        return MemoryPlan.of(work, new Cluster(Layout.EXECUTORS, 2, 1));
    }

    private static Stage executor(int tasks) {
        List<ProcessMemory> processes = MemoryPlan.of(full(), new Cluster(Layout.EXECUTORS, 3, tasks));
        assertThat(processes).extracting(ProcessMemory::count).containsExactly(1, 3);
        assertThat(processes).extracting(ProcessMemory::place).containsExactly(Place.DRIVER, Place.EXECUTOR);
        return processes.get(1).stages().get(1);
    }

    @Test
    void remediesAreSettingsThatReallyFit() {
        long enough = MemoryPlan.of(full().withLora(RANK_2), ONE).get(0).peak().total() + 10_000;
        List<Remedy> remedies = Remedies.of(full().withRecompute(false), ONE, remedy -> peak(remedy) <= enough);
        assertThat(remedies).isNotEmpty().allMatch(remedy -> peak(remedy) <= enough);
        assertThat(Remedies.of(full(), ONE, remedy -> false)).isEmpty();
    }

    @Test
    void settingsThatFitTogetherAreNamedWithoutThoseThatAreNotNeeded() {
        Workload work = full().withRecompute(false);
        List<Remedy> remedies = Remedies.of(
                work, ONE, remedy -> remedy.work().recompute() && remedy.work().type() == ComputeType.BFLOAT16);
        assertThat(remedies)
                .singleElement()
                .extracting(Remedy::settings)
                .isEqualTo("model.recompute: true with model.dtype: bfloat16");
    }

    private static long peak(Remedy remedy) {
        return MemoryPlan.of(remedy.work(), remedy.cluster()).get(0).peak().total();
    }

    @Test
    void timeIsOperationsOverRates() {
        // prefill: 2 * 1152 * 10 + 4 * 2 * 8 * 100 / 2; decoding a group: 20 (2 (1152 + 800) + 64 (10 + 2.5))
        double prefill = 23_040 + 3_200;
        double decode = 20 * (3_904 + 800);
        var operations = new Operations(full());
        assertThat(operations.prefill()).isEqualTo(prefill);
        assertThat(operations.decode()).isEqualTo(decode);
        // forward 4 times with the repeated one, the head 3 times
        double forward = prefill + 20 * (2_304 + 800);
        assertThat(operations.gradient()).isEqualTo(4 * forward + 3 * 2 * 800 * 20);
        assertThat(new Operations(full().withLora(RANK_2)).gradient()).isEqualTo(3 * forward + 2 * 2 * 800 * 20);
        StepTime time = StepTime.of(full(), 1, new Rates(10, 3, 20, 40, 1e9, 1e9, 0, 0));
        // 4 passes over hidden states of 8
        assertThat(time.gradient()).isCloseTo(2 * (operations.gradient() / 10 + 3 * 4 * forward / 16), within(1e-6));
        assertThat(time.rollout()).isCloseTo(2 * prefill / 20 + 2 * decode / 40, within(1e-6));
        assertThat(time.update()).isCloseTo(28 * 1992 / 1e9, within(1e-12));
    }

    @Test
    void decodingIsBoundByWhatAStepReadsAndByItsSmallOperations() {
        // 5 steps; weights in FP32; keys and values 8 * 2 * 4 bytes a position: 2 prompts of 10, 8 rows of 2.5 on
        // average; 2 layers
        Rates rates = new Rates(1e30, 0, 1e30, 1e30, 2, 4, 100, 10);
        double read = 4 * 1952 / 2.0 + 64 * 40 / 4.0;
        assertThat(StepTime.of(full(), 1, rates).rollout()).isCloseTo(5 * (read + 200), within(1e-6));
        assertThat(StepTime.of(full().withLora(RANK_2), 1, rates).rollout()).isCloseTo(5 * (read + 220), within(1e-6));
    }

    @Test
    void threadsShareAllButTheNumberOfSmallOperations() {
        assertThat(new Rates(1, 2, 3, 4, 5, 6, 7, 8).times(2)).isEqualTo(new Rates(2, 1, 6, 8, 10, 12, 7, 8));
        assertThat(new Rates(1, 2, 3, 4, 5, 6, 7, 8).withOperations(2)).isEqualTo(new Rates(2, 1, 6, 8, 5, 6, 7, 8));
        assertThat(new Rates(1, 2, 3, 4, 5, 6, 7, 8).withWeights(10)).isEqualTo(new Rates(1, 2, 3, 4, 10, 12, 7, 8));
    }

    @Test
    void partitionsAreSharedOutAmongTheTasks() {
        Workload two = new Workload(SMALL, ComputeType.FLOAT32, Optional.empty(), true, 10, 5, 4, 2, 2, 8, 2, 1, false);
        Rates rates = new Rates(10, 3, 20, 40, 1e9, 1e9, 0, 0);
        assertThat(StepTime.of(two, 2, rates).gradient())
                .isEqualTo(StepTime.of(two, 1, rates).gradient() / 2);
    }

    @Test
    void measuredTimesScaleEachStage() {
        StepTime factors = new StepTime(6, 8, 10).over(new StepTime(3, 2, 1));
        assertThat(new StepTime(1, 2, 3).times(factors)).isEqualTo(new StepTime(2, 8, 30));
    }

    @Test
    void refusesNumbersBelowOne() {
        assertThatThrownBy(() ->
                        new Workload(SMALL, ComputeType.FLOAT32, Optional.empty(), true, 0, 5, 4, 2, 1, 8, 1, 1, false))
                .hasMessage("promptTokens must be at least 1 (was 0)");
        assertThatThrownBy(() -> new Rates(1, 1, 0, 1, 1, 1, 1, 1)).hasMessageContaining("prefill must be above 0");
        assertThatThrownBy(() -> new Rates(1, 1, 1, 1, 1, 1, -1, 1)).hasMessageContaining("layer must be at least 0");
        assertThatThrownBy(() -> new Cluster(Layout.BENCHMARK, 1, 2)).hasMessageContaining("1 task");
    }
}
