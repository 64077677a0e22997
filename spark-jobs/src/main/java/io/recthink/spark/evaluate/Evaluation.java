package io.recthink.spark.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.recthink.InvalidInputException;
import io.recthink.spark.JobSession;
import io.recthink.spark.baseline.bias.FittedBiasModel;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.RatingGrid;
import io.recthink.statistics.FixedPoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Evaluates all systems and the trivial predictors on the same rows. Computes the numbers of a comparison; writes
 * nothing.
 */
public final class Evaluation {
    private Evaluation() {}

    /**
     * Measures the systems in the folders of predictions that a request names.
     *
     * @throws InvalidInputException when predictions are missing, incomplete, or belong to other rows
     */
    public static Comparison of(SparkSession spark, EvaluationRequest request) {
        String folder = request.data();
        PreparedData data = PreparedData.read(spark, folder);
        JobSession.fitPartitions(spark, folder);
        Dataset<Row> examples = PreparedData.examples(spark, folder);
        RatingGrid grid = RatingGrid.read(spark, folder);
        PredictionScale onScale = new PredictionScale(grid, request.settings().clip());
        Dataset<Row> train = examples.where(col("split").equalTo("train"));
        PredictionFolders folders = PredictionFolders.read(spark, "paths.predictions", request.predictions());
        List<String> missing = MissingSystems.of(folders, request);
        EvaluatedRows evaluated = EvaluatedRows.of(examples, folders, request);
        try {
            PredictionFolders.Checked saved =
                    folders.evaluated(examples, evaluated.rows(), evaluated.description(), onScale);
            List<SystemKey> keys = keys(saved.keys(), request.systems());
            try (FittedBiasModel bias = FittedBiasModel.of(spark, folder)) {
                FilledPredictions filled = new FilledPredictions(bias, onScale);
                Validated validated = validated(spark, request, filled, examples, keys);
                Selection selection = Selection.of(keys, validated.maps(), request.settings());
                Dataset<Row> trivial =
                        new TrivialPredictors(train, bias, grid.min(), grid.max()).predict(evaluated.rows());
                Dataset<Row> predictions = filled.of(saved.predictions(), evaluated.rows());
                RatingScale scale = RatingScale.of(evaluated.rows(), grid);
                List<Slice> slices = Slice.of(evaluated.rows(), scale);
                FixedPoint unit = FixedPoint.forSums(evaluated.count(), largestSquare(grid));
                JavaRDD<PredictedRow> rows = PredictedRows.of(
                                union(predictions, trivial), evaluated.rows(), keys, validated.maps(), slices, scale)
                        .persist(StorageLevel.MEMORY_AND_DISK());
                try {
                    List<String> notes = new ArrayList<>(missing);
                    notes.addAll(0, evaluated.notes(data, request));
                    notes.addAll(onScale.notes(saved, "rows"));
                    notes.addAll(validated.notes());
                    notes.addAll(folders.notes());
                    return new Measures(spark, request, selection, slices, scale, unit)
                            .of(
                                    rows,
                                    CostBlock.of(predictions, unit, keys, folders.trainings()),
                                    notes,
                                    folders.origins())
                            .with(
                                    new SystemTraces(request.prompt(), grid, folders.origins())
                                            .of(saved.predictions(), evaluated.rows(), keys),
                                    ExplainedRow.of(saved.predictions(), evaluated.rows(), keys));
                } finally {
                    rows.unpersist();
                }
            }
        } finally {
            evaluated.release();
        }
    }

    private static Dataset<Row> union(Dataset<Row> saved, Dataset<Row> trivial) {
        return saved.select("rowId", "system", "readout", "seed", "yhat", "failed", "probs")
                .unionByName(trivial.withColumn("seed", lit(0L))
                        .withColumn("failed", lit(false))
                        .withColumn("probs", lit(null).cast("array<double>")));
    }

    /** Trivial systems first, then the expected systems in their order, then all others by name. */
    private static List<SystemKey> keys(List<SystemKey> saved, List<String> expected) {
        List<SystemKey> keys = new ArrayList<>(TrivialPredictors.KEYS);
        saved.stream()
                .sorted(Comparator.comparing((SystemKey key) ->
                                expected.contains(key.system()) ? expected.indexOf(key.system()) : expected.size())
                        .thenComparing(SystemKey::system)
                        .thenComparing(key -> key.readout().name())
                        .thenComparing(SystemKey::seed))
                .forEach(keys::add);
        return keys;
    }

    /**
     * Results from the predictions of validation rows.
     *
     * @param notes sentences for the reader about these predictions
     */
    private record Validated(List<IsotonicRow> maps, List<String> notes) {}

    /** Fits an isotonic map for each system that has predictions of validation rows. */
    private static Validated validated(
            SparkSession spark,
            EvaluationRequest request,
            FilledPredictions filled,
            Dataset<Row> examples,
            List<SystemKey> keys) {
        if (request.validationPredictions().isEmpty()) {
            return new Validated(List.of(), List.of());
        }
        Dataset<Row> validation = examples.where(col("split").equalTo("validation"));
        PredictionFolders.Checked saved = PredictionFolders.read(
                        spark,
                        "paths.validationPredictions",
                        request.validationPredictions().orElseThrow())
                .some(examples, validation, filled.scale());
        List<IsotonicRow> maps = IsotonicRow.fit(
                filled.of(saved.predictions(), validation),
                keys,
                RatingScale.of(validation, filled.scale().grid()));
        List<String> notes = new ArrayList<>(filled.scale().notes(saved, "validation rows"));
        IsotonicRow.note(maps).ifPresent(notes::add);
        return new Validated(maps, notes);
    }

    private static double largestSquare(RatingGrid grid) {
        double largest = Math.max(Math.abs(grid.min()), Math.abs(grid.max()));
        return 4 * largest * largest;
    }
}
