package io.recthink.spark.baseline.mf;

import io.recthink.spark.baseline.Search;
import java.util.ArrayList;
import java.util.List;

/**
 * The settings that a search tries. The middle of the configured lists is the first. The other combinations follow in
 * an order drawn from the seed (random search: Bergstra and Bengio 2012). {@code mf.maxUpdates} and
 * {@code mf.minSettings} limit their number.
 */
final class Settings {
    private Settings() {}

    /** The settings of a factorisation. */
    static List<Setting> of(MfSettings mf, long ratings, long seed) {
        List<Setting> all = new ArrayList<>();
        mf.factors().forEach(factors -> mf.learningRates()
                .forEach(rate -> mf.factorPenalties().forEach(factorPenalty -> mf.biasPenalties()
                        .forEach(biasPenalty -> all.add(new Setting(factors, rate, factorPenalty, biasPenalty))))));
        Setting middle = new Setting(
                middle(mf.factors()),
                middle(mf.learningRates()),
                middle(mf.factorPenalties()),
                middle(mf.biasPenalties()));
        return Search.candidates(all, middle, number(mf, ratings), seed, "mf setting");
    }

    /** The penalties of ALS at its first rank. A higher rank improves little when the penalty is right. */
    static List<AlsSetting> ofAls(MfSettings mf, long ratings, long seed) {
        AlsSettings als = mf.als();
        int rank = als.ranks().get(0);
        List<AlsSetting> all = als.penalties().stream()
                .map(penalty -> new AlsSetting(rank, penalty))
                .toList();
        return Search.candidates(
                all, new AlsSetting(rank, middle(als.penalties())), number(mf, ratings), seed, "mf setting");
    }

    /** The other ranks of ALS, with the penalty of the best setting. */
    static List<AlsSetting> otherRanks(MfSettings mf, AlsSetting best) {
        return mf.als().ranks().stream()
                .filter(rank -> rank != best.rank())
                .distinct()
                .map(rank -> new AlsSetting(rank, best.penalty()))
                .toList();
    }

    private static int number(MfSettings mf, long ratings) {
        double affordable = mf.maxUpdates() / ((double) ratings * mf.maxEpochs());
        return (int) Math.max(mf.minSettings(), Math.min(Integer.MAX_VALUE, affordable));
    }

    /** The middle value; the lower of two. */
    private static <T> T middle(List<T> values) {
        return values.get((values.size() - 1) / 2);
    }
}
