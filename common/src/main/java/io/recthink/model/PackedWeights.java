package io.recthink.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.recthink.torch.Kernels;
import java.util.HashMap;
import java.util.Map;

/**
 * Copies of a decoder's weights for products with few rows, which are bound by reading the weights: in the copies they
 * lie in the order in which they are read. All that generate with a decoder at the same time share them; the first makes
 * them, the last gives back their memory. Safe for several threads.
 */
final class PackedWeights {
    private final Map<String, NDArray> weights;
    private final NDManager parent;
    private NDManager manager; // of the copies
    private Map<String, NDArray> copies;
    private int holders;

    /**
     * Copies that nobody holds.
     *
     * @param weights matrices in BF16, by name
     * @param parent owner of the copies
     */
    PackedWeights(Map<String, NDArray> weights, NDManager parent) {
        this.weights = Map.copyOf(weights);
        this.parent = parent;
    }

    /** The copies, by the names of the weights; {@link #release} ends it. */
    synchronized Map<String, NDArray> hold() {
        if (holders == 0) {
            manager = parent.newSubManager();
            copies = new HashMap<>();
            weights.forEach(
                    (name, weight) -> copies.put(name, Kernels.instance().call("pack", manager, weight)));
        }
        holders++;
        return copies;
    }

    synchronized void release() {
        holders--;
        if (holders == 0) {
            manager.close();
        }
    }
}
