package io.recthink.spark.prepare;

import io.recthink.config.Configuration.Columns;
import io.recthink.config.Configuration.SourceFormat;
import java.util.Optional;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The files of a published data set, as their publishers describe them. Single values are read as text, so that one of
 * another type makes no row unusable.
 *
 * @param reviews the fields of a review that are read
 * @param items the fields of an item that are read
 * @param columns what they mean
 */
record PublishedLayout(StructType reviews, StructType items, Columns columns) {
    private static final DataType TEXTS = DataTypes.createArrayType(DataTypes.StringType);
    private static final String ABSENT = "";

    /** The layout of a format; empty where the configuration maps the columns. */
    static Optional<PublishedLayout> of(SourceFormat format) {
        return switch (format) {
            case AMAZON_2014 -> Optional.of(amazon2014());
            case AMAZON_2018 -> Optional.of(amazon2018());
            case AMAZON_2023 -> Optional.of(amazon2023());
            case YELP -> Optional.of(yelp());
            case MOVIELENS -> Optional.of(movieLens());
            case JSON, CSV, PARQUET, ORC, AVRO, TABLE -> Optional.empty();
        };
    }

    /** He and McAuley, 2016: {@code reviews_*.json.gz} and {@code meta_*.json.gz}; categories are lists of paths. */
    private static PublishedLayout amazon2014() {
        return new PublishedLayout(
                texts("reviewerID", "asin", "reviewText", "overall", "summary", "unixReviewTime"),
                texts("asin", "title", "brand", "price", "description")
                        .add("categories", DataTypes.createArrayType(TEXTS)),
                new Columns(
                        "reviewerID",
                        "asin",
                        "overall",
                        "unixReviewTime",
                        "summary",
                        "reviewText",
                        "asin",
                        "title",
                        "categories",
                        "brand",
                        "price",
                        "description"));
    }

    /** Ni, Li and McAuley, 2019: one path of categories, the description in paragraphs. */
    private static PublishedLayout amazon2018() {
        return new PublishedLayout(
                texts("reviewerID", "asin", "reviewText", "overall", "summary", "unixReviewTime"),
                texts("asin", "title", "brand", "price").add("category", TEXTS).add("description", TEXTS),
                new Columns(
                        "reviewerID",
                        "asin",
                        "overall",
                        "unixReviewTime",
                        "summary",
                        "reviewText",
                        "asin",
                        "title",
                        "category",
                        "brand",
                        "price",
                        "description"));
    }

    /** Hou et al., 2024: variants of a product share a parent, which is the item; times are in milliseconds. */
    private static PublishedLayout amazon2023() {
        return new PublishedLayout(
                texts("user_id", "parent_asin", "rating", "timestamp", "title", "text"),
                texts("parent_asin", "title", "store", "price")
                        .add("categories", TEXTS)
                        .add("description", TEXTS),
                new Columns(
                        "user_id",
                        "parent_asin",
                        "rating",
                        "coalesce(try_cast(timestamp AS DECIMAL(16,0)) / 1000, timestamp)",
                        "title",
                        "text",
                        "parent_asin",
                        "title",
                        "categories",
                        "store",
                        "price",
                        "description"));
    }

    /** Yelp Open Dataset: {@code yelp_academic_dataset_review.json} and {@code _business.json}. */
    private static PublishedLayout yelp() {
        return new PublishedLayout(
                texts("user_id", "business_id", "stars", "date", "text"),
                texts("business_id", "name", "city", "state", "categories"),
                new Columns(
                        "user_id",
                        "business_id",
                        "stars",
                        "date",
                        ABSENT,
                        "text",
                        "business_id",
                        "name",
                        "split(categories, ', ')",
                        ABSENT,
                        ABSENT,
                        "concat_ws(', ', city, state)"));
    }

    /** MovieLens: {@code ratings.csv} and {@code movies.csv}, or {@code ratings.dat} and {@code movies.dat}. */
    private static PublishedLayout movieLens() {
        return new PublishedLayout(
                texts("userId", "movieId", "rating", "timestamp"),
                texts("movieId", "title", "genres"),
                new Columns(
                        "userId",
                        "movieId",
                        "rating",
                        "timestamp",
                        ABSENT,
                        ABSENT,
                        "movieId",
                        "title",
                        "split(genres, '[|]')",
                        ABSENT,
                        ABSENT,
                        ABSENT));
    }

    private static StructType texts(String... names) {
        StructType fields = new StructType();
        for (String name : names) {
            fields = fields.add(name, DataTypes.StringType);
        }
        return fields;
    }
}
