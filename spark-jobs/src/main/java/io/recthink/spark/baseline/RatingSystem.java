package io.recthink.spark.baseline;

import io.recthink.spark.table.Readout;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A way to predict ratings from users and items alone.
 *
 * @param <S> its hyper-parameters
 */
public interface RatingSystem<S> {
    /** The name of the system in tables. */
    String system();

    /** The read-out that it predicts. */
    Readout readout();

    /** What its training minimises. */
    String loss();

    /**
     * Tries settings on the validation ratings of a set, of which there must be some. The loss of a trial is the mean of
     * squares, or of absolute errors, of what {@link Model#predict} would give for them.
     */
    Search<S> search(RatingSet ratings);

    /**
     * Trains with one setting on the train ratings of a set. This may be another set than was searched, see {@code
     * prepare.refit}.
     */
    Model train(RatingSet ratings, Trial<S> chosen);

    /** A trained system; it can predict until it is closed. */
    interface Model extends AutoCloseable {
        /**
         * Predicts every row, whether its user and item are known or not.
         *
         * @param rows with rowId, userId and itemId
         * @return rowId, yhat within the rating scale, and {@link PredictionTable#cold}
         */
        Dataset<Row> predict(Dataset<Row> rows);

        @Override
        void close();
    }
}
