package io.recthink.review;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;

/** A network that predicts ratings from reviews. */
public interface ReviewNetwork {
    /** The sizes of the network. */
    Sizes sizes();

    /** The parameters, in a fixed order. */
    List<Parameter> parameters();

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
         * The predictions of the batch, {@code [B]}, not clipped; libtorch may record them.
         *
         * @param values the parameters by name
         */
        NDArray predict(Map<String, NDArray> values, Dropout dropout, NDManager manager);
    }

    /** The weights whose squares are penalised in the loss, by name. */
    default List<String> penalised() {
        return List.of();
    }

    /** Whether the loss of a batch is a sum (of halves of squares), not a mean. */
    default boolean sumsLosses() {
        return false;
    }
}
