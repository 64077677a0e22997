package io.recthink.review;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.recthink.review.Parameter.Start;
import io.recthink.torch.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * DAML: the words of both documents weigh each other by the distances of their features; a neural factorisation machine predicts
 * the rating from the texts and the ids (Liu, Li, Du, Chang and Gao, KDD 2019).
 *
 * @param head the last part of the network
 * @param idBias adds a scalar of the user and one of the item to the head {@link Head#NFM}; {@link Head#LFM} always has them
 */
public record DAML(Sizes sizes, Head head, boolean idBias) implements ReviewNetwork {
    private static final int WIDTH = 3;
    private static final int NEIGHBOURHOOD = 5;

    /** The last part of the network. */
    public enum Head {
        /** A neural factorisation machine, as in the paper. */
        NFM,
        /** A linear function with scalars of the ids. */
        LFM
    }

    @Override
    public List<Parameter> parameters() {
        int n = sizes.latent();
        int filters = sizes.filters();
        int k = sizes.interactions();
        List<Parameter> all = new ArrayList<>();
        all.add(Parameter.weight("gate.weight", Start.XAVIER, 1, sizes.wordDimension(), NEIGHBOURHOOD));
        all.add(Parameter.bias("gate.bias", Start.TENTH, 1));
        for (String side : Sides.BOTH) {
            all.addAll(Convolved.parameters(side, sizes, Start.XAVIER));
            all.add(Parameter.weight(side + ".abstract.weight", Start.XAVIER, filters, filters, WIDTH));
            all.add(Parameter.bias(side + ".abstract.bias", Start.TENTH, filters));
            all.add(Parameter.weight(side + ".linear.weight", Start.UNIFORM, n, filters));
            all.add(Parameter.bias(side + ".linear.bias", Start.TENTH, n));
            all.add(Parameter.table(side + ".ids", Start.IDS, Sizes.rows(Sides.ids(side, sizes)), n));
        }
        if (head == Head.NFM) {
            all.add(Parameter.weight("head.V", Start.UNIFORM, 4L * n, k));
            all.add(Parameter.weight("head.mlp.weight", Start.UNIFORM, k, k));
            all.add(Parameter.bias("head.mlp.bias", Start.TENTH, k));
            all.add(Parameter.weight("head.h", Start.UNIFORM, k));
        }
        all.add(Parameter.weight("head.w", Start.UNIFORM, 4L * n));
        all.add(Parameter.bias("head.w0", Start.MEAN, 1));
        if (scalars()) {
            all.addAll(Sides.scalars(sizes, Start.ZERO));
        }
        return all;
    }

    private boolean scalars() {
        return idBias || head == Head.LFM;
    }

    @Override
    public Prepared prepare(Batch batch, Map<String, NDArray> values, NDManager manager) {
        Texts user = Texts.of(batch.user().texts(), sizes.tokens(), false, manager);
        Texts item = Texts.of(batch.item().texts(), sizes.tokens(), false, manager);
        NDArray userIds = manager.create(Sides.longs(batch.user().ids()));
        NDArray itemIds = manager.create(Sides.longs(batch.item().ids()));
        NDArray length = manager.create((long) sizes.tokens());
        return (now, dropout, scratch) -> {
            NDArray userFeatures = features(Sides.USER, user, now, scratch);
            NDArray itemFeatures = features(Sides.ITEM, item, now, scratch);
            NDList attention = Kernels.instance()
                    .callWithGradient(
                            "daml_attention", scratch, userFeatures, itemFeatures, user.texts(), item.texts());
            NDArray x = Kernels.instance()
                    .callWithGradient(
                            "daml_vector",
                            scratch,
                            text(Sides.USER, userFeatures, attention.get(0), length, now, scratch),
                            text(Sides.ITEM, itemFeatures, attention.get(1), length, now, scratch),
                            now.get("user.ids"),
                            now.get("item.ids"),
                            userIds,
                            itemIds,
                            dropout.next(scratch, batch.rows(), 4L * sizes.latent()))
                    .singletonOrThrow();
            NDArray predictions = predict(x, batch.rows(), now, dropout, scratch);
            return scalars() ? predictions.add(Sides.scalars(now, userIds, itemIds, scratch)) : predictions;
        };
    }

    private NDArray predict(NDArray x, int rows, Map<String, NDArray> values, Dropout dropout, NDManager manager) {
        Kernels kernels = Kernels.instance();
        return (head == Head.LFM
                        ? kernels.callWithGradient("daml_line", manager, x, values.get("head.w"), values.get("head.w0"))
                        : kernels.callWithGradient(
                                "daml_head",
                                manager,
                                x,
                                values.get("head.V"),
                                values.get("head.mlp.weight"),
                                values.get("head.mlp.bias"),
                                values.get("head.h"),
                                values.get("head.w"),
                                values.get("head.w0"),
                                dropout.next(manager, rows, sizes.interactions())))
                .singletonOrThrow();
    }

    private static NDArray features(String side, Texts texts, Map<String, NDArray> values, NDManager manager) {
        return Kernels.instance()
                .callWithGradient(
                        "daml_features",
                        manager,
                        values.get(side + ".words"),
                        values.get("gate.weight"),
                        values.get("gate.bias"),
                        values.get(side + ".conv.weight"),
                        values.get(side + ".conv.bias"),
                        texts.unique(),
                        texts.texts())
                .singletonOrThrow();
    }

    private static NDArray text(
            String side,
            NDArray features,
            NDArray attention,
            NDArray length,
            Map<String, NDArray> values,
            NDManager manager) {
        return Kernels.instance()
                .callWithGradient(
                        "daml_text",
                        manager,
                        features,
                        attention,
                        length,
                        values.get(side + ".abstract.weight"),
                        values.get(side + ".abstract.bias"),
                        values.get(side + ".linear.weight"),
                        values.get(side + ".linear.bias"))
                .singletonOrThrow();
    }
}
