package io.recthink.review;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.recthink.review.Parameter.Start;
import io.recthink.torch.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * DeepCoNN: two convolutional networks read the document of the user and that of the item; a factorisation machine predicts
 * the rating from both (Zheng, Noroozi and Yu, WSDM 2017).
 *
 * @param idBias adds a scalar of the user and one of the item, which is no longer pure DeepCoNN
 */
public record DeepCoNN(Sizes sizes, boolean idBias) implements ReviewNetwork {
    @Override
    public List<Parameter> parameters() {
        int n = sizes.latent();
        List<Parameter> all = new ArrayList<>();
        for (String side : Sides.BOTH) {
            all.addAll(Convolved.parameters(side, sizes, Start.XAVIER));
        }
        for (String side : Sides.BOTH) {
            all.add(Parameter.weight(side + ".linear.weight", Start.UNIFORM, n, sizes.filters()));
            all.add(Parameter.bias(side + ".linear.bias", Start.TENTH, n));
        }
        all.add(Parameter.bias("head.w0", Start.MEAN, 1));
        all.add(Parameter.weight("head.w", Start.UNIFORM, 2L * n));
        all.add(Parameter.weight("head.V", Start.UNIFORM, 2L * n, sizes.interactions()));
        if (idBias) {
            all.addAll(Sides.scalars(sizes, Start.ZERO));
        }
        return all;
    }

    @Override
    public Prepared prepare(Batch batch, Map<String, NDArray> values, NDManager manager) {
        Convolved user = convolved(Sides.USER, batch.user(), values, manager);
        Convolved item = convolved(Sides.ITEM, batch.item(), values, manager);
        NDArray userIds = manager.create(Sides.longs(batch.user().ids()));
        NDArray itemIds = manager.create(Sides.longs(batch.item().ids()));
        return (now, dropout, scratch) -> {
            NDArray predictions = Kernels.instance()
                    .callForTensorWithGradient(
                            "deepconn_head",
                            scratch,
                            user.features(now, scratch),
                            item.features(now, scratch),
                            now.get("user.linear.weight"),
                            now.get("user.linear.bias"),
                            now.get("item.linear.weight"),
                            now.get("item.linear.bias"),
                            now.get("head.w0"),
                            now.get("head.w"),
                            now.get("head.V"),
                            dropout.next(scratch, batch.rows(), sizes.interactions()));
            return idBias ? predictions.add(Sides.scalars(now, userIds, itemIds, scratch)) : predictions;
        };
    }

    private Convolved convolved(String name, Side side, Map<String, NDArray> values, NDManager manager) {
        return Convolved.of(name, Texts.of(side.texts(), sizes.tokens(), false, manager), values, manager);
    }
}
