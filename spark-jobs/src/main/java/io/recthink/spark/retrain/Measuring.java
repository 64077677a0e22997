package io.recthink.spark.retrain;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.rint;
import static org.apache.spark.sql.functions.unix_micros;

import io.recthink.config.Configuration;
import io.recthink.spark.evaluate.Comparison;
import io.recthink.spark.evaluate.Comparison.CostRow;
import io.recthink.spark.evaluate.Comparison.FocusRow;
import io.recthink.spark.evaluate.ComparisonRow;
import io.recthink.spark.evaluate.TrivialPredictors;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.registry.Measurement;
import io.recthink.spark.registry.Score;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.RatingGrid;
import io.recthink.spark.table.Readout;
import io.recthink.spark.table.Splits;
import io.recthink.spark.table.Tables;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Takes the numbers of a cycle from its table, its predictions and its test rows. */
final class Measuring {
    private final SparkSession spark;
    private final Configuration configuration;
    private final Comparison comparison;
    private final RatingGrid grid;

    Measuring(SparkSession spark, Configuration configuration, Comparison comparison) {
        this.spark = spark;
        this.configuration = configuration;
        this.comparison = comparison;
        this.grid = RatingGrid.read(
                spark, configuration.paths().resolve(configuration.paths().data()));
    }

    /** The numbers of the cycle. */
    Measurement of() {
        String data = configuration.paths().resolve(configuration.paths().data());
        Dataset<Row> test =
                PreparedData.examples(spark, data).where(col("split").equalTo(Splits.TEST));
        Row figures = test.agg(
                        count(lit(1)).as("rows"),
                        unix_micros(min("time")).as("from"),
                        avg(not(col("seenUser")).cast("double")).as("newUsers"),
                        avg(not(col("seenItem")).cast("double")).as("newItems"))
                .first();
        Optional<FocusRow> difference = comparison.focusRows().stream()
                .filter(row -> row.other().system().equals(Cycle.SERVING))
                .findFirst();
        return new Measurement(
                figures.getAs("rows"),
                Instant.EPOCH
                        .plus(figures.<Long>getAs("from"), ChronoUnit.MICROS)
                        .toString(),
                histogram(test, "truth"),
                saved(Cycle.CANDIDATE).orElseThrow(),
                saved(Cycle.SERVING).orElse(null),
                score(TrivialPredictors.BIAS, List.of()).orElseThrow(),
                difference.map(FocusRow::difference).orElse(null),
                difference.map(row -> row.interval().low()).orElse(null),
                difference.map(row -> row.interval().high()).orElse(null),
                figures.getAs("newUsers"),
                figures.getAs("newItems"));
    }

    private Optional<Score> saved(String system) {
        return greedy(system).flatMap(row -> {
            String folder = configuration.paths().resolve(configuration.paths().predictions()) + "/" + system;
            Dataset<Row> predictions = spark.read().schema(Tables.PREDICTIONS).parquet(LiteralPath.of(folder));
            return score(system, histogram(predictions.where(col("readout").equalTo(Readout.GREEDY.name())), "yhat"));
        });
    }

    private Optional<Score> score(String system, List<Long> histogram) {
        double tokens = comparison.costs().stream()
                .filter(cost -> cost.key().system().equals(system))
                .mapToDouble(CostRow::tokensOut)
                .findFirst()
                .orElse(0);
        return (system.equals(TrivialPredictors.BIAS) ? any(system) : greedy(system))
                .map(row -> new Score(
                        system,
                        row.errors().mae(),
                        row.errors().maeInterval().low(),
                        row.errors().maeInterval().high(),
                        (double) row.failed() / row.rows(),
                        tokens,
                        histogram));
    }

    private Optional<ComparisonRow> greedy(String system) {
        return comparison.rows().stream()
                .filter(row ->
                        row.key().system().equals(system) && row.key().readout().equals(Readout.GREEDY))
                .findFirst();
    }

    private Optional<ComparisonRow> any(String system) {
        return comparison.rows().stream()
                .filter(row -> row.key().system().equals(system))
                .findFirst();
    }

    /** The number of rows by rating, rounded to whole stars. */
    private List<Long> histogram(Dataset<Row> rows, String column) {
        Map<Long, Long> counts =
                rows.groupBy(rint(col(column)).cast("long").as("stars")).count().collectAsList().stream()
                        .filter(row -> !row.isNullAt(0))
                        .collect(Collectors.toMap(row -> row.getLong(0), row -> row.getLong(1)));
        return LongStream.rangeClosed(Math.round(grid.min()), Math.round(grid.max()))
                .mapToObj(stars -> counts.getOrDefault(stars, 0L))
                .toList();
    }
}
