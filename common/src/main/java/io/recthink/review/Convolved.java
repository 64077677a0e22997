package io.recthink.review;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.recthink.review.Parameter.Start;
import io.recthink.torch.Kernels;
import java.util.List;
import java.util.Map;

/**
 * Texts of one side whose convolution goes on by its largest windows alone: the others have no part in the gradient.
 *
 * @param side {@code user} or {@code item}
 * @param winners the first place of the largest window by text and filter, {@code [R, K]}
 */
record Convolved(String side, Texts texts, NDArray winners) {
    private static final int WIDTH = 3;

    /** The parameters of a side: words, filters, biases. */
    static List<Parameter> parameters(String side, Sizes sizes, Start filters) {
        return List.of(
                Parameter.table(side + ".words", Start.WORDS, sizes.vocabulary(), sizes.wordDimension()),
                Parameter.weight(side + ".conv.weight", filters, sizes.filters(), sizes.wordDimension(), WIDTH),
                Parameter.bias(side + ".conv.bias", Start.TENTH, sizes.filters()));
    }

    /** Finds the largest windows. */
    static Convolved of(String side, Texts texts, Map<String, NDArray> values, NDManager manager) {
        NDArray winners = Kernels.instance()
                .callForTensorWithGradient(
                        "winning_windows",
                        manager,
                        values.get(side + ".words"),
                        values.get(side + ".conv.weight"),
                        texts.unique(),
                        texts.texts(),
                        texts.windows());
        return new Convolved(side, texts, winners);
    }

    /** The features of the texts, {@code [R, K]}. */
    NDArray features(Map<String, NDArray> values, NDManager manager) {
        return Kernels.instance()
                .callForTensorWithGradient(
                        "text_features",
                        manager,
                        values.get(side + ".words"),
                        values.get(side + ".conv.weight"),
                        values.get(side + ".conv.bias"),
                        texts.unique(),
                        texts.texts(),
                        texts.windows(),
                        winners);
    }
}
