package io.recthink.spark.baseline.review;

import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.transform;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Why a network predicts a rating: the reviews of the item that counted most, as the JSON
 * {@code [{"reviewId": ..., "weight": ..., "text": ...}]} in the column trace, the largest weight first. The text has at
 * most {@value #MOST_CHARACTERS} characters. An item without reviews has an empty list.
 */
final class Explanations {
    private static final int MOST_CHARACTERS = 200;
    private static final int DIGITS = 4;

    private Explanations() {}

    /**
     * Replaces places by reviews.
     *
     * @param predicted as {@link FittedNetwork#PREDICTED}
     * @param places place and rowId of the reviews
     * @param texts rowId and review
     */
    static Dataset<Row> of(Dataset<Row> predicted, Dataset<Row> places, Dataset<Row> texts) {
        Dataset<Row> reviews = predicted
                .select(col("rowId"), explode(col("attended")).as("one"))
                .select(
                        col("rowId"),
                        col("one.place").as("place"),
                        col("one.weight").as("weight"))
                .join(places.withColumnRenamed("rowId", "reviewId"), "place")
                .join(texts.withColumnRenamed("rowId", "reviewId"), new String[] {"reviewId"}, "left");
        Dataset<Row> traces = reviews.groupBy("rowId")
                .agg(array_sort(collect_list(struct(
                                col("weight").multiply(-1).as("order"),
                                col("place"),
                                col("reviewId"),
                                round(col("weight"), DIGITS).as("weight"),
                                substring(coalesce(col("review"), lit("")), 1, MOST_CHARACTERS)
                                        .as("text"))))
                        .as("all"))
                .select(
                        col("rowId"),
                        to_json(transform(
                                        col("all"),
                                        one -> struct(
                                                one.getField("reviewId").as("reviewId"),
                                                one.getField("weight").as("weight"),
                                                one.getField("text").as("text"))))
                                .as("trace"));
        return predicted
                .drop("attended")
                .join(traces, new String[] {"rowId"}, "left")
                .withColumn("trace", coalesce(col("trace"), lit("[]")));
    }
}
