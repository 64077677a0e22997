package io.recthink.spark.baseline.mf;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What one task of a factorisation holds: the factors of its own user block, and those of the item block that visits it.
 *
 * @param losses sums of validation losses, one a pass, since the last time that the driver looked at them
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record BlockState(int userBlock, Factors users, int itemBlock, Factors items, double[] losses) implements Serializable {
    BlockState(int userBlock, Factors users, int itemBlock, Factors items) {
        this(userBlock, users, itemBlock, items, new double[0]);
    }

    /** The state after a pass over the ratings of both blocks. This one stays as it is: its task may be repeated. */
    BlockState trained(UserRatings ratings, Descent descent, long seed) {
        Factors newUsers = users.copy();
        Factors newItems = items.copy();
        descent.pass(ratings.train().get(itemBlock), newUsers, newItems, seed);
        double[] more = Arrays.copyOf(losses, losses.length + 1);
        more[losses.length] = descent.validationLoss(ratings.validation().get(itemBlock), newUsers, newItems);
        return new BlockState(userBlock, newUsers, itemBlock, newItems, more);
    }

    /** The same factors, without losses. */
    BlockState looked() {
        return new BlockState(userBlock, users, itemBlock, items);
    }

    /** The item block as it travels: to the user block before, for which it is the next one. */
    Visit leaving(int blocks) {
        return new Visit(Math.floorMod(userBlock - 1, blocks), itemBlock, items);
    }

    /** The state after another item block has come. */
    BlockState visited(Visit visit) {
        return new BlockState(userBlock, users, visit.itemBlock(), visit.items());
    }

    /** An item block on its way. */
    record Visit(int userBlock, int itemBlock, Factors items) implements Serializable {}
}
