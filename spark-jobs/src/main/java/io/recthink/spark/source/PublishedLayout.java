package io.recthink.spark.source;

import static org.apache.spark.sql.functions.expr;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The fields of a published data set, as its publishers describe them. Single values are read as text, so that a value
 * of another type makes no row unusable.
 *
 * @param reviews the fields of a review that are read; with a filter, all published fields
 * @param items the fields of an item that are read
 * @param columns the column mapping of the fields
 * @param types the published types of fields that only a filter reads
 */
record PublishedLayout(StructType reviews, StructType items, ColumnSettings columns, Map<String, String> types) {
    private static final String FLAG = "BOOLEAN";
    private static final String COUNT = "BIGINT";
    private static final DataType TEXTS = DataTypes.createArrayType(DataTypes.StringType);
    private static final String ABSENT = "";

    /** Returns the layout of the log; empty if the configuration maps the columns. */
    static Optional<PublishedLayout> of(SourceSettings source) {
        Optional<PublishedLayout> layout = of(source.format());
        return source.filter().isBlank() ? layout : layout.map(known -> known.withFieldsOf(source.format()));
    }

    private static Optional<PublishedLayout> of(SourceFormat format) {
        return switch (format) {
            case AMAZON_2014 -> Optional.of(amazon2014());
            case AMAZON_2018 -> Optional.of(amazon2018());
            case AMAZON_2023 -> Optional.of(amazon2023());
            case YELP -> Optional.of(yelp());
            case MOVIELENS -> Optional.of(movieLens());
            case JSON, CSV, PARQUET, ORC, AVRO, TABLE -> Optional.empty();
        };
    }

    /** Returns the layout with the additional fields that no mapping reads. */
    private PublishedLayout withFieldsOf(SourceFormat format) {
        return switch (format) {
            case AMAZON_2014 ->
                with(texts("reviewerName", "reviewTime").add("helpful", TEXTS), Map.of("helpful", "ARRAY<BIGINT>"));
            case AMAZON_2018 ->
                with(
                        texts("reviewerName", "reviewTime", "verified", "vote", "style")
                                .add("image", TEXTS),
                        Map.of("verified", FLAG, "vote", COUNT));
            case AMAZON_2023 ->
                with(
                        texts("asin", "verified_purchase", "helpful_vote", "images"),
                        Map.of("verified_purchase", FLAG, "helpful_vote", COUNT));
            case YELP ->
                with(
                        texts("review_id", "useful", "funny", "cool"),
                        Map.of("useful", COUNT, "funny", COUNT, "cool", COUNT));
            case MOVIELENS, JSON, CSV, PARQUET, ORC, AVRO, TABLE -> this;
        };
    }

    private PublishedLayout with(StructType more, Map<String, String> types) {
        StructType all = reviews;
        for (StructField field : more.fields()) {
            all = all.add(field);
        }
        return new PublishedLayout(all, items, columns, types);
    }

    /**
     * Casts the fields of a filter to their published types. Counts may have commas between thousands, as the votes of
     * 2018 have.
     */
    FoundTable typed(FoundTable table) {
        Dataset<Row> rows = table.rows();
        List<String> there = List.of(rows.columns());
        for (Map.Entry<String, String> field : types.entrySet()) {
            if (there.contains(field.getKey())) {
                String text = field.getValue().equals(COUNT)
                        ? "replace(%s, ',', '')".formatted(field.getKey())
                        : field.getKey();
                rows = rows.withColumn(field.getKey(), expr("try_cast(%s AS %s)".formatted(text, field.getValue())));
            }
        }
        return table.with(rows);
    }

    /**
     * Layout of He and McAuley, 2016: {@code reviews_*.json.gz} and {@code meta_*.json.gz}. Categories are lists of
     * paths.
     */
    private static PublishedLayout amazon2014() {
        return new PublishedLayout(
                texts("reviewerID", "asin", "reviewText", "overall", "summary", "unixReviewTime"),
                texts("asin", "title", "brand", "price", "description")
                        .add("categories", DataTypes.createArrayType(TEXTS)),
                new ColumnSettings(
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
                        "description"),
                Map.of());
    }

    /**
     * Layout of Ni, Li and McAuley, 2019. An item has one path of categories; its description is a list of paragraphs.
     */
    private static PublishedLayout amazon2018() {
        return new PublishedLayout(
                texts("reviewerID", "asin", "reviewText", "overall", "summary", "unixReviewTime"),
                texts("asin", "title", "brand", "price").add("category", TEXTS).add("description", TEXTS),
                new ColumnSettings(
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
                        "description"),
                Map.of());
    }

    /**
     * Layout of Hou et al., 2024. Variants of a product share a parent, which is the item. Times are in milliseconds.
     */
    private static PublishedLayout amazon2023() {
        return new PublishedLayout(
                texts("user_id", "parent_asin", "rating", "timestamp", "title", "text"),
                texts("parent_asin", "title", "store", "price")
                        .add("categories", TEXTS)
                        .add("description", TEXTS),
                new ColumnSettings(
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
                        "description"),
                Map.of());
    }

    /**
     * Layout of the Yelp Open Dataset: {@code yelp_academic_dataset_review.json} and
     * {@code yelp_academic_dataset_business.json}.
     */
    private static PublishedLayout yelp() {
        return new PublishedLayout(
                texts("user_id", "business_id", "stars", "date", "text"),
                texts("business_id", "name", "city", "state", "categories"),
                new ColumnSettings(
                        "user_id",
                        "business_id",
                        "stars",
                        "date",
                        ABSENT,
                        "text",
                        "business_id",
                        "name",
                        // The published value is a text with commas; some copies of the data set have lists.
                        "if(categories LIKE '[%', from_json(categories, 'array<string>'), split(categories, ', '))",
                        ABSENT,
                        ABSENT,
                        "concat_ws(', ', city, state)"),
                Map.of());
    }

    /**
     * Layout of MovieLens: {@code ratings.csv} and {@code movies.csv}, or {@code ratings.dat} and {@code movies.dat}.
     */
    private static PublishedLayout movieLens() {
        return new PublishedLayout(
                texts("userId", "movieId", "rating", "timestamp"),
                texts("movieId", "title", "genres"),
                new ColumnSettings(
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
                        ABSENT),
                Map.of());
    }

    private static StructType texts(String... names) {
        StructType fields = new StructType();
        for (String name : names) {
            fields = fields.add(name, DataTypes.StringType);
        }
        return fields;
    }
}
