package io.recthink.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.recthink.torch.Kernels;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The networks against numbers that PyTorch computed in FP64, and a second program in plain loops. */
class ReviewGoldenTest {
    private static final double PREDICTION = 5e-6;
    private static final double GRADIENT = 1e-5;
    private static final double PARAMETER = 2e-6;

    private static final String FOLDERS = "io.recthink.review.ReviewGolden#folders";

    @ParameterizedTest
    @MethodSource(FOLDERS)
    void predictionsAndLosses(Path folder) {
        try (ReviewGolden golden = ReviewGolden.open(folder);
                TrainedNetwork network = golden.trained(golden.network())) {
            float[] predictions = network.predict(golden.batch());
            close(predictions, golden.floats("prediction"), PREDICTION, "predictions");
            golden.losses().forEach((loss, expected) -> assertThat(loss.of(
                            predictions,
                            golden.batch().ratings(),
                            network.network().sumsLosses()))
                    .as("%s", loss)
                    .isCloseTo(expected, org.assertj.core.data.Offset.offset(5 * PREDICTION)));
        }
    }

    @ParameterizedTest
    @MethodSource(FOLDERS)
    void gradients(Path folder) {
        try (ReviewGolden golden = ReviewGolden.open(folder)) {
            List<String> plain = golden.names("grad.").stream()
                    .filter(name -> !name.startsWith("penalised."))
                    .filter(name -> !golden.withoutEffect().contains(name))
                    .toList();
            Map<String, float[]> found = gradients(golden, 0);
            assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(plain);
            found.forEach((name, values) -> close(values, golden.floats("grad." + name), GRADIENT, name));
            double penalty = golden.adam().penalty();
            if (penalty > 0) {
                Map<String, float[]> penalised = gradients(golden, penalty);
                List<String> names = golden.names("grad.penalised.");
                assertThat(names).isNotEmpty();
                names.forEach(
                        name -> close(penalised.get(name), golden.floats("grad.penalised." + name), GRADIENT, name));
            }
        }
    }

    private static Map<String, float[]> gradients(ReviewGolden golden, double penalty) {
        Map<String, float[]> found = new LinkedHashMap<>();
        try (TrainedNetwork network = golden.trained(golden.network());
                NDManager scratch = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            Map<String, NDArray> gradients = new LinkedHashMap<>();
            network.gradient(golden.batch(), RatingLoss.L2, penalty, Dropout.off(), scratch, gradients);
            gradients.forEach((name, gradient) -> found.put(name, gradient.toFloatArray()));
        }
        return found;
    }

    @ParameterizedTest
    @MethodSource(FOLDERS)
    void threeStepsOfAdam(Path folder) {
        try (ReviewGolden golden = ReviewGolden.open(folder);
                TrainedNetwork network = golden.trained(golden.network())) {
            for (int step = 0; step < golden.json().at("/settings/adam/steps").asInt(); step++) {
                network.step(golden.batch(), RatingLoss.L2, golden.adam(), Dropout.off());
            }
            network.values()
                    .forEach((name, values) ->
                            close(values.toFloatArray(), golden.floats("adam." + name), PARAMETER, name));
        }
    }

    @ParameterizedTest
    @MethodSource(FOLDERS)
    void flags(Path folder) {
        try (ReviewGolden golden = ReviewGolden.open(folder)) {
            List<String> variants = golden.names("variant.").stream()
                    .filter(name -> name.endsWith(".prediction"))
                    .toList();
            assertThat(variants).isNotEmpty();
            for (String variant : variants) {
                try (TrainedNetwork network = golden.trained(changed(golden, variant.replace(".prediction", "")))) {
                    close(network.predict(golden.batch()), golden.floats("variant." + variant), PREDICTION, variant);
                }
            }
        }
    }

    private static ReviewNetwork changed(ReviewGolden golden, String variant) {
        ReviewNetwork plain = golden.network();
        return switch (golden.model() + " " + variant) {
            case "deepconn idBias" -> new DeepCoNN(plain.sizes(), true);
            case "narre unmasked" -> new NARRE(plain.sizes(), ((NARRE) plain).reviews(), false);
            case "daml idBias" -> new DAML(plain.sizes(), DAML.Head.NFM, true);
            case "daml lfm" -> new DAML(plain.sizes(), DAML.Head.LFM, false);
            default -> throw new AssertionError("no such flag: " + variant);
        };
    }

    @ParameterizedTest
    @MethodSource(FOLDERS)
    void attentionToReviewsOfItems(Path folder) {
        try (ReviewGolden golden = ReviewGolden.open(folder)) {
            assumeTrue(golden.model().equals("narre"), "only NARRE has attention to reviews");
            try (TrainedNetwork network = golden.trained(golden.network());
                    NDManager scratch = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
                List<float[]> found =
                        ((NARRE) network.network()).attentionToItems(golden.batch(), network.values(), scratch);
                float[] expected = golden.floats("at.item.alpha");
                int slots = expected.length / found.size();
                for (int row = 0; row < found.size(); row++) {
                    for (int slot = 0; slot < slots; slot++) {
                        float weight = slot < found.get(row).length ? found.get(row)[slot] : 0;
                        assertThat((double) weight)
                                .isCloseTo(
                                        expected[row * slots + slot], org.assertj.core.data.Offset.offset(PREDICTION));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(FOLDERS)
    void theDistanceOfEqualFeaturesHasNoGradient(Path folder) {
        try (ReviewGolden golden = ReviewGolden.open(folder)) {
            assumeTrue(golden.has("clamp.x"), "only DAML has distances");
            try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
                NDArray x = features(golden, "clamp.x", manager);
                NDArray y = features(golden, "clamp.y", manager);
                NDArray a = Kernels.instance().callForTensorWithGradient("daml_similarity", manager, x, y);
                close(a.toFloatArray(), golden.floats("clamp.A"), PREDICTION, "A");
                NDList slopes = Kernels.instance()
                        .callWithGradient(
                                "daml_slopes",
                                manager,
                                x,
                                y,
                                manager.create(golden.floats("clamp.weight"), a.getShape()));
                close(slopes.get(0).transpose().toFloatArray(), golden.floats("clamp.grad.x"), GRADIENT, "x");
                close(slopes.get(1).transpose().toFloatArray(), golden.floats("clamp.grad.y"), GRADIENT, "y");
            }
        }
    }

    /** Features [1, K, W] of the numbers as [W, K]. */
    private static NDArray features(ReviewGolden golden, String name, NDManager manager) {
        int[] shape = new int[3];
        for (int i = 0; i < shape.length; i++) {
            shape[i] =
                    golden.json().get("tensors").get(name).get("shape").get(i).asInt();
        }
        return manager.create(golden.floats(name), new Shape(shape[1], shape[2]))
                .transpose();
    }

    private static void close(float[] found, float[] expected, double within, String what) {
        assertThat(found).as(what).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(Math.abs((double) found[i] - expected[i]))
                    .as("%s, number %d: %s instead of %s", what, i, found[i], expected[i])
                    .isLessThan(within);
        }
    }
}
