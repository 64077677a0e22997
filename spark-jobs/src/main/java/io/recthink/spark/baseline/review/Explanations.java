package io.recthink.spark.baseline.review;

import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.explode_outer;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;

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
        return predicted
                .select(
                        col("rowId"),
                        col("yhat"),
                        col("cold"),
                        explode_outer(col("attended")).as("one"))
                .withColumn("place", col("one.place"))
                .join(places.withColumnRenamed("rowId", "reviewId"), new String[] {"place"}, "left")
                .join(texts.withColumnRenamed("rowId", "reviewId"), new String[] {"reviewId"}, "left")
                .groupBy("rowId", "yhat", "cold")
                .agg(array_sort(collect_list(when(
                                col("place").isNotNull(),
                                struct(
                                        col("one.weight").multiply(-1).as("order"),
                                        col("place"),
                                        col("reviewId"),
                                        round(col("one.weight"), DIGITS).as("weight"),
                                        substring(coalesce(col("review"), lit("")), 1, MOST_CHARACTERS)
                                                .as("text")))))
                        .as("all"))
                .select(
                        col("rowId"),
                        col("yhat"),
                        col("cold"),
                        to_json(transform(
                                        col("all"),
                                        one -> struct(
                                                one.getField("reviewId").as("reviewId"),
                                                one.getField("weight").as("weight"),
                                                one.getField("text").as("text"))))
                                .as("trace"));
    }
}
