package io.recthink.spark.baseline.mf;

import io.recthink.progress.Progress;
import io.recthink.spark.baseline.EarlyStop;
import io.recthink.spark.baseline.RatingSet;
import io.recthink.spark.baseline.RatingSystem;
import io.recthink.spark.baseline.Search;
import io.recthink.spark.baseline.Trial;
import io.recthink.spark.table.Readout;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.apache.spark.SparkContext;

/** The system {@value #SYSTEM}: matrix factorisation with one loss. */
final class MatrixFactorization implements RatingSystem<Setting> {
    static final String SYSTEM = "MF";

    private final MfSettings settings;
    private final long seed;
    private final Loss loss;
    private final double min;
    private final double max;

    /**
     * The system for a configuration.
     *
     * @param min the lowest rating of the scale
     * @param max the highest rating of the scale
     */
    MatrixFactorization(MfSettings settings, long seed, Loss loss, double min, double max) {
        this.settings = settings;
        this.seed = seed;
        this.loss = loss;
        this.min = min;
        this.max = max;
    }

    @Override
    public String system() {
        return SYSTEM;
    }

    @Override
    public Readout readout() {
        return loss.readout();
    }

    @Override
    public String loss() {
        return loss.label();
    }

    @Override
    public String learningRates() {
        return "mf.learningRates";
    }

    @Override
    public Search<Setting> search(RatingSet set) {
        BlockedRatings ratings = BlockedRatings.of(set, settings);
        List<Setting> candidates = Settings.of(settings, ratings.trainRows(), seed);
        String name = "mf " + loss.readout().name();
        Progress progress = new Progress(name + " epochs", 0, (long) candidates.size() * settings.maxEpochs());
        AtomicLong epochs = new AtomicLong();
        SparkContext spark = set.validation().sparkSession().sparkContext();
        return Search.of(
                spark,
                name,
                candidates,
                settings.parallelism(),
                setting -> trial(ratings, setting, more -> {
                    synchronized (progress) {
                        progress.done(epochs.addAndGet(more), "");
                    }
                }));
    }

    private Trial<Setting> trial(BlockedRatings ratings, Setting setting, IntConsumer progress) {
        long start = System.nanoTime();
        EarlyStop stop = new EarlyStop(settings.patience());
        try (Training training = new Training(ratings, descent(ratings, setting), seed)) {
            int trained = 0;
            while (!stop.reached() && trained < settings.maxEpochs()) {
                int more = Math.min(training.epochsAtOnce(), settings.maxEpochs() - trained);
                training.advance(more).forEach(stop::epoch);
                trained += more;
                progress.accept(more);
            }
            if (trained < settings.maxEpochs()) {
                progress.accept(settings.maxEpochs() - trained);
            }
        }
        return new Trial<>(setting, stop.bestEpoch(), stop.bestLoss(), (System.nanoTime() - start) / 1e9);
    }

    @Override
    public FittedFactors train(RatingSet set, Trial<Setting> chosen, long onlySeed) {
        BlockedRatings ratings = BlockedRatings.of(set, settings);
        Descent descent = descent(ratings, chosen.setting());
        Training training = new Training(ratings, descent, seed);
        training.advance(chosen.epochs());
        return FittedFactors.of(ratings, training, descent.prediction());
    }

    private Descent descent(BlockedRatings ratings, Setting setting) {
        double middle = loss == Loss.SQUARED ? ratings.mean() : ratings.median();
        return new Descent(loss, setting, new Prediction(middle, settings.biases(), setting.factors(), min, max));
    }
}
