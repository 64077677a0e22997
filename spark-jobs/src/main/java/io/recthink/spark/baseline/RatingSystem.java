package io.recthink.spark.baseline;

import io.recthink.spark.table.Readout;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A system that learns to predict ratings.
 *
 * @param <S> the hyper-parameters of the system
 */
public interface RatingSystem<S> {
    /** The name of the system in tables. */
    String system();

    /** The read-out of the predictions. */
    Readout readout();

    /** The name of the loss that the training minimises. */
    String loss();

    /** The setting with the learning rates, to lower when all trainings diverge. */
    String learningRates();

    /** The seeds, each of a model of its own: the values of the column {@code seed} of the predictions. */
    default List<Long> seeds() {
        return List.of(0L);
    }

    /**
     * Tries settings on the validation ratings of a set, which must not be empty. The loss of a trial is the mean of
     * squares, or of absolute errors, of the predictions of {@link Model#predict}.
     */
    Search<S> search(RatingSet ratings);

    /**
     * Trains with one setting on the train ratings of a set. With {@code prepare.refit} this set differs from the
     * searched set.
     *
     * @param seed one of {@link #seeds}
     */
    Model train(RatingSet ratings, Trial<S> chosen, long seed);

    /** A trained system, which predicts until it is closed. */
    interface Model extends AutoCloseable {
        /**
         * Predicts every row, also with an unknown user or item.
         *
         * @param rows columns rowId, userId and itemId, and the columns that the system asks for
         * @return columns rowId, yhat within the rating scale, and {@link PredictionTable#cold}; and trace, if the system
         *     has traces
         */
        Dataset<Row> predict(Dataset<Row> rows);

        /**
         * The seconds of the training, without the time in which it waited for a processor; empty when nothing else ran
         * and the wall clock says it.
         */
        default OptionalDouble trainingSeconds() {
            return OptionalDouble.empty();
        }

        @Override
        void close();
    }
}
