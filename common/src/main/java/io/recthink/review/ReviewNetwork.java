package io.recthink.review;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.recthink.torch.Gradients;
import java.io.Serializable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A network that predicts ratings from reviews. */
public interface ReviewNetwork extends Serializable {
    /** The sizes of the network. */
    Sizes sizes();

    /** The parameters, in a fixed order. */
    List<Parameter> parameters();

    /** The shape of each parameter by its name, in the order of {@link #parameters}. */
    default Map<String, List<Long>> shapes() {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        parameters()
                .forEach(parameter -> shapes.put(
                        parameter.name(),
                        Arrays.stream(parameter.shape().getShape()).boxed().toList()));
        return shapes;
    }

    /** The number of values of all parameters. */
    default long size() {
        return parameters().stream()
                .mapToLong(parameter -> parameter.shape().size())
                .sum();
    }

    /**
     * Reads a batch into tensors, and does all that needs no gradient.
     *
     * @param values the parameters by name
     * @param manager owner of the tensors
     */
    Prepared prepare(Batch batch, Map<String, NDArray> values, NDManager manager);

    /** A batch as tensors. */
    interface Prepared {
        /**
         * The predictions of the batch, {@code [B]}, not clipped.
         *
         * @param values the parameters by name
         */
        NDArray predict(Map<String, NDArray> values, Dropout dropout, NDManager manager);

        /**
         * Predicts and keeps what a backward pass needs.
         *
         * @param leaves the parameters by name, each with a gradient
         */
        default Recorded record(Map<String, NDArray> leaves, Dropout dropout, NDManager manager) {
            NDArray predictions = Gradients.record(() -> predict(leaves, dropout, manager));
            return new Recorded(predictions, slopes -> Gradients.backward(predictions, slopes));
        }
    }

    /**
     * Predictions with their way back.
     *
     * @param predictions {@code [B]}
     * @param backward adds to the gradients of the leaves, from the derivative of the loss by each prediction
     */
    record Recorded(NDArray predictions, Consumer<NDArray> backward) {}

    /** The weights whose squares are penalised in the loss, by name. */
    default List<String> penalised() {
        return List.of();
    }

    /** Whether the loss of a batch is a sum (of halves of squares), not a mean. */
    default boolean sumsLosses() {
        return false;
    }
}
