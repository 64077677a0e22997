package io.recthink.spark.baseline;

import io.recthink.spark.table.RatingErrors;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A system with its chosen setting and its predictions.
 *
 * @param predicted the predictions of the split {@code predict.split}
 * @param validated the predictions of the validation rows, from a model that has not seen these rows
 */
public record FittedSystem(Fit<?> fit, PredictionTable predicted, PredictionTable validated) implements AutoCloseable {

    /** Searches, then trains and predicts with each seed. */
    public static <S> List<FittedSystem> of(RatingSystem<S> system, FittingRows rows) {
        Search<S> search = system.search(rows.train());
        Trial<S> chosen = search.best(system.learningRates());
        String name = system.system() + " " + system.readout();
        return SideBySide.run(
                rows.predicted().sparkSession().sparkContext(),
                name,
                system.seeds().size(),
                system.seeds().stream()
                        .map(seed -> new SideBySide.Piece<>(
                                name + ", seed " + seed, () -> of(system, rows, search, chosen, seed)))
                        .toList());
    }

    private static <S> FittedSystem of(
            RatingSystem<S> system, FittingRows rows, Search<S> search, Trial<S> chosen, long seed) {
        Trained<S> train = Trained.of(system, rows.train(), chosen, seed);
        PredictionTable validated = train.predict(rows.validation());
        // Without a refit both models have the same training rows, so one model is enough.
        Trained<S> refit = rows.refit() == rows.train() ? train : Trained.of(system, rows.refit(), chosen, seed);
        PredictionTable predicted = refit.predict(rows.predicted());
        train.model().close();
        refit.model().close();
        return new FittedSystem(fit(search, chosen, rows, refit, predicted, validated), predicted, validated);
    }

    /** A trained model and the seconds of its training. */
    private record Trained<S>(RatingSystem<S> system, long seed, RatingSystem.Model model, double seconds) {
        static <S> Trained<S> of(RatingSystem<S> system, RatingSet ratings, Trial<S> chosen, long seed) {
            long start = System.nanoTime();
            RatingSystem.Model model = system.train(ratings, chosen, seed);
            double seconds = (System.nanoTime() - start) / 1e9;
            return new Trained<>(system, seed, model, model.trainingSeconds().orElse(seconds));
        }

        PredictionTable predict(Dataset<Row> rows) {
            return PredictionTable.of(system.system(), system.readout(), seed, model.predict(rows));
        }
    }

    private static <S> Fit<S> fit(
            Search<S> search,
            Trial<S> chosen,
            FittingRows rows,
            Trained<S> refit,
            PredictionTable predicted,
            PredictionTable validated) {
        RatingErrors errors = validated.errors(rows.validation());
        return new Fit<>(
                refit.system().system(),
                refit.system().readout(),
                refit.seed(),
                refit.system().loss(),
                search.trials(),
                chosen,
                rows.refit().trainRows(),
                1,
                1,
                search.seconds(),
                refit.seconds(),
                1e6 * predicted.seconds() / predicted.rows(),
                errors.mae(),
                errors.rmse());
    }

    @Override
    public void close() {
        predicted.close();
        validated.close();
    }
}
