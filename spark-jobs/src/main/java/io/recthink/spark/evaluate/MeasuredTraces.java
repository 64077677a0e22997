package io.recthink.spark.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.recthink.prompt.TraceFigures;
import io.recthink.prompt.TraceMeasure;
import io.recthink.prompt.TraceSummary;
import io.recthink.spark.table.Examples;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Measures the traces of predictions with {@link TraceMeasure} in Spark tasks and aggregates them in exact sums. */
public final class MeasuredTraces {
    /** Name of the column of {@link #ownWords}. */
    public static final String OWN_WORDS = "ownWords";

    private static final StructType FIGURES = new StructType()
            .add("trace", DataTypes.LongType, false)
            .add("copied", DataTypes.DoubleType, true)
            .add("about", DataTypes.BooleanType, false);
    private static final UserDefinedFunction WORDS = udf(
            (UDF1<Row, long[]>) row -> TraceMeasure.ownWords(Examples.input(row)),
            DataTypes.createArrayType(DataTypes.LongType, false));

    private MeasuredTraces() {}

    /**
     * Hashes of the words in each example's own texts: the user's reviews and the target. Reads userHistory and target.
     */
    public static Column ownWords() {
        return WORDS.apply(struct("userHistory", "target")).as(OWN_WORDS);
    }

    /**
     * Summary of the traces of predictions.
     *
     * @param predictions with trace, which may be null, and {@link #OWN_WORDS}
     * @return empty when no prediction has a trace
     */
    public static Optional<TraceSummary> summary(Dataset<Row> predictions, TraceMeasure measure) {
        List<Column> totals = totals();
        return summary(figures(predictions, measure)
                .agg(totals.get(0), totals.subList(1, totals.size()).toArray(Column[]::new))
                .head());
    }

    /**
     * The predictions that have a trace, with the struct column {@code figures} in place of trace and
     * {@link #OWN_WORDS}.
     */
    public static Dataset<Row> figures(Dataset<Row> predictions, TraceMeasure measure) {
        UserDefinedFunction figures = udf((UDF1<Row, Row>) row -> figures(row, measure), FIGURES);
        return predictions
                .where(col("trace").isNotNull())
                .withColumn("figures", figures.apply(struct("trace", OWN_WORDS)))
                .drop("trace", OWN_WORDS);
    }

    private static Row figures(Row row, TraceMeasure measure) {
        long[] words = row.<Long>getList(1).stream().mapToLong(Long::longValue).toArray();
        TraceFigures found = measure.measure(row.getString(0), words);
        return RowFactory.create(found.trace(), Double.isNaN(found.copied()) ? null : found.copied(), found.about());
    }

    /** The aggregates that {@link #summary(Row)} reads from a group of {@link #figures}. */
    public static List<Column> totals() {
        return List.of(
                count(lit(1)).as("traces"),
                countDistinct(col("figures.trace")).as("distinct"),
                count("figures.copied").as("copying"),
                sum(col("figures.copied").cast("decimal(28,15)")).cast("double").as("copied"),
                count(when(col("figures.about"), 1)).as("about"));
    }

    /** The summary of a group from its {@link #totals}; empty when the group has no trace. */
    public static Optional<TraceSummary> summary(Row totals) {
        double traces = totals.<Long>getAs("traces");
        long copying = totals.<Long>getAs("copying");
        return traces == 0
                ? Optional.empty()
                : Optional.of(new TraceSummary(
                        totals.<Long>getAs("distinct") / traces,
                        copying == 0
                                ? OptionalDouble.empty()
                                : OptionalDouble.of(totals.<Double>getAs("copied") / copying),
                        totals.<Long>getAs("about") / traces));
    }
}
