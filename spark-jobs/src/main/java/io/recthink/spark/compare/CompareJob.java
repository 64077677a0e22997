package io.recthink.spark.compare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.recthink.config.Configuration;
import io.recthink.metric.FixedPoint;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.JobSession;
import io.recthink.spark.predict.FittedBiasModel;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.RatingGrid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Scores every system on the same rows and writes the table. It needs the examples and the saved predictions, nothing
 * else: the same predictions give the same bytes.
 */
public final class CompareJob implements Job {
    private final boolean intersect;

    /** As configured. */
    public CompareJob() {
        this(false);
    }

    /** @param intersect score the rows that every system has, whatever {@code compare.intersect} says */
    public CompareJob(boolean intersect) {
        this.intersect = intersect;
    }

    @Override
    public void execute(SparkSession spark, Configuration configuration) {
        Activity.begin(spark, "compare", "compare: scores of all systems on the same rows");
        Comparison comparison = compare(spark, configuration, intersect);
        new ComparisonFiles(spark, configuration).write(comparison);
    }

    static Comparison compare(SparkSession spark, Configuration configuration, boolean intersect) {
        Configuration.Paths paths = configuration.paths();
        PreparedData data = PreparedData.read(spark, paths.resolve(paths.data()));
        JobSession.fitPartitions(spark, paths.resolve(paths.data()));
        Dataset<Row> examples = PreparedData.examples(spark, paths.resolve(paths.data()));
        RatingGrid grid = RatingGrid.read(spark, paths.resolve(paths.data()));
        Dataset<Row> train = examples.where(col("split").equalTo("train"));
        PredictionFolders folders = PredictionFolders.read(spark, paths.resolve(paths.predictions()));
        EvaluatedRows evaluated = EvaluatedRows.of(
                examples,
                folders,
                configuration.predict(),
                intersect || configuration.compare().intersect());
        try {
            PredictionFolders.Checked saved = folders.evaluated(examples, evaluated.rows(), evaluated.description());
            List<SystemKey> keys = keys(saved.keys(), configuration);
            List<IsotonicRow> maps = isotonic(spark, configuration, grid, examples, keys);
            Selection selection = Selection.of(keys, maps, configuration.compare());
            try (FittedBiasModel bias = FittedBiasModel.fit(train, data.minRating(), data.maxRating())) {
                Dataset<Row> trivial = new TrivialPredictors(train, bias, data.minRating(), data.maxRating())
                        .predict(evaluated.rows());
                RatingScale scale = RatingScale.of(evaluated.rows(), grid);
                List<Slice> slices = Slice.of(evaluated.rows(), scale);
                FixedPoint unit = FixedPoint.forSums(evaluated.count(), largestSquare(saved.largest(), data));
                JavaRDD<ScoredRow> rows = ScoredRows.of(
                                union(saved.predictions(), trivial), evaluated.rows(), keys, maps, slices, scale)
                        .persist(StorageLevel.MEMORY_AND_DISK());
                try {
                    return new Scores(spark, configuration, selection, slices, scale, unit)
                            .of(
                                    rows,
                                    CostBlock.of(saved.predictions(), unit, keys, folders.trainings()),
                                    notes(evaluated.notes(data, configuration), maps));
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

    /** Trivial systems, then those of the configuration in its order, then all others by name. */
    private static List<SystemKey> keys(List<SystemKey> saved, Configuration configuration) {
        List<String> configured = List.copyOf(configuration.predict().policies().keySet());
        List<SystemKey> keys = new ArrayList<>(TrivialPredictors.KEYS);
        saved.stream()
                .sorted(Comparator.comparing((SystemKey key) -> configured.contains(key.system())
                                ? configured.indexOf(key.system())
                                : configured.size())
                        .thenComparing(SystemKey::system)
                        .thenComparing(SystemKey::readout)
                        .thenComparing(SystemKey::seed))
                .forEach(keys::add);
        return keys;
    }

    /** Fits on the predictions of validation rows, of the systems that have them. */
    private static List<IsotonicRow> isotonic(
            SparkSession spark,
            Configuration configuration,
            RatingGrid grid,
            Dataset<Row> examples,
            List<SystemKey> keys) {
        if (!configuration.predict().split().equals("test")) {
            return List.of(); // the validation rows may be the evaluated ones
        }
        Configuration.Paths paths = configuration.paths();
        Dataset<Row> validation = examples.where(col("split").equalTo("validation"));
        Dataset<Row> predictions = PredictionFolders.read(spark, paths.resolve(paths.validationPredictions()))
                .all()
                .join(validation.select("rowId", "truth"), "rowId");
        return IsotonicRow.fit(predictions, keys, RatingScale.of(validation, grid));
    }

    private static List<String> notes(List<String> ofRows, List<IsotonicRow> maps) {
        List<String> notes = new ArrayList<>(ofRows);
        IsotonicRow.note(maps).ifPresent(notes::add);
        return notes;
    }

    private static double largestSquare(double prediction, PreparedData data) {
        double largest = Math.max(prediction, Math.max(Math.abs(data.minRating()), Math.abs(data.maxRating())));
        return 4 * largest * largest;
    }
}
