package io.recthink.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.recthink.TestDevice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kernel against its formula in plain FP32 operations of DJL: the values, and the gradients where they matter. */
class DecoderKernelsTest {
    private static final int HEADS = 4;
    private static final int KEY_HEADS = 2;
    private static final int HEAD = 6;
    private static final int HIDDEN = 10;
    private static final int WIDE = 14;
    private static final int RANK = 3;

    private NDManager manager;

    @BeforeEach
    void open() {
        TorchRuntime.prepareThread(1);
        manager = NDManager.newBaseManager(TestDevice.get(), "PyTorch");
        manager.getEngine().setRandomSeed(11);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void normalizes() {
        assertSame(
                inputs -> kernel("normalize", inputs.get(0), inputs.get(1), manager.create(1e-3)),
                inputs -> normalized(inputs.get(0), inputs.get(1)),
                random(3, 5, HIDDEN),
                random(HIDDEN));
    }

    @Test
    void feedsForward() {
        NDArray absent = manager.zeros(new Shape(0));
        assertSame(
                x -> kernel("feed_forward", x.get(0), x.get(1), x.get(2), absent, absent, absent, absent),
                x -> fedForward(x),
                random(3, HIDDEN),
                random(2 * WIDE, HIDDEN),
                random(HIDDEN, WIDE));
    }

    @Test
    void feedsForwardWithAnAdapter() {
        assertSame(
                x -> kernel("feed_forward", x.toArray(NDArray[]::new)),
                x -> fedForward(x),
                random(3, HIDDEN),
                random(2 * WIDE, HIDDEN),
                random(HIDDEN, WIDE),
                random(RANK, HIDDEN),
                random(2 * WIDE, RANK),
                random(RANK, WIDE),
                random(HIDDEN, RANK));
    }

    @Test
    void addsAnAdapterToAProjection() {
        assertSame(
                x -> kernel("adapt", x.get(0), x.get(1), x.get(2), x.get(3)),
                x -> x.get(0).add(linear(linear(x.get(1), x.get(2)), x.get(3))),
                random(5, WIDE),
                random(5, HIDDEN),
                random(RANK, HIDDEN),
                random(WIDE, RANK));
    }

    @Test
    void addsAnAdapterToAProjectionOfFewRows() {
        assertSame(
                x -> kernel("adapt_rows", x.get(0), x.get(1), x.get(2), x.get(3)),
                x -> x.get(0).add(linear(linear(x.get(1), x.get(2)), x.get(3))),
                random(5, WIDE),
                random(5, HIDDEN),
                random(RANK, HIDDEN),
                random(WIDE, RANK));
    }

    @Test
    void replacesAndReadsABlockOfAMatrix() {
        NDArray matrix = random(5, 7);
        NDArray block = random(2, 3);
        NDArray expected = matrix.duplicate();
        expected.set(new NDIndex("1:3,4:7"), block);
        kernel("overwrite_block", matrix, manager.create(new long[] {1, 4}), block);
        assertClose(matrix, expected);
        assertClose(kernel("block", matrix, manager.create(new long[] {1, 4, 2, 3})), block);
    }

    @Test
    void turnsHeadsByTheirPosition() {
        NDArray positions =
                manager.create(new long[] {0, 1, 5, 2, 3, 9}, new Shape(2, 3)).toType(DataType.INT64, false);
        NDArray frequencies = manager.create(new float[] {1, 0.3f, 0.01f});
        NDList half = Kernels.instance().callWithGradient("rotary", manager, positions, frequencies);
        assertSame(
                x -> kernel("rotate", x.get(0), half.get(0), half.get(1)),
                x -> turned(x.get(0), positions, frequencies),
                random(2, 3, HEADS, HEAD));
    }

    /**
     * Three positions of a prompt, four of two completions.
     *
     * @param ofCompletions F, C, S, C, S
     * @param steps of the four positions
     * @param own which of the four looks at which
     */
    record Packing(List<Long> ofCompletions, List<Long> steps, String own) {
        /** 3 4 and 5 6. */
        static final Packing APART = new Packing(List.of(1L, 2L, 2L), List.of(0L, 1L, 0L, 1L), "1000 1100 0010 0011");
        /** 3 5 and 4 6 in one call. */
        static final Packing SHARED = new Packing(List.of(2L, 1L, 2L), List.of(0L, 0L, 1L, 1L), "1000 0100 1010 0101");
        /** 3 4 5 and 6. */
        static final Packing RAGGED =
                new Packing(List.of(1L, 1L, 3L, 1L, 1L), List.of(0L, 1L, 2L, 0L), "1000 1100 1110 0001");

        long[] shape() {
            return LongStream.concat(
                            LongStream.of(3, HEADS / KEY_HEADS),
                            ofCompletions.stream().mapToLong(n -> n))
                    .toArray();
        }

        /** Of prompts of three and of two tokens. */
        long[] positions() {
            return LongStream.of(3, 2)
                    .flatMap(length -> LongStream.concat(
                            LongStream.range(0, 3), steps.stream().mapToLong(step -> length + step)))
                    .toArray();
        }

        /** Who may look at whom, {@code [2, 1, 7, 7]}: 0, or much less. */
        float[] mask() {
            StringBuilder allowed = new StringBuilder();
            for (String prompt : List.of("111", "110")) { // the third position of the shorter prompt is padding
                allowed.append("1000000 1100000 1110000 ");
                Stream.of(own.split(" ")).forEach(row -> allowed.append(prompt).append(row));
            }
            String bits = allowed.toString().replace(" ", "");
            var mask = new float[bits.length()];
            for (int i = 0; i < mask.length; i++) {
                mask[i] = bits.charAt(i) == '1' ? 0 : -1e9f;
            }
            return mask;
        }
    }

    static List<Arguments> packings() {
        return List.of(
                Arguments.of(Packing.APART, false),
                Arguments.of(Packing.SHARED, false),
                Arguments.of(Packing.RAGGED, false),
                Arguments.of(Packing.SHARED, true));
    }

    @ParameterizedTest
    @MethodSource("packings")
    void computesALayerOfAPackedBatch(Packing packing, boolean adapter) {
        NDArray lengths = manager.create(new long[] {3, 2});
        NDArray shape = manager.create(packing.shape());
        NDArray frequencies = manager.create(new float[] {1, 0.3f, 0.01f});
        NDArray positions = kernel("packed_positions", lengths, shape);
        assertThat(positions.toLongArray()).containsExactly(packing.positions());
        NDArray mask = kernel("packed_mask", lengths, shape);
        NDList rotary = Kernels.instance().callWithGradient("rotary", manager, positions, frequencies);
        NDArray epsilon = manager.create(1e-3);
        NDArray allowed = manager.create(packing.mask(), new Shape(2, 1, 7, 7));
        assertSame(
                w -> {
                    var arguments = new ArrayList<NDArray>(
                            List.of(w.get(0), rotary.get(0), rotary.get(1), mask, shape, epsilon));
                    arguments.addAll(w.subList(1, w.size()));
                    if (!adapter) {
                        arguments.addAll(Collections.nCopies(8, manager.zeros(new Shape(0))));
                    }
                    return kernel("packed_layer", arguments.toArray(NDArray[]::new));
                },
                w -> layer(w, positions, frequencies, allowed),
                adapter ? layerInputsWithAdapter() : layerInputs());
    }

    @Test
    void givesProbabilitiesLogProbabilitiesAndEntropiesOfTheHead() {
        NDArray hidden = random(5, HIDDEN);
        NDArray weight = random(7, HIDDEN);
        NDArray targets = manager.create(new long[] {0, 6, 3, 3, 1});
        NDList head =
                Kernels.instance().callWithGradient("head", manager, hidden, weight, targets, manager.create(0.5));
        NDArray logprobs = hidden.matMul(weight.transpose()).mul(2).logSoftmax(-1);
        assertClose(head.get(0), logprobs.exp());
        assertClose(head.get(1), logprobs.gather(targets.expandDims(1), 1).squeeze(1));
        assertClose(head.get(2), logprobs.exp().mul(logprobs).sum(new int[] {1}).neg());
    }

    @Test
    void differentiatesTheHead() {
        NDArray hidden = random(5, HIDDEN);
        NDArray weight = random(7, HIDDEN);
        NDArray targets = manager.create(new long[] {0, 6, 3, 3, 1});
        NDArray derivatives = random(5);
        NDArray hiddenLeaf = Gradients.leaf(hidden, manager);
        NDArray weightLeaf = Gradients.leaf(weight, manager);
        NDArray loss = Gradients.record(() -> hiddenLeaf
                .matMul(weightLeaf.transpose())
                .mul(2)
                .logSoftmax(-1)
                .gather(targets.expandDims(1), 1)
                .squeeze(1)
                .mul(derivatives));
        Gradients.backward(loss, manager.ones(new Shape(5)));
        NDArray temperature = manager.create(0.5);
        NDArray sum = random(7, HIDDEN);
        NDArray before = sum.duplicate();
        NDArray probabilities = Kernels.instance()
                .callWithGradient("head", manager, hidden, weight, targets, temperature)
                .get(0);
        NDArray gradient =
                kernel("head_backward", probabilities, hidden, weight, targets, derivatives, temperature, sum);
        assertClose(gradient, Gradients.of(hiddenLeaf, manager).orElseThrow());
        assertClose(sum.sub(before), Gradients.of(weightLeaf, manager).orElseThrow());
    }

    @Test
    void differentiatesTheHeadByTheEntropiesToo() {
        NDArray hidden = random(5, HIDDEN);
        NDArray weight = random(7, HIDDEN);
        NDArray targets = manager.create(new long[] {0, 6, 3, 3, 1});
        NDArray derivatives = random(5);
        NDArray entropyDerivatives = random(5);
        NDArray hiddenLeaf = Gradients.leaf(hidden, manager);
        NDArray weightLeaf = Gradients.leaf(weight, manager);
        NDArray loss = Gradients.record(() -> {
            NDArray logprobs = hiddenLeaf.matMul(weightLeaf.transpose()).mul(2).logSoftmax(-1);
            NDArray chosen = logprobs.gather(targets.expandDims(1), 1).squeeze(1);
            NDArray entropies = logprobs.exp().mul(logprobs).sum(new int[] {1}).neg();
            return chosen.mul(derivatives).add(entropies.mul(entropyDerivatives));
        });
        Gradients.backward(loss, manager.ones(new Shape(5)));
        NDArray temperature = manager.create(0.5);
        NDArray sum = random(7, HIDDEN);
        NDArray before = sum.duplicate();
        NDList head = Kernels.instance().callWithGradient("head", manager, hidden, weight, targets, temperature);
        NDArray gradient = kernel(
                "head_backward_with_entropy",
                head.get(0),
                hidden,
                weight,
                targets,
                derivatives,
                head.get(2),
                entropyDerivatives,
                temperature,
                sum);
        assertClose(gradient, Gradients.of(hiddenLeaf, manager).orElseThrow());
        assertClose(sum.sub(before), Gradients.of(weightLeaf, manager).orElseThrow());
    }

    /** A token that is certain, or impossible, has no slope of entropy, and no NaN. */
    @Test
    void theSlopeOfTheEntropyOfACertainTokenIsZero() {
        NDArray hidden = manager.create(new float[] {1000, 0}, new Shape(1, 2));
        NDArray weight = manager.create(new float[] {1, 0, -1, 0, 0, 1}, new Shape(3, 2));
        NDArray targets = manager.create(new long[] {0});
        NDArray temperature = manager.create(1.0);
        NDList head = Kernels.instance().callWithGradient("head", manager, hidden, weight, targets, temperature);
        NDArray gradient = kernel(
                "head_backward_with_entropy",
                head.get(0),
                hidden,
                weight,
                targets,
                manager.zeros(new Shape(1)),
                head.get(2),
                manager.ones(new Shape(1)),
                temperature,
                manager.zeros(new Shape(3, 2)));
        assertThat(gradient.toFloatArray()).containsExactly(0, 0);
    }

    @Test
    void addsUpTheGradientsOfRowsThatAreUsedTwice() {
        NDArray gradient = random(3, 2);
        NDArray rows = manager.create(new long[] {4, 1, 4});
        NDArray spread = kernel("select_backward", manager.zeros(new Shape(2, 3, 2)), rows, gradient);
        assertClose(spread.reshape(6, 2).get(4), gradient.get(0).add(gradient.get(2)));
        assertClose(spread.reshape(6, 2).get(1), gradient.get(1));
        assertThat(spread.sum().getFloat()).isCloseTo(gradient.sum().getFloat(), Offset.offset(1e-5f));
        NDArray table = manager.ones(new Shape(5, 2));
        kernel("embed_backward", table, rows, gradient);
        assertClose(table.get(4), gradient.get(0).add(gradient.get(2)).add(1));
        assertClose(table.get(0), manager.ones(new Shape(2)));
    }

    private NDArray[] layerInputs() {
        return new NDArray[] {
            random(2, 7, HIDDEN),
            random(HIDDEN),
            random((HEADS + 2 * KEY_HEADS) * HEAD, HIDDEN),
            random((HEADS + 2 * KEY_HEADS) * HEAD),
            random(HEAD),
            random(HEAD),
            random(HIDDEN, HEADS * HEAD),
            random(HIDDEN),
            random(2 * WIDE, HIDDEN),
            random(HIDDEN, WIDE),
        };
    }

    private NDArray[] layerInputsWithAdapter() {
        List<NDArray> inputs = new ArrayList<>(List.of(layerInputs()));
        inputs.add(random(RANK, HIDDEN));
        inputs.add(random((HEADS + 2 * KEY_HEADS) * HEAD, RANK));
        inputs.add(random(RANK, HEADS * HEAD));
        inputs.add(random(HIDDEN, RANK));
        inputs.add(random(RANK, HIDDEN));
        inputs.add(random(2 * WIDE, RANK));
        inputs.add(random(RANK, WIDE));
        inputs.add(random(HIDDEN, RANK));
        return inputs.toArray(NDArray[]::new);
    }

    /**
     * One decoder layer, written as its formulas; w holds x and the parameters in the kernel's order, with those of an
     * adapter or without.
     */
    private NDArray layer(List<NDArray> w, NDArray positions, NDArray frequencies, NDArray allowed) {
        NDArray x = w.get(0);
        NDArray h = normalized(x, w.get(1));
        NDArray projected = adapted(h, 2, 10, w).add(w.get(3)).reshape(2, 7, HEADS + 2 * KEY_HEADS, HEAD);
        NDArray q = projected.get(":,:,:" + HEADS);
        NDArray k = projected.get(":,:," + HEADS + ":" + (HEADS + KEY_HEADS));
        NDArray v = projected.get(":,:," + (HEADS + KEY_HEADS) + ":");
        q = turned(normalized(q, w.get(4)), positions, frequencies).transpose(0, 2, 1, 3);
        k = turned(normalized(k, w.get(5)), positions, frequencies).transpose(0, 2, 1, 3);
        NDArray keys = k.repeat(1, HEADS / KEY_HEADS);
        NDArray values = v.transpose(0, 2, 1, 3).repeat(1, HEADS / KEY_HEADS);
        NDArray scores =
                q.matMul(keys.transpose(0, 1, 3, 2)).div(Math.sqrt(HEAD)).add(allowed);
        NDArray attended =
                scores.softmax(-1).matMul(values).transpose(0, 2, 1, 3).reshape(2, 7, HEADS * HEAD);
        NDArray y = x.add(adapted(attended, 6, 12, w));
        List<NDArray> feedForward = new ArrayList<>(List.of(normalized(y, w.get(7)), w.get(8), w.get(9)));
        feedForward.addAll(w.subList(Math.min(w.size(), 14), w.size()));
        return y.add(fedForward(feedForward));
    }

    private static NDArray linear(NDArray x, NDArray weight) {
        return x.matMul(weight.transpose());
    }

    private static NDArray normalized(NDArray x, NDArray weight) {
        return x.div(x.mul(x)
                        .mean(new int[] {x.getShape().dimension() - 1}, true)
                        .add(1e-3)
                        .sqrt())
                .mul(weight);
    }

    /** x W^T, and + x A^T B^T where the inputs have A and B. */
    private static NDArray adapted(NDArray x, int weight, int a, List<NDArray> inputs) {
        NDArray y = linear(x, inputs.get(weight));
        return inputs.size() > a ? y.add(linear(linear(x, inputs.get(a)), inputs.get(a + 1))) : y;
    }

    /** The inputs are x, gate and up, down, and those of an adapter or none. */
    private static NDArray fedForward(List<NDArray> inputs) {
        NDArray gateAndUp = adapted(inputs.get(0), 1, 3, inputs);
        NDArray g = gateAndUp.get("...,:" + WIDE);
        NDArray u = gateAndUp.get("...," + WIDE + ":");
        return adapted(g.div(g.neg().exp().add(1)).mul(u), 2, 5, inputs);
    }

    private static NDArray turned(NDArray x, NDArray positions, NDArray frequencies) {
        NDArray angles = positions
                .toType(DataType.FLOAT32, false)
                .expandDims(2)
                .mul(frequencies)
                .expandDims(2);
        NDArray a = x.get(new NDIndex("...,:" + HEAD / 2));
        NDArray b = x.get(new NDIndex("...," + HEAD / 2 + ":"));
        NDArray first = a.mul(angles.cos()).sub(b.mul(angles.sin()));
        NDArray second = b.mul(angles.cos()).add(a.mul(angles.sin()));
        return first.concat(second, 3);
    }

    private NDArray random(long... shape) {
        return manager.randomNormal(0, 0.5f, new Shape(shape), DataType.FLOAT32);
    }

    private NDArray kernel(String name, NDArray... inputs) {
        return Kernels.instance().callForTensorWithGradient(name, manager, inputs);
    }

    @FunctionalInterface
    private interface Function {
        NDArray apply(List<NDArray> inputs);
    }

    private void assertSame(Function kernel, Function formula, NDArray... inputs) {
        List<NDArray> ours = leaves(inputs);
        List<NDArray> theirs = leaves(inputs);
        NDArray actual = recorded(() -> kernel.apply(ours));
        NDArray expected = recorded(() -> formula.apply(theirs));
        assertClose(actual, expected);
        NDArray upstream = manager.randomNormal(0, 1, actual.getShape(), DataType.FLOAT32);
        Gradients.backward(actual, upstream);
        Gradients.backward(expected, upstream);
        for (int i = 0; i < inputs.length; i++) {
            assertClose(
                    Gradients.of(ours.get(i), manager).orElseThrow(),
                    Gradients.of(theirs.get(i), manager).orElseThrow());
        }
    }

    private static NDArray recorded(Supplier<NDArray> computation) {
        return Gradients.record(computation);
    }

    private List<NDArray> leaves(NDArray... inputs) {
        var leaves = new ArrayList<NDArray>();
        for (NDArray input : inputs) {
            leaves.add(Gradients.leaf(input, manager));
        }
        return leaves;
    }

    private static void assertClose(NDArray actual, NDArray expected) {
        assertThat(actual.getShape()).isEqualTo(expected.getShape());
        assertThat(expected.abs().max().getFloat()).isPositive();
        assertThat(actual.toFloatArray()).containsExactly(expected.toFloatArray(), Offset.offset(2e-5f));
    }
}
