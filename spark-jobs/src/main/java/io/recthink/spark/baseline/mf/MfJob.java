package io.recthink.spark.baseline.mf;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.JobSession;
import io.recthink.spark.baseline.ColdShares;
import io.recthink.spark.baseline.Fit;
import io.recthink.spark.baseline.FittedSystem;
import io.recthink.spark.baseline.FittingRows;
import io.recthink.spark.baseline.RatingSystem;
import io.recthink.spark.baseline.SystemOutput;
import io.recthink.spark.table.PredictSettings;
import io.recthink.spark.table.PreparedData;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The job {@code mf}: predicts ratings from users and items alone. {@code MF} is matrix factorisation with biases,
 * trained once on squares and once on absolute errors. {@code bias+ALS} is Spark's ALS on the residuals of the bias
 * model. The job searches the settings of each system on the validation rows. It predicts the validation rows with a
 * model of the train rows. With {@code prepare.refit} and {@code predict.split} {@code test}, it trains the chosen
 * setting again on train and validation rows to predict the test rows.
 *
 * <p>The job reads the section {@code mf}, the keys {@code seed}, {@code predict.split} and {@code prepare.refit}, and
 * the data set in {@code paths.data}. It writes:
 *
 * <ul>
 *   <li>{@code <paths.predictions>/<system>}: the predictions of {@code predict.split}, with {@code _training.json};
 *   <li>{@code <paths.validationPredictions>/<system>}: the predictions of the validation rows;
 *   <li>{@code paths.mf}: the report, see {@link MfReport}.
 * </ul>
 *
 * <p>The factorisation visits one rating after the other in plain Java. With a few dozen numbers per rating, the calls
 * of a tensor engine would cost more than the arithmetic. Mini-batches would need more epochs.
 */
public final class MfJob implements Job {
    private static final String NAME = "mf";

    private final PrintStream out;

    public MfJob() {
        this(System.out);
    }

    MfJob(PrintStream out) {
        this.out = out;
    }

    @Override
    public void execute(SparkSession spark, Configuration configuration) {
        Paths paths = configuration.paths();
        Activity.begin(spark, NAME, "mf: ratings");
        PreparedData data = PreparedData.read(spark, paths.resolve(paths.data()));
        List<RatingSystem<?>> systems = systems(configuration, data);
        try (SystemOutput output = new SystemOutput(spark, paths, "paths.mf", paths.mf(), List.of(), names(systems))) {
            fit(spark, configuration, data, systems, output);
        }
    }

    private static List<String> names(List<RatingSystem<?>> systems) {
        return systems.stream().map(RatingSystem::system).distinct().toList();
    }

    private void fit(
            SparkSession spark,
            Configuration configuration,
            PreparedData data,
            List<RatingSystem<?>> systems,
            SystemOutput output) {
        Paths paths = configuration.paths();
        JobSession.fitPartitions(spark, paths.resolve(paths.data()));
        Dataset<Row> examples = PreparedData.examples(spark, paths.resolve(paths.data()))
                .select("rowId", "userId", "itemId", "truth", "split");
        String checkpoints = paths.resolve("mf-checkpoints");
        spark.sparkContext().setCheckpointDir(checkpoints);
        try (FittingRows rows = FittingRows.of(examples, configuration)) {
            List<FittedSystem> fitted = new ArrayList<>();
            try {
                for (RatingSystem<?> system : systems) {
                    Activity.begin(spark, NAME, "mf: %s, %s".formatted(system.system(), system.readout()));
                    List<FittedSystem> next = FittedSystem.of(system, rows);
                    fitted.addAll(next);
                    next.forEach(one -> out.println(line(one.fit())));
                }
                Activity.begin(spark, NAME, "mf: tables");
                write(
                        output,
                        names(systems),
                        fitted,
                        spark.sparkContext().defaultParallelism(),
                        report(configuration, data, rows, fitted));
            } finally {
                fitted.forEach(FittedSystem::close);
            }
        } finally {
            SystemOutput.delete(spark, checkpoints);
        }
    }

    /** All systems, in the order of the report. A new system needs a class and one line here. */
    private static List<RatingSystem<?>> systems(Configuration configuration, PreparedData data) {
        MfSettings settings = configuration.get(MfSettings.class);
        if (!settings.biases() && data.minRating() < 0) {
            throw new InvalidInputException(
                    "mf.biases: false needs ratings of at least 0, but the scale begins at %s; set mf.biases to true"
                            .formatted(data.minRating()));
        }
        long seed = configuration.seed();
        List<RatingSystem<?>> all = List.of(
                new MatrixFactorization(settings, seed, Loss.SQUARED, data.minRating(), data.maxRating()),
                new MatrixFactorization(settings, seed, Loss.ABSOLUTE, data.minRating(), data.maxRating()),
                new ResidualAls(settings, seed, data.minRating(), data.maxRating()));
        return chosen(all, settings.systems());
    }

    private static List<RatingSystem<?>> chosen(List<RatingSystem<?>> all, List<String> wanted) {
        List<String> known = names(all);
        if (!known.containsAll(wanted)) {
            throw new InvalidInputException(
                    "mf.systems must name some of %s, or be empty for all systems, but is %s".formatted(known, wanted));
        }
        return all.stream()
                .filter(system -> wanted.isEmpty() || wanted.contains(system.system()))
                .toList();
    }

    private static MfReport report(
            Configuration configuration, PreparedData data, FittingRows rows, List<FittedSystem> fitted) {
        BlockedRatings ratings = BlockedRatings.of(rows.train(), configuration.get(MfSettings.class));
        return new MfReport(
                data.name(),
                data.sha256(),
                configuration.seed(),
                ratings.trainRows(),
                ratings.validationRows(),
                ratings.users().size(),
                ratings.items().size(),
                ratings.sides(),
                configuration.get(MfSettings.class).biases(),
                ColdShares.of(
                        configuration.get(PredictSettings.class).split(),
                        fitted.get(0).predicted()),
                fitted.stream().<Fit<?>>map(FittedSystem::fit).toList());
    }

    private void write(
            SystemOutput output, List<String> names, List<FittedSystem> fitted, int processors, MfReport report) {
        for (String system : names) {
            output.write(system, fitted);
            out.println(system + ": " + output.predictions(system));
        }
        output.complete(report.systems(), processors, report);
        out.println(report.cold().line());
        out.println(output.report());
    }

    private static String line(Fit<?> fit) {
        return String.format(
                Locale.ROOT,
                "%s %s: best of %d settings %s, %d rounds; validation MAE %.4f, RMSE %.4f; search %.1f s, training %.1f s,"
                        + " %.1f microseconds a prediction",
                fit.system(),
                fit.readout(),
                fit.tried().size(),
                fit.chosen().setting(),
                fit.chosen().epochs(),
                fit.validationMae(),
                fit.validationRmse(),
                fit.searchSeconds(),
                fit.trainSeconds(),
                fit.microsecondsPerPrediction());
    }
}
