package io.recthink.review;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.recthink.review.Parameter.Start;
import io.recthink.torch.Gradients;
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
        @JsonProperty("nfm")
        NFM,
        /** A linear function with scalars of the ids. */
        @JsonProperty("lfm")
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
        return new Documents(
                this,
                Texts.of(batch.user().texts(), sizes.tokens(), false, manager),
                Texts.of(batch.item().texts(), sizes.tokens(), false, manager),
                manager.create(Sides.longs(batch.user().ids())),
                manager.create(Sides.longs(batch.item().ids())));
    }

    /** A batch as tensors. */
    private record Documents(DAML network, Texts user, Texts item, NDArray userIds, NDArray itemIds)
            implements Prepared {
        @Override
        public NDArray predict(Map<String, NDArray> values, Dropout dropout, NDManager manager) {
            NDArray userFeatures =
                    Convolution.of(Sides.USER, user, values, manager).features().add(values.get("user.conv.bias"));
            NDArray itemFeatures =
                    Convolution.of(Sides.ITEM, item, values, manager).features().add(values.get("item.conv.bias"));
            NDList attention = attention(userFeatures, itemFeatures, manager);
            return predict(userFeatures, itemFeatures, attention, values, dropout, manager);
        }

        /**
         * Convolution and attention go back by kernels of their own: libtorch would keep and read again a dozen numbers for each
         * pair of places.
         */
        @Override
        public Recorded record(Map<String, NDArray> leaves, Dropout dropout, NDManager manager) {
            Features users = Features.of(Sides.USER, user, leaves, manager);
            Features items = Features.of(Sides.ITEM, item, leaves, manager);
            NDList attention = attention(users.biased(), items.biased(), manager);
            NDList weights =
                    new NDList(Gradients.leaf(attention.get(0), manager), Gradients.leaf(attention.get(1), manager));
            NDArray userLeaf = Gradients.leaf(users.biased(), manager);
            NDArray itemLeaf = Gradients.leaf(items.biased(), manager);
            NDArray predictions =
                    Gradients.record(() -> predict(userLeaf, itemLeaf, weights, leaves, dropout, manager));
            return new Recorded(predictions, slopes -> {
                Gradients.backward(predictions, slopes);
                NDList more = Kernels.instance()
                        .callWithGradient(
                                "daml_attention_backward",
                                manager,
                                userLeaf,
                                itemLeaf,
                                user.texts(),
                                item.texts(),
                                gradient(weights.get(0), manager),
                                gradient(weights.get(1), manager));
                users.backward(more.get(0).addi(gradient(userLeaf, manager)), manager);
                items.backward(more.get(1).addi(gradient(itemLeaf, manager)), manager);
            });
        }

        private NDList attention(NDArray userFeatures, NDArray itemFeatures, NDManager manager) {
            return Kernels.instance()
                    .callWithGradient(
                            "daml_attention", manager, userFeatures, itemFeatures, user.texts(), item.texts());
        }

        private NDArray predict(
                NDArray userFeatures,
                NDArray itemFeatures,
                NDList attention,
                Map<String, NDArray> values,
                Dropout dropout,
                NDManager manager) {
            NDArray length = manager.create((long) network.sizes.tokens());
            int rows = (int) userIds.size();
            NDArray x = Kernels.instance()
                    .callForTensorWithGradient(
                            "daml_vector",
                            manager,
                            text(Sides.USER, userFeatures, attention.get(0), length, values, manager),
                            text(Sides.ITEM, itemFeatures, attention.get(1), length, values, manager),
                            values.get("user.ids"),
                            values.get("item.ids"),
                            userIds,
                            itemIds,
                            dropout.next(manager, rows, 4L * network.sizes.latent()));
            NDArray predictions = network.predict(x, rows, values, dropout, manager);
            return network.scalars() ? predictions.add(Sides.scalars(values, userIds, itemIds, manager)) : predictions;
        }
    }

    private NDArray predict(NDArray x, int rows, Map<String, NDArray> values, Dropout dropout, NDManager manager) {
        Kernels kernels = Kernels.instance();
        if (head == Head.LFM) {
            return kernels.callForTensorWithGradient(
                    "daml_line", manager, x, values.get("head.w"), values.get("head.w0"));
        }
        return kernels.callForTensorWithGradient(
                "daml_head",
                manager,
                x,
                values.get("head.V"),
                values.get("head.mlp.weight"),
                values.get("head.mlp.bias"),
                values.get("head.h"),
                values.get("head.w"),
                values.get("head.w0"),
                dropout.next(manager, rows, sizes.interactions()));
    }

    private static NDArray gradient(NDArray leaf, NDManager manager) {
        return Gradients.of(leaf, manager).orElseThrow();
    }

    /**
     * The document convolution of one side.
     *
     * @param table what words add to windows, {@code [U * 3, K]}
     * @param gates how much words count, {@code [B, W]}
     * @param features the convolution without its bias, {@code [B, W, K]}
     */
    private record Convolution(Texts texts, NDArray table, NDArray gates, NDArray features) {
        static Convolution of(String side, Texts texts, Map<String, NDArray> values, NDManager manager) {
            NDArray table = table(side, texts, values, manager);
            NDArray gates = gates(side, texts, values, manager);
            return new Convolution(texts, table, gates, convolved(texts, table, gates, manager));
        }

        static NDArray table(String side, Texts texts, Map<String, NDArray> values, NDManager manager) {
            return Kernels.instance()
                    .callForTensorWithGradient(
                            "word_table",
                            manager,
                            values.get(side + ".words"),
                            texts.unique(),
                            values.get(side + ".conv.weight"));
        }

        static NDArray gates(String side, Texts texts, Map<String, NDArray> values, NDManager manager) {
            return Kernels.instance()
                    .callForTensorWithGradient(
                            "daml_gates",
                            manager,
                            values.get(side + ".words"),
                            values.get("gate.weight"),
                            values.get("gate.bias"),
                            texts.unique(),
                            texts.texts());
        }

        static NDArray convolved(Texts texts, NDArray table, NDArray gates, NDManager manager) {
            return Kernels.instance()
                    .callForTensorWithGradient("daml_convolution", manager, table, gates, texts.texts());
        }
    }

    /**
     * The features of one side with their way back.
     *
     * @param convolution whose table and gates are recorded
     * @param plain its features, with a gradient
     * @param biased the features with their bias, recorded, {@code [B, W, K]}
     */
    private record Features(Convolution convolution, NDArray plain, NDArray biased) {
        static Features of(String side, Texts texts, Map<String, NDArray> leaves, NDManager manager) {
            NDArray table = Gradients.record(() -> Convolution.table(side, texts, leaves, manager));
            NDArray gates = Gradients.record(() -> Convolution.gates(side, texts, leaves, manager));
            Convolution convolution =
                    new Convolution(texts, table, gates, Convolution.convolved(texts, table, gates, manager));
            NDArray plain = Gradients.leaf(convolution.features(), manager);
            NDArray biased = Gradients.record(() -> plain.add(leaves.get(side + ".conv.bias")));
            return new Features(convolution, plain, biased);
        }

        /** Adds to the gradients of the leaves, from the gradient of {@link #biased}. */
        void backward(NDArray slopes, NDManager manager) {
            Gradients.backward(biased, slopes);
            NDList back = Kernels.instance()
                    .callWithGradient(
                            "daml_convolution_backward",
                            manager,
                            convolution.table(),
                            convolution.gates(),
                            convolution.texts().texts(),
                            gradient(plain, manager));
            Gradients.backward(convolution.table(), back.get(0));
            Gradients.backward(convolution.gates(), back.get(1));
        }
    }

    private static NDArray text(
            String side,
            NDArray features,
            NDArray attention,
            NDArray length,
            Map<String, NDArray> values,
            NDManager manager) {
        return Kernels.instance()
                .callForTensorWithGradient(
                        "daml_text",
                        manager,
                        features,
                        attention,
                        length,
                        values.get(side + ".abstract.weight"),
                        values.get(side + ".abstract.bias"),
                        values.get(side + ".linear.weight"),
                        values.get(side + ".linear.bias"));
    }
}
