package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;

import io.recthink.spark.table.SplitLabel;
import io.recthink.spark.table.Splits;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Splits the rows of each user by time: the last row is test, the row before it is validation, and all earlier rows are
 * train. If rows have the same time, the greater row id counts as later. A user with one row has only a test row and
 * counts as a new user.
 */
record LastOfUserSplit() implements SplitRule {
    @Override
    public Dataset<Row> assign(Dataset<Row> rows) {
        WindowSpec latestFirst = Window.partitionBy("userId")
                .orderBy(col("time").desc(), col("rowId").desc());
        Column fromLast = col("fromLast");
        return rows.withColumn("fromLast", row_number().over(latestFirst))
                .withColumn(
                        "split",
                        when(fromLast.equalTo(1), Splits.TEST)
                                .when(fromLast.equalTo(2), Splits.VALIDATION)
                                .otherwise(Splits.TRAIN))
                .drop("fromLast");
    }

    @Override
    public Optional<Column> ofRow() {
        return Optional.empty();
    }

    @Override
    public Column horizon(boolean refit) {
        return col("time");
    }

    @Override
    public boolean timeDecides() {
        return false;
    }

    @Override
    public SplitLabel label() {
        return SplitLabel.perUserLast();
    }
}
