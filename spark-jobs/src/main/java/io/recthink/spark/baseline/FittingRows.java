package io.recthink.spark.baseline;

import static org.apache.spark.sql.functions.col;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.table.PredictSettings;
import io.recthink.spark.table.PrepareSettings;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The rows of the examples by their use.
 *
 * @param train the ratings that the search trains and validates on
 * @param refit the ratings that train the model of the predicted rows. The same object as {@code train}, unless
 *     {@code prepare.refit} is true and {@code predict.split} is {@code test}.
 * @param validation the validation rows
 * @param predicted the rows of {@code predict.split}
 */
public record FittingRows(RatingSet train, RatingSet refit, Dataset<Row> validation, Dataset<Row> predicted)
        implements AutoCloseable {

    /**
     * Divides the examples by their use.
     *
     * @throws InvalidInputException without validation rows, or without rows in {@code predict.split}
     */
    public static FittingRows of(Dataset<Row> examples, Configuration configuration) {
        String split = configuration.get(PredictSettings.class).split();
        Dataset<Row> validation = rows(examples, "validation");
        Dataset<Row> predicted = rows(examples, split);
        if (validation.isEmpty()) {
            throw new InvalidInputException(
                    "settings are chosen on validation rows, but the data set has no validation rows; move"
                            + " prepare.validationFrom");
        }
        if (predicted.isEmpty()) {
            throw new InvalidInputException("predict.split: the split %s has no rows".formatted(split));
        }
        Dataset<Row> train = rows(examples, "train");
        RatingSet ratings = new RatingSet(train, validation);
        boolean more = configuration.get(PrepareSettings.class).refit() && split.equals("test");
        return new FittingRows(
                ratings,
                more ? new RatingSet(train.union(validation), validation.limit(0)) : ratings,
                validation,
                predicted);
    }

    private static Dataset<Row> rows(Dataset<Row> examples, String split) {
        return examples.where(col("split").equalTo(split)).drop("split");
    }

    @Override
    public void close() {
        train.close();
        refit.close();
    }
}
