package io.recthink.spark.prepare;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Aggregates over the written examples, computed for several callers in one pass.
 *
 * @param splits one row per split that has rows: the column split and the requested aggregates
 */
record Figures(List<Row> splits) {
    /**
     * Computes aggregates in one pass.
     *
     * @param rows examples with the columns of {@link #joined}
     * @param asked the aggregates, with different names
     */
    static Figures of(Dataset<Row> rows, List<Column> asked) {
        Column[] more = asked.stream().skip(1).toArray(Column[]::new);
        Dataset<Row> figures = rows.groupBy("split").agg(asked.get(0), more);
        List<String> names = List.of(figures.columns());
        if (Set.copyOf(names).size() < names.size()) {
            throw new IllegalArgumentException("two figures have one name: " + names);
        }
        return new Figures(figures.collectAsList());
    }

    /**
     * Adds to each example the texts of its own review in the columns ownSummary and ownReview.
     *
     * @param examples as in Tables.EXAMPLES
     * @param reviews the reviews of the same rows: rowId, review and optionally summary
     */
    static Dataset<Row> joined(Dataset<Row> examples, Dataset<Row> reviews) {
        Column[] texts = Stream.of("rowId", "summary", "review")
                .filter(List.of(reviews.columns())::contains)
                .map(name -> reviews.col(name).as(own(name)))
                .toArray(Column[]::new);
        return examples.join(reviews.select(texts), "rowId");
    }

    private static String own(String name) {
        return switch (name) {
            case "summary" -> "ownSummary";
            case "review" -> "ownReview";
            default -> name;
        };
    }

    /** Returns the sum of a count over all splits. */
    long total(String name) {
        return splits.stream().mapToLong(split -> split.<Long>getAs(name)).sum();
    }
}
