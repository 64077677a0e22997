package io.recthink.spark.source;

import io.recthink.config.Problems;

/**
 * The section {@code source.columns}: Spark SQL expressions over the tables of a log. An expression is empty if the log
 * has no such column.
 */
public record ColumnSettings(
        String user,
        String item,
        String rating,
        String time,
        String summary,
        String review,
        String itemId,
        String title,
        String categories,
        String brand,
        String price,
        String description) {
    void check(Problems problems) {
        problems.require(!user.isBlank(), "user", "a Spark SQL expression", "'" + user + "'");
        problems.require(!item.isBlank(), "item", "a Spark SQL expression", "'" + item + "'");
        problems.require(!rating.isBlank(), "rating", "a Spark SQL expression", "'" + rating + "'");
        problems.require(!time.isBlank(), "time", "a Spark SQL expression", "'" + time + "'");
        problems.require(!itemId.isBlank(), "itemId", "a Spark SQL expression", "'" + itemId + "'");
    }
}
