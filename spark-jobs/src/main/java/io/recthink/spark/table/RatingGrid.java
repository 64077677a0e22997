package io.recthink.spark.table;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.rint;

import io.recthink.InvalidInputException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * The ratings of a scale: equally spaced from the lowest to the highest.
 *
 * @param min the lowest rating
 * @param max the highest rating
 * @param step distance of neighbouring ratings: 1, 0.5, 0.25 or 0.1 stars; 0 when any number is a rating
 */
public record RatingGrid(double min, double max, double step) implements Serializable {
    private static final double[] STEPS = {1, 0.5, 0.25, 0.1};

    /** Tolerance in steps: computed decimal ratings are not exact. */
    private static final double SAME = 1e-6;

    public RatingGrid {
        if (!(min < max) || !(step >= 0)) {
            throw new IllegalArgumentException("ratings from %s to %s by %s".formatted(min, max, step));
        }
    }

    /**
     * The grid of a data folder: from its {@code data.json}, or from its truths when the file has no step.
     *
     * @param folder folder of a complete data set
     * @throws InvalidInputException when the step in the file is not a valid step
     */
    public static RatingGrid read(SparkSession spark, String folder) {
        PreparedData data = PreparedData.read(spark, folder);
        if (data.ratingStep() == null) {
            return of(PreparedData.examples(spark, folder), data.minRating(), data.maxRating());
        } else if (!(data.ratingStep() >= 0)) {
            throw new InvalidInputException(
                    "paths.data: ratingStep of %s must be a number of stars of at least 0 (was %s); prepare the data again"
                            .formatted(folder, data.ratingStep()));
        }
        return new RatingGrid(data.minRating(), data.maxRating(), data.ratingStep());
    }

    /**
     * The largest step that leads from the lowest rating to the highest rating and to every truth.
     *
     * @param truths with the column truth
     */
    public static RatingGrid of(Dataset<Row> truths, double min, double max) {
        List<Column> distances = distances(min);
        Column[] more = distances.stream().skip(1).toArray(Column[]::new);
        return of(truths.agg(distances.get(0), more).collectAsList(), min, max);
    }

    /**
     * Aggregates of a table of truths from which a grid is found.
     *
     * @param min the lowest rating
     */
    public static List<Column> distances(double min) {
        return Arrays.stream(STEPS)
                .mapToObj(step -> off(step, min).as(distance(step)))
                .toList();
    }

    /**
     * The grid that the {@link #distances} of a table show.
     *
     * @param groups a row for each group of truths
     */
    public static RatingGrid of(List<Row> groups, double min, double max) {
        for (double step : STEPS) {
            double end = (max - min) / step;
            boolean ends = Math.abs(end - Math.rint(end)) < SAME;
            boolean reached = groups.stream()
                    .map(row -> row.<Double>getAs(distance(step)))
                    .allMatch(farthest -> farthest == null || farthest < SAME);
            if (ends && reached) {
                return new RatingGrid(min, max, step);
            }
        }
        return new RatingGrid(min, max, 0);
    }

    private static String distance(double step) {
        return "off steps of " + step;
    }

    /** How far a truth lies at most from the next multiple of a step, in steps. */
    private static Column off(double step, double min) {
        Column steps = col("truth").minus(lit(min)).divide(lit(step));
        return functions.max(abs(steps.minus(rint(steps))));
    }

    /** The number of ratings; 0 when any number is a rating. */
    public int size() {
        return step == 0 ? 0 : 1 + (int) Math.rint((max - min) / step);
    }

    /**
     * The nearest rating of the scale. Halfway between two ratings it is the even multiple of the step, as in NumPy and
     * {@link Math#rint}.
     */
    public double nearest(double value) {
        double within = Math.max(min, Math.min(max, value));
        if (step == 0) {
            return within;
        }
        double perStar = 1 / step; // whole for usual steps: dividing by it gives the exact decimal number
        double offset = min - Math.floor(min * perStar) / perStar;
        double nearest = Math.rint((within - offset) * perStar) / perStar + offset;
        return Math.max(min, Math.min(max, nearest));
    }
}
