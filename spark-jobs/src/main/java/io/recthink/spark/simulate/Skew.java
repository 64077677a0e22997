package io.recthink.spark.simulate;

import java.util.BitSet;
import java.util.SplittableRandom;

/**
 * The number of reviews of each user, and the reviewed items, in a log where few users and few items have most reviews.
 * User n has {@code heaviestUser / (n + 1)^2} reviews, but at least {@code reviewsPerUser}. Items are drawn by a power
 * law: item n in proportion to the integral of {@code x^-popularity} from n + 1 to n + 2. If the user has already
 * reviewed the drawn item, the next item without a review by this user replaces it. Not thread-safe.
 */
final class Skew {
    private final SimulateSettings settings;
    private final double exponent;
    private final double reach;
    private final BitSet reviewed = new BitSet(); // empty between users

    Skew(SimulateSettings settings) {
        this.settings = settings;
        this.exponent = 1 - settings.popularity();
        this.reach = StrictMath.pow(settings.items() + 1.0, exponent) - 1;
    }

    /** The number of reviews of a user. */
    int reviews(int user) {
        long place = user + 1L;
        return (int) Math.max(settings.reviewsPerUser(), settings.heaviestUser() / (place * place));
    }

    /** The number of reviews of all users. */
    long reviews() {
        long sum = 0;
        for (int user = 0; user < settings.users(); user++) {
            sum += reviews(user);
        }
        return sum;
    }

    /** The numbers of the items that a user reviews, without repetition, in the order of drawing. */
    int[] items(int user, SplittableRandom random) {
        int[] items = new int[reviews(user)];
        for (int i = 0; i < items.length; i++) {
            items[i] = free(draw(random.nextDouble()));
            reviewed.set(items[i]);
        }
        for (int item : items) {
            reviewed.clear(item);
        }
        return items;
    }

    private int free(int drawn) {
        int item = reviewed.nextClearBit(drawn);
        return item < settings.items() ? item : reviewed.nextClearBit(0);
    }

    /** The inverse of the distribution function. StrictMath gives the same log on every machine. */
    private int draw(double u) {
        double place =
                exponent == 0 ? StrictMath.pow(settings.items() + 1.0, u) : StrictMath.pow(1 + u * reach, 1 / exponent);
        return Math.min(settings.items(), (int) place) - 1;
    }
}
