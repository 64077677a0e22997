package io.recthink.spark.table;

import static org.apache.spark.sql.functions.col;

import io.recthink.InvalidInputException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The texts of reviews for systems that read them. Only texts of rows that may be learnt from are handed out; who reads
 * one for another row compares the times.
 */
public final class TrainReviews {
    private final Dataset<Row> examples;
    private final Dataset<Row> reviews;

    private TrainReviews(Dataset<Row> examples, Dataset<Row> reviews) {
        this.examples = examples;
        this.reviews = reviews;
    }

    /**
     * The reviews of a data set.
     *
     * @param folder folder of the data set
     * @throws InvalidInputException when it has no table of reviews, or one that is not whole
     */
    public static TrainReviews of(SparkSession spark, String folder) {
        PreparedData data = PreparedData.read(spark, folder);
        Dataset<Row> reviews = data.table(spark, folder, "reviews", Tables.REVIEWS)
                .orElseThrow(() -> new InvalidInputException(
                        "paths.data: %s has no table of reviews; run `recthink prepare` again into another folder"
                                .formatted(folder)));
        return new TrainReviews(PreparedData.examples(spark, folder), reviews);
    }

    /** The texts of the train rows: rowId, review; the review is null where the log has none. */
    public Dataset<Row> train() {
        return of(col("split").equalTo(Splits.TRAIN));
    }

    /** The texts of train and validation rows, from which a refit may learn. */
    public Dataset<Row> trainAndValidation() {
        return of(col("split").isin(Splits.TRAIN, Splits.VALIDATION));
    }

    private Dataset<Row> of(Column mayBeLearntFrom) {
        return reviews.select("rowId", "review")
                .join(examples.where(mayBeLearntFrom).select("rowId"), "rowId");
    }
}
