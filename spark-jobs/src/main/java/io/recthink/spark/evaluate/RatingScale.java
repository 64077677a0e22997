package io.recthink.spark.evaluate;

import io.recthink.InvalidInputException;
import io.recthink.spark.table.RatingGrid;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/**
 * The ratings that occur as truths, and the classes of the report. A class is a rating, or, with more than
 * {@value #MOST_CLASSES} ratings, the nearest whole number.
 *
 * @param grid all ratings of the scale
 * @param ratings ascending
 * @param classes ascending
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RatingScale(RatingGrid grid, double[] ratings, double[] classes) implements Serializable {
    private static final int MOST_CLASSES = 20;
    private static final int MOST_RATINGS = 10_000;

    /**
     * Collects the distinct truths.
     *
     * @throws InvalidInputException when there are more than {@value #MOST_RATINGS}
     */
    static RatingScale of(Dataset<Row> rows, RatingGrid grid) {
        List<Double> distinct = rows.select("truth")
                .distinct()
                .limit(MOST_RATINGS + 1)
                .as(Encoders.DOUBLE())
                .collectAsList();
        if (distinct.size() > MOST_RATINGS) {
            throw new InvalidInputException(
                    "there are more than %d different ratings; round them in source.columns.rating"
                            .formatted(MOST_RATINGS));
        }
        double[] ratings =
                distinct.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double[] classes = ratings.length <= MOST_CLASSES
                ? ratings
                : Arrays.stream(ratings).map(Math::rint).distinct().toArray();
        return new RatingScale(grid, ratings, classes);
    }

    double min() {
        return grid.min();
    }

    double max() {
        return grid.max();
    }

    int rating(double truth) {
        return Arrays.binarySearch(ratings, truth);
    }

    int classOf(double truth) {
        return Arrays.binarySearch(classes, classes.length == ratings.length ? truth : Math.rint(truth));
    }
}
