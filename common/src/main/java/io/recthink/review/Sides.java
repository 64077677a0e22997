package io.recthink.review;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.recthink.review.Parameter.Start;
import io.recthink.torch.Kernels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What the networks share about their two sides. */
final class Sides {
    static final String USER = "user";
    static final String ITEM = "item";
    static final List<String> BOTH = List.of(USER, ITEM);

    private Sides() {}

    static int ids(String side, Sizes sizes) {
        return side.equals(USER) ? sizes.users() : sizes.items();
    }

    static String other(String side) {
        return side.equals(USER) ? ITEM : USER;
    }

    static long[] longs(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }

    /** The scalars of users and of items. */
    static List<Parameter> scalars(Sizes sizes, Start start) {
        return BOTH.stream()
                .map(side -> Parameter.bias(side + ".biases", start, Sizes.rows(ids(side, sizes))))
                .toList();
    }

    /** The sum of the scalars of the user and of the item of each row, {@code [B]}. */
    static NDArray scalars(Map<String, NDArray> values, NDArray userIds, NDArray itemIds, NDManager manager) {
        return Kernels.instance()
                .callForTensorWithGradient(
                        "id_scalars", manager, values.get("user.biases"), values.get("item.biases"), userIds, itemIds);
    }
}
