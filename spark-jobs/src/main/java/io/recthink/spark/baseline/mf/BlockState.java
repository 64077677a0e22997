package io.recthink.spark.baseline.mf;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The state of one task of a factorisation: the factors of its user block, and of the item block that is visiting it.
 *
 * @param losses the sums of validation losses, one per pass, since the driver last read them
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record BlockState(int userBlock, Factors users, int itemBlock, Factors items, double[] losses) implements Serializable {
    BlockState(int userBlock, Factors users, int itemBlock, Factors items) {
        this(userBlock, users, itemBlock, items, new double[0]);
    }

    /**
     * The state after a pass over the ratings of both blocks. This object does not change, because its task may be
     * repeated.
     */
    BlockState trained(UserRatings ratings, Descent descent, long seed) {
        Factors newUsers = users.copy();
        Factors newItems = items.copy();
        descent.pass(ratings.train().get(itemBlock), newUsers, newItems, seed);
        double[] more = Arrays.copyOf(losses, losses.length + 1);
        more[losses.length] = descent.validationLoss(ratings.validation().get(itemBlock), newUsers, newItems);
        return new BlockState(userBlock, newUsers, itemBlock, newItems, more);
    }

    /** This state without losses. */
    BlockState looked() {
        return new BlockState(userBlock, users, itemBlock, items);
    }

    /** The item block on its way to the previous user block, which needs it next. */
    Visit leaving(int blocks) {
        return new Visit(Math.floorMod(userBlock - 1, blocks), itemBlock, items);
    }

    /** The state after the visit of another item block. */
    BlockState visited(Visit visit) {
        return new BlockState(userBlock, users, visit.itemBlock(), visit.items());
    }

    /** An item block on its way to a user block. */
    record Visit(int userBlock, int itemBlock, Factors items) implements Serializable {}
}
