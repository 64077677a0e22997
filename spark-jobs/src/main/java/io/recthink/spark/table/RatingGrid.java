package io.recthink.spark.table;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.rint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * The ratings that a scale has: equally spaced from the lowest to the highest.
 *
 * @param min the lowest rating
 * @param max the highest rating
 * @param step how far neighbouring ratings lie apart: 1, 0.5, 0.25 or 0.1 stars; 0 where any number is a rating
 */
public record RatingGrid(double min, double max, double step) implements Serializable {
    private static final double[] STEPS = {1, 0.5, 0.25, 0.1};

    /** Of a step: decimal ratings that were computed are not exact. */
    private static final double SAME = 1e-6;

    private static final String KEY = "ratingStep";
    private static final ObjectMapper JSON = new ObjectMapper();

    public RatingGrid {
        if (!(min < max) || !(step >= 0)) {
            throw new IllegalArgumentException("ratings from %s to %s by %s".formatted(min, max, step));
        }
    }

    /**
     * The grid of a data folder: what its {@code data.json} says, or, where that says nothing, what its truths show.
     *
     * @param folder of a complete data set
     * @throws InvalidInputException when the step that the file says is no step of a scale
     */
    public static RatingGrid read(SparkSession spark, String folder) {
        PreparedData data = PreparedData.read(spark, folder);
        JsonNode written = written(spark, folder);
        if (written.isMissingNode() || written.isNull()) {
            return of(PreparedData.examples(spark, folder), data.minRating(), data.maxRating());
        }
        if (!written.isNumber() || !(written.asDouble() >= 0)) {
            throw new InvalidInputException(
                    "paths.data: %s of %s must be a number of stars of at least 0 (was %s); prepare the data anew"
                            .formatted(KEY, folder, written));
        }
        return new RatingGrid(data.minRating(), data.maxRating(), written.asDouble());
    }

    private static JsonNode written(SparkSession spark, String folder) {
        Path file = new Path(folder, PreparedData.FILE);
        try (InputStream in =
                file.getFileSystem(spark.sparkContext().hadoopConfiguration()).open(file)) {
            return JSON.readTree(in).path(KEY);
        } catch (IOException e) {
            throw new InvalidInputException("paths.data: %s cannot be read: %s".formatted(file, e), e);
        }
    }

    /**
     * The largest step that leads from the lowest rating to the highest and to every truth.
     *
     * @param truths with the column truth
     */
    public static RatingGrid of(Dataset<Row> truths, double min, double max) {
        Column first = off(STEPS[0], min);
        Column[] others = new Column[STEPS.length - 1];
        for (int i = 1; i < STEPS.length; i++) {
            others[i - 1] = off(STEPS[i], min);
        }
        Row farthest = truths.agg(first, others).head();
        for (int i = 0; i < STEPS.length; i++) {
            double end = (max - min) / STEPS[i];
            boolean ends = Math.abs(end - Math.rint(end)) < SAME;
            if (ends && (farthest.isNullAt(i) || farthest.getDouble(i) < SAME)) {
                return new RatingGrid(min, max, STEPS[i]);
            }
        }
        return new RatingGrid(min, max, 0);
    }

    /** How far a truth lies at most from the next multiple of a step, in steps. */
    private static Column off(double step, double min) {
        Column steps = col("truth").minus(lit(min)).divide(lit(step));
        return functions.max(abs(steps.minus(rint(steps))));
    }

    /** How many ratings there are; 0 where any number is one. */
    public int size() {
        return step == 0 ? 0 : 1 + (int) Math.rint((max - min) / step);
    }

    /**
     * The nearest rating of the scale. Halfway between two it is the even multiple of the step, as NumPy and {@link
     * Math#rint} have it.
     */
    public double nearest(double value) {
        double within = Math.max(min, Math.min(max, value));
        if (step == 0) {
            return within;
        }
        double perStar = 1 / step; // whole for every step but unusual ones, and so the quotient is the decimal number
        double offset = min - Math.floor(min * perStar) / perStar;
        double nearest = Math.rint((within - offset) * perStar) / perStar + offset;
        return Math.max(min, Math.min(max, nearest));
    }
}
