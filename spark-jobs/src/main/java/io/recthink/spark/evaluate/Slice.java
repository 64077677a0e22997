package io.recthink.spark.evaluate;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.rint;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A part of the evaluated rows that is reported separately.
 *
 * @param group the property that separates the rows
 * @param name the value of this property
 * @param condition over the columns of the examples; null means false
 */
public record Slice(String group, String name, Column condition) {
    /** Slices with fewer rows are listed without scores: their intervals would be too wide to use. */
    public static final int LEAST_ROWS = 50;

    public static final String TRUE_RATING = "true rating";

    private static final int CATEGORIES = 8;
    private static final Column MICROS = unix_micros(col("time"));
    private static final String WORDS =
            "aggregate(userHistory, 0, (words, h) -> words + size(split(concat_ws(' ', h.summary, h.review), ' ')))"
                    + " + aggregate(itemHistory, 0, (words, h) -> words + size(split(concat_ws(' ', h.summary, h.review), ' ')))";

    /** The slices of a table of examples, in the order of the report. */
    static List<Slice> of(Dataset<Row> rows, RatingScale scale) {
        List<Slice> slices = new ArrayList<>();
        activity(slices, "earlier ratings of the user", col("nUser"));
        activity(slices, "earlier ratings of the item", col("nItem"));
        slices.add(new Slice(
                "novelty",
                "user and item both new",
                col("seenUser").or(col("seenItem")).equalTo(false)));
        slices.add(new Slice(
                "novelty",
                "both histories shown, 5 entries or more",
                size(col("userHistory"))
                        .gt(0)
                        .and(size(col("itemHistory")).gt(0))
                        .and(size(col("userHistory"))
                                .plus(size(col("itemHistory")))
                                .geq(5))));
        for (double rating : scale.classes()) {
            Column truth = scale.classes().length == scale.ratings().length ? col("truth") : rint(col("truth"));
            slices.add(new Slice(TRUE_RATING, number(rating), truth.equalTo(rating)));
        }
        Row facts = rows.agg(
                        expr("percentile(%s, array(0.25, 0.5, 0.75))".formatted(WORDS)),
                        min(MICROS),
                        max(MICROS),
                        count(lit(1)))
                .head();
        words(slices, facts.getList(0));
        period(slices, facts.getLong(1), facts.getLong(2));
        Column means = col("userMean").isNotNull().and(col("itemMean").isNotNull());
        slices.add(new Slice("means", "of user and item known", means));
        slices.add(new Slice("means", "one or both unknown", means.equalTo(false)));
        categories(slices, rows, facts.getLong(3));
        return List.copyOf(slices);
    }

    /** The indices of the slices that contain a row. */
    static Column memberships(List<Slice> slices) {
        Column[] indices = IntStream.range(0, slices.size())
                .mapToObj(i -> when(slices.get(i).condition(), lit(i)))
                .toArray(Column[]::new);
        return filter(array(indices), Column::isNotNull);
    }

    private static void activity(List<Slice> slices, String group, Column count) {
        slices.add(new Slice(group, "0", count.equalTo(0)));
        slices.add(new Slice(group, "1-4", count.between(1, 4)));
        slices.add(new Slice(group, "5-19", count.between(5, 19)));
        slices.add(new Slice(group, "20+", count.geq(20)));
    }

    private static void words(List<Slice> slices, List<Double> cuts) {
        Column words = expr(WORDS);
        long[] at =
                cuts.stream().mapToLong(cut -> (long) Math.ceil(cut)).distinct().toArray();
        if (at.length < 3) {
            return;
        }
        String group = "words in the histories";
        slices.add(new Slice(group, "fewer than " + at[0], words.lt(at[0])));
        slices.add(
                new Slice(group, at[0] + " to " + (at[1] - 1), words.geq(at[0]).and(words.lt(at[1]))));
        slices.add(
                new Slice(group, at[1] + " to " + (at[2] - 1), words.geq(at[1]).and(words.lt(at[2]))));
        slices.add(new Slice(group, at[2] + " and more", words.geq(at[2])));
    }

    private static void period(List<Slice> slices, long first, long last) {
        long third = (last - first) / 3;
        if (third > 0) {
            slices.add(new Slice("period", "first third", MICROS.lt(first + third)));
            slices.add(new Slice("period", "last third", MICROS.gt(last - third)));
        }
    }

    /** The most frequent categories, without categories of nearly all items, which separate nothing. */
    private static void categories(List<Slice> slices, Dataset<Row> rows, long all) {
        rows.select(explode(array_distinct(col("target.categories"))).as("category"))
                .groupBy("category")
                .count()
                .where(col("count").lt(0.9 * all))
                .orderBy(col("count").desc(), col("category"))
                .limit(CATEGORIES)
                .collectAsList()
                .forEach(row -> slices.add(new Slice(
                        "category", row.getString(0), array_contains(col("target.categories"), row.getString(0)))));
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.format(Locale.ROOT, "%.0f", value) : Double.toString(value);
    }
}
