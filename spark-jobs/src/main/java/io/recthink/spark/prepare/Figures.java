package io.recthink.spark.prepare;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What several ask of the written examples, computed in one pass: a row for each split.
 *
 * @param splits a row for each split that has rows: the column split, and the columns asked for
 */
record Figures(List<Row> splits) {
    /**
     * Computes aggregates.
     *
     * @param rows examples with the columns of {@link #joined}
     * @param asked aggregates with names that differ
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
     * Examples with the texts of their own reviews in the columns ownSummary and ownReview.
     *
     * @param examples as in Tables.EXAMPLES
     * @param reviews of the same rows: rowId, review and maybe summary
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

    /** A count over all splits. */
    long total(String name) {
        return splits.stream().mapToLong(split -> split.<Long>getAs(name)).sum();
    }
}
