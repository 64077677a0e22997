package io.recthink.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.recthink.torch.Kernels;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps copies of a decoder's weights for products with few rows, whose time is bound by reading the weights. A copy
 * has the weights in the order in which they are read. All users that generate with a decoder at the same time share
 * the copies: the first user makes them, the last user frees their memory. Safe for several threads.
 */
final class PackedWeights {
    private final Map<String, NDArray> weights;
    private final NDManager parent;
    private NDManager manager; // owner of the copies
    private Map<String, NDArray> copies;
    private int holders;

    /**
     * Creates the object without copies.
     *
     * @param weights matrices in BF16, by name
     * @param parent owner of the copies
     */
    PackedWeights(Map<String, NDArray> weights, NDManager parent) {
        this.weights = Map.copyOf(weights);
        this.parent = parent;
    }

    /** Returns the copies by the names of the weights; call {@link #release} afterwards. */
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
