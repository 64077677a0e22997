package io.recthink.spark.baseline.review;

import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.JobSession;
import io.recthink.spark.baseline.ColdShares;
import io.recthink.spark.baseline.Fit;
import io.recthink.spark.baseline.FittedSystem;
import io.recthink.spark.baseline.FittingRows;
import io.recthink.spark.baseline.SideBySide;
import io.recthink.spark.baseline.SystemOutput;
import io.recthink.spark.table.PredictSettings;
import io.recthink.spark.table.PredictionNote;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.TrainReviews;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The job {@code review}: predicts ratings by networks that read the earlier reviews of user and item: DeepCoNN, NARRE
 * and DAML. For each system and read-out it searches settings on the validation rows, and trains the best with each
 * seed; all trainings run side by side on the executors. It predicts the validation rows with a network of the train
 * rows. With {@code prepare.refit} and {@code predict.split} {@code test}, it trains the chosen settings again on train
 * and validation rows to predict the test rows.
 *
 * <p>The job reads the section {@code review}, the keys {@code seed}, {@code predict.split} and {@code prepare.refit},
 * and the data set in {@code paths.data}. It writes:
 *
 * <ul>
 *   <li>{@code <paths.predictions>/<system>}: the predictions of {@code predict.split}, with {@code _training.json} and
 *       {@code _note.txt};
 *   <li>{@code <paths.validationPredictions>/<system>}: the predictions of the validation rows;
 *   <li>{@code <paths.root>/review/words-<hash>}: vocabulary and word vectors, see {@link WordTable};
 *   <li>{@code paths.review}: the report, see {@link ReviewReport}.
 * </ul>
 */
public final class ReviewJob implements Job {
    private static final String NAME = "review";

    private final PrintStream out;

    public ReviewJob() {
        this(System.out);
    }

    ReviewJob(PrintStream out) {
        this.out = out;
    }

    @Override
    public void execute(SparkSession spark, Configuration configuration) {
        Paths paths = configuration.paths();
        ReviewSettings settings = configuration.get(ReviewSettings.class);
        Activity.begin(spark, NAME, "review: data");
        PreparedData data = PreparedData.read(spark, paths.resolve(paths.data()));
        List<String> systems = settings.chosen().stream()
                .map(network -> ReviewSystem.system(network, settings))
                .toList();
        String work = paths.resolve("review-work");
        try (SystemOutput output =
                new SystemOutput(spark, paths, "paths.review", paths.review(), List.of(work), systems)) {
            fit(spark, configuration, data, systems, output, work);
        }
    }

    private void fit(
            SparkSession spark,
            Configuration configuration,
            PreparedData data,
            List<String> systems,
            SystemOutput output,
            String work) {
        Paths paths = configuration.paths();
        ReviewSettings settings = configuration.get(ReviewSettings.class);
        String folder = paths.resolve(paths.data());
        JobSession.fitPartitions(spark, folder);
        TrainReviews texts = TrainReviews.of(spark, folder);
        Dataset<Row> examples =
                PreparedData.examples(spark, folder).select("rowId", "userId", "itemId", "time", "truth", "split");
        try (FittingRows rows = FittingRows.of(examples, configuration)) {
            Activity.begin(spark, NAME, "review: words");
            WordTable words = WordTable.of(
                    spark, paths.resolve(NAME), data, rows.train().train().join(texts.train(), "rowId"), configuration);
            out.println(words.description().sentence() + ": " + words.folder());
            ReviewCorpus corpus = ReviewRun.corpus(rows.train(), texts, words, work, false);
            ReviewLimits limits = ReviewLimits.of(
                    spark.read().parquet(corpus.folder().path() + "/" + ReviewFolder.REVIEWS), settings.narre());
            Broadcast<float[]> vectors =
                    JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(words.vectors());
            ReviewMemory.require(
                    spark,
                    settings,
                    rows.refit() != rows.train(),
                    words.vocabulary().size(),
                    corpus,
                    limits);
            try (ReviewProgress progress =
                    new ReviewProgress(spark.sparkContext(), pairs(settings, configuration, rows, corpus))) {
                ReviewRun run = new ReviewRun(
                        spark,
                        settings,
                        configuration.seed(),
                        data.minRating(),
                        data.maxRating(),
                        texts,
                        words,
                        vectors,
                        rows.train(),
                        limits,
                        work,
                        progress,
                        new Semaphore(ReviewRun.turns(spark, settings)));
                List<FittedSystem> fitted = fitted(run, rows);
                try {
                    Activity.begin(spark, NAME, "review: tables");
                    write(output, systems, fitted, run, report(configuration, data, run, corpus, fitted));
                } finally {
                    fitted.forEach(FittedSystem::close);
                }
            }
        }
    }

    /** The largest number of pairs that all trainings may learn from. */
    private static long pairs(
            ReviewSettings settings, Configuration configuration, FittingRows rows, ReviewCorpus corpus) {
        long trainings = 0;
        for (NetworkSettings network : settings.chosen()) {
            int candidates = ReviewSystem.candidates(network, settings, configuration.seed())
                    .size();
            trainings += (long) settings.readouts().size()
                    * (candidates
                            + (rows.refit() == rows.train() ? 1L : 2L)
                                    * settings.seeds().size()
                            - 1);
        }
        return trainings * settings.maxEpochs() * corpus.trainRows();
    }

    /** All systems and read-outs, side by side. */
    private List<FittedSystem> fitted(ReviewRun run, FittingRows rows) {
        Queue<FittedSystem> all = new ConcurrentLinkedQueue<>();
        List<SideBySide.Piece<List<FittedSystem>>> pieces = new ArrayList<>();
        for (NetworkSettings network : run.settings().chosen()) {
            for (String readout : run.settings().readouts()) {
                ReviewSystem system = new ReviewSystem(run, network, readout);
                pieces.add(new SideBySide.Piece<>("review: %s, %s".formatted(system.system(), readout), () -> {
                    List<FittedSystem> fitted = FittedSystem.of(system, rows);
                    all.addAll(fitted);
                    fitted.forEach(one -> out.println(line(one.fit())));
                    return fitted;
                }));
            }
        }
        try {
            return SideBySide.run(run.spark().sparkContext(), NAME, pieces.size(), pieces).stream()
                    .flatMap(List::stream)
                    .toList();
        } catch (RuntimeException e) {
            all.forEach(FittedSystem::close);
            throw e;
        }
    }

    private static ReviewReport report(
            Configuration configuration,
            PreparedData data,
            ReviewRun run,
            ReviewCorpus corpus,
            List<FittedSystem> fitted) {
        ReviewSettings settings = run.settings();
        return new ReviewReport(
                data.name(),
                data.sha256(),
                configuration.seed(),
                corpus.trainRows(),
                corpus.folder().users(),
                corpus.folder().items(),
                corpus.tokens(),
                run.words().description(),
                run.words().folder(),
                run.limits(),
                settings.wordDimension(),
                settings.filters(),
                settings.tasks(),
                settings.tasks() == 1 ? 1 : settings.rounds(),
                ColdShares.of(
                        configuration.get(PredictSettings.class).split(),
                        fitted.get(0).predicted()),
                fitted.stream().<Fit<?>>map(FittedSystem::fit).toList());
    }

    private void write(
            SystemOutput output, List<String> systems, List<FittedSystem> fitted, ReviewRun run, ReviewReport report) {
        for (String system : systems) {
            output.write(system, fitted);
            PredictionNote.write(
                    output.predictions(system),
                    system + ": " + run.words().description().sentence(),
                    output.hadoop());
            out.println(system + ": " + output.predictions(system));
        }
        SystemOutput.delete(run.spark(), run.work());
        output.complete(report.systems(), report.tasks(), report);
        out.println(report.cold().line());
        out.println(output.report());
    }

    private static String line(Fit<?> fit) {
        return String.format(
                Locale.ROOT,
                "%s %s, seed %d: best of %d settings (%s); validation MAE %.4f, RMSE %.4f; search %.1f s, training %.1f s,"
                        + " %.1f microseconds a prediction",
                fit.system(),
                fit.readout(),
                fit.seed(),
                fit.tried().size(),
                fit.chosen().setting(),
                fit.validationMae(),
                fit.validationRmse(),
                fit.searchSeconds(),
                fit.trainSeconds(),
                fit.microsecondsPerPrediction());
    }
}
