package io.recthink.spark.baseline.mf;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.when;

import io.recthink.progress.Progress;
import io.recthink.spark.baseline.PredictionTable;
import io.recthink.spark.baseline.RatingSet;
import io.recthink.spark.baseline.RatingSystem;
import io.recthink.spark.baseline.Search;
import io.recthink.spark.baseline.Trial;
import io.recthink.spark.table.Readout;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.recommendation.ALS;
import org.apache.spark.ml.recommendation.ALSModel;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The system {@value #SYSTEM}: the bias model, with Spark's ALS on its residuals. ALS has neither an intercept nor
 * biases, and its ids are whole numbers. So the biases are fitted first, then ALS on the residuals. For an unknown user
 * or item ALS adds nothing, so every row has a prediction.
 *
 * <p>The numbers of blocks and of input partitions are fixed. Spark adds the shuffled ratings of a user in the order of
 * their arrival, which may change the last bits of a factor. Predictions are rounded to {@value #DECIMALS} decimals,
 * far above these bits.
 */
final class ResidualAls implements RatingSystem<AlsSetting> {
    static final String SYSTEM = "bias+ALS";

    private static final int DECIMALS = 6;
    private static final int UNKNOWN = -1;

    private final MfSettings settings;
    private final long seed;
    private final double min;
    private final double max;

    /**
     * The system for a configuration.
     *
     * @param min the lowest rating of the scale
     * @param max the highest rating of the scale
     */
    ResidualAls(MfSettings settings, long seed, double min, double max) {
        this.settings = settings;
        this.seed = seed;
        this.min = min;
        this.max = max;
    }

    @Override
    public String system() {
        return SYSTEM;
    }

    @Override
    public Readout readout() {
        return Loss.SQUARED.readout();
    }

    @Override
    public String loss() {
        return Loss.SQUARED.label();
    }

    @Override
    public String learningRates() {
        return "mf.als.penalties";
    }

    /** Searches the penalty at the first rank, and then the other ranks with the best penalty. */
    @Override
    public Search<AlsSetting> search(RatingSet ratings) {
        List<AlsSetting> penalties =
                Settings.ofAls(settings, BlockedRatings.of(ratings, settings).trainRows(), seed);
        Residuals.of(ratings, settings); // before the threads need them
        Progress progress = new Progress(
                "mf " + SYSTEM + " settings",
                0,
                penalties.size()
                        + Settings.otherRanks(settings, penalties.get(0)).size());
        AtomicInteger done = new AtomicInteger();
        Search<AlsSetting> search = tried(ratings, penalties, progress, done);
        List<AlsSetting> ranks =
                Settings.otherRanks(settings, search.best(learningRates()).setting());
        return ranks.isEmpty() ? search : search.and(tried(ratings, ranks, progress, done));
    }

    private Search<AlsSetting> tried(
            RatingSet ratings, List<AlsSetting> candidates, Progress progress, AtomicInteger done) {
        SparkContext spark = ratings.validation().sparkSession().sparkContext();
        return Search.of(spark, "mf " + SYSTEM, candidates, settings.parallelism(), setting -> {
            Trial<AlsSetting> trial = trial(ratings, setting);
            synchronized (progress) {
                progress.done(done.incrementAndGet(), "");
            }
            return trial;
        });
    }

    private Trial<AlsSetting> trial(RatingSet ratings, AlsSetting setting) {
        long start = System.nanoTime();
        try (Model model = train(Residuals.of(ratings, settings), setting);
                PredictionTable predicted =
                        PredictionTable.of(SYSTEM, readout(), 0, model.predict(ratings.validation()))) {
            double rmse = predicted.errors(ratings.validation()).rmse();
            return new Trial<>(setting, settings.als().iterations(), rmse * rmse, (System.nanoTime() - start) / 1e9);
        }
    }

    @Override
    public Model train(RatingSet ratings, Trial<AlsSetting> chosen, long onlySeed) {
        return train(Residuals.of(ratings, settings), chosen.setting());
    }

    private Model train(Residuals residuals, AlsSetting setting) {
        ALSModel als = new ALS()
                .setUserCol("user")
                .setItemCol("item")
                .setRatingCol("residual")
                .setRank(setting.rank())
                .setRegParam(setting.penalty())
                .setMaxIter(settings.als().iterations())
                .setNumBlocks(settings.als().blocks())
                .setNonnegative(false)
                .setImplicitPrefs(false)
                .setColdStartStrategy("nan")
                .setSeed(seed)
                .fit(residuals.table());
        return new Model() {
            @Override
            public Dataset<Row> predict(Dataset<Row> rows) {
                return ResidualAls.this.predict(residuals, als, rows);
            }

            @Override
            public void close() {
                als.userFactors().unpersist();
                als.itemFactors().unpersist();
            }
        };
    }

    private Dataset<Row> predict(Residuals residuals, ALSModel als, Dataset<Row> rows) {
        Dataset<Row> numbered = residuals.numbered(rows.select("rowId", "userId", "itemId"));
        Dataset<Row> added = als.transform(numbered.withColumn("cold", PredictionTable.cold(col("user"), col("item")))
                .withColumn("user", coalesce(col("user"), lit(UNKNOWN)))
                .withColumn("item", coalesce(col("item"), lit(UNKNOWN))));
        Column residual = col("prediction").cast("double"); // NaN, not null, for an unknown user or item
        Column known = when(residual.isNull().or(isnan(residual)), 0.0).otherwise(residual);
        Column clipped = greatest(lit(min), least(lit(max), col("bias").plus(known)));
        return added.select(col("rowId"), round(clipped, DECIMALS).as("yhat"), col("cold"));
    }
}
