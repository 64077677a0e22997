package io.recthink.review;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.recthink.review.Parameter.Start;
import io.recthink.torch.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * NARRE: each review is read alone; attention weighs the reviews of the user and those of the item, and vectors and scalars of
 * the ids join them (Chen, Zhang, Liu and Ma, WWW 2018).
 *
 * @param reviews the largest number of reviews of a row; with {@code maskPadding} off, every row has as many slots
 * @param maskPadding whether slots without a review, and windows without a word, count for nothing; off as in the authors' code
 */
public record NARRE(Sizes sizes, int reviews, boolean maskPadding) implements ReviewNetwork {
    @Override
    public List<Parameter> parameters() {
        int n = sizes.latent();
        int attention = sizes.attention();
        List<Parameter> all = new ArrayList<>();
        for (String side : Sides.BOTH) {
            all.addAll(Convolved.parameters(side, sizes, Start.NORMAL));
        }
        for (String side : Sides.BOTH) {
            int others = Sizes.rows(Sides.ids(Sides.other(side), sizes));
            all.add(Parameter.table(side + ".reviewIds", Start.IDS, others, n));
            all.add(Parameter.weight(side + ".attention.review", Start.UNIFORM, attention, sizes.filters()));
            all.add(Parameter.weight(side + ".attention.id", Start.UNIFORM, attention, n));
            all.add(Parameter.bias(side + ".attention.bias", Start.TENTH, attention));
            all.add(Parameter.weight(side + ".attention.v", Start.UNIFORM, attention));
            all.add(Parameter.weight(side + ".linear.weight", Start.UNIFORM, n, sizes.filters()));
            all.add(Parameter.bias(side + ".linear.bias", Start.TENTH, n));
            all.add(Parameter.table(side + ".ids", Start.IDS, Sizes.rows(Sides.ids(side, sizes)), n));
        }
        all.addAll(Sides.scalars(sizes, Start.TENTH));
        all.add(Parameter.weight("head.w", Start.UNIFORM, n));
        all.add(Parameter.bias("head.mu", Start.MEAN, 1));
        return all;
    }

    @Override
    public boolean sumsLosses() {
        return true;
    }

    @Override
    public List<String> penalised() {
        return List.of("user.attention.review", "user.attention.id", "item.attention.review", "item.attention.id");
    }

    @Override
    public Prepared prepare(Batch batch, Map<String, NDArray> values, NDManager manager) {
        Slots user = Slots.of(this, Sides.USER, batch.user(), values, manager);
        Slots item = Slots.of(this, Sides.ITEM, batch.item(), values, manager);
        return (now, dropout, scratch) -> {
            NDArray userLatent = user.latent(now, dropout.next(scratch, batch.rows(), sizes.filters()), scratch);
            NDArray itemLatent = item.latent(now, dropout.next(scratch, batch.rows(), sizes.filters()), scratch);
            return Kernels.instance()
                    .callForTensorWithGradient(
                            "narre_head",
                            scratch,
                            userLatent,
                            itemLatent,
                            Sides.scalars(now, user.ids(), item.ids(), scratch),
                            now.get("head.w"),
                            now.get("head.mu"),
                            dropout.next(scratch, batch.rows(), sizes.latent()));
        };
    }

    /**
     * The attention over the reviews of the items, without a dropout.
     *
     * @return for each row the weights of its reviews in their order; their sum is 1, or less without {@code maskPadding}
     */
    List<float[]> attentionToItems(Batch batch, Map<String, NDArray> values, NDManager manager) {
        Slots item = Slots.of(this, Sides.ITEM, batch.item(), values, manager);
        NDArray alpha = item.both(values, manager.create(new float[0]), manager).get(1);
        int slots = (int) alpha.getShape().get(1);
        float[] flat = alpha.toFloatArray();
        List<float[]> weights = new ArrayList<>();
        for (int row = 0; row < batch.rows(); row++) {
            int from = row * slots;
            weights.add(Arrays.copyOfRange(
                    flat, from, from + batch.item().counterparts().get(row).length));
        }
        return weights;
    }

    /**
     * The reviews of one side as tensors.
     *
     * @param places the slot of each review, of all {@code B * S + 1}
     * @param counterparts whom the review in a slot is about or by, {@code [B, S]}
     * @param there 1 where a slot counts, {@code [B, S]}
     */
    private record Slots(
            String side, Convolved reviews, NDArray places, NDArray counterparts, NDArray there, NDArray ids) {
        static Slots of(NARRE network, String name, Side side, Map<String, NDArray> values, NDManager manager) {
            int rows = side.ids().length;
            int most = side.counterparts().stream()
                    .mapToInt(row -> row.length)
                    .max()
                    .orElse(0);
            if (most > network.reviews) {
                throw new IllegalArgumentException(
                        "a row has %d reviews, and the network takes %d".formatted(most, network.reviews));
            }
            int slots = network.maskPadding ? Math.max(1, most) : network.reviews;
            int none = Sizes.rows(Sides.ids(Sides.other(name), network.sizes)) - 1;
            List<int[]> texts = new ArrayList<>();
            List<Long> places = new ArrayList<>();
            long[] counterparts = new long[rows * slots];
            float[] there = new float[rows * slots];
            int next = 0;
            for (int row = 0; row < rows; row++) {
                int[] reviews = side.counterparts().get(row);
                for (int slot = 0; slot < slots; slot++) {
                    int place = row * slots + slot;
                    boolean full = slot < reviews.length;
                    counterparts[place] = full ? reviews[slot] : none;
                    there[place] = full || !network.maskPadding ? 1 : 0;
                    if (full || !network.maskPadding) {
                        texts.add(full ? side.texts().get(next) : new int[0]);
                        places.add((long) place);
                    }
                    next += full ? 1 : 0;
                }
            }
            if (texts.isEmpty()) { // the kernels need a text; it stands in the slot of nobody
                texts.add(new int[0]);
                places.add((long) rows * slots);
            }
            Texts packed = Texts.of(texts, network.sizes.tokens(), !network.maskPadding, manager);
            Shape shape = new Shape(rows, slots);
            return new Slots(
                    name,
                    Convolved.of(name, packed, values, manager),
                    manager.create(places.stream().mapToLong(Long::longValue).toArray()),
                    manager.create(counterparts, shape),
                    manager.create(there, shape),
                    manager.create(Sides.longs(side.ids())));
        }

        NDArray latent(Map<String, NDArray> values, NDArray dropout, NDManager manager) {
            return both(values, dropout, manager).get(0);
        }

        /** The latent vectors {@code [B, n]} and the attention {@code [B, S]}. */
        NDList both(Map<String, NDArray> values, NDArray dropout, NDManager manager) {
            return Kernels.instance()
                    .callWithGradient(
                            "narre_side",
                            manager,
                            reviews.features(values, manager),
                            places,
                            counterparts,
                            there,
                            ids,
                            values.get(side + ".reviewIds"),
                            values.get(side + ".attention.review"),
                            values.get(side + ".attention.id"),
                            values.get(side + ".attention.bias"),
                            values.get(side + ".attention.v"),
                            values.get(side + ".linear.weight"),
                            values.get(side + ".linear.bias"),
                            values.get(side + ".ids"),
                            dropout);
        }
    }
}
