package io.recthink.spark.compare;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.metric.UserBootstrap;
import io.recthink.metric.UserErrors;
import io.recthink.spark.Job;
import io.recthink.spark.predict.FittedBiasModel;
import io.recthink.spark.predict.StratifiedSample;
import io.recthink.spark.table.PreparedData;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Scores every system on the same rows and writes the table. It needs the examples and the saved predictions, nothing
 * else: the same predictions give the same bytes.
 */
public final class CompareJob implements Job {
    private static final String POINT = "point";

    @Override
    public void run(SparkSession spark, Configuration configuration) {
        Configuration.Paths paths = configuration.paths();
        ComparisonWriter writer = new ComparisonWriter(compare(spark, configuration));
        String folder = paths.resolve(paths.table());
        write(spark, folder + "/comparison.csv", writer.csv());
        write(spark, folder + "/comparison.md", writer.markdown());
        if (!configuration.compare().focus().isEmpty()) {
            write(spark, folder + "/focus.csv", writer.focusCsv());
        }
        System.out.print(writer.console());
        System.out.println(folder);
    }

    static Comparison compare(SparkSession spark, Configuration configuration) {
        Configuration.Paths paths = configuration.paths();
        Configuration.Predict predict = configuration.predict();
        PreparedData data = PreparedData.read(spark, paths.resolve(paths.data()));
        Dataset<Row> examples = PreparedData.examples(spark, paths.resolve(paths.data()));
        Dataset<Row> rows = StratifiedSample.of(examples.where(col("split").equalTo(predict.split())), predict.rows());
        Dataset<Row> train = examples.where(col("split").equalTo("train"));
        String rowsAre = predict.split() + (predict.rows() == 0 ? ", all rows" : ", a sample of " + predict.rows());

        FittedBiasModel bias = FittedBiasModel.fit(train, data.minRating(), data.maxRating());
        Dataset<Row> trivial = new TrivialPredictors(train, bias, data.minRating(), data.maxRating()).predict(rows);
        Dataset<Row> saved = PredictionFolders.read(spark, paths.resolve(paths.predictions()))
                .evaluated(examples, rows, rowsAre);
        Dataset<Row> all = saved.unionByName(trivial.withColumn("readout", lit(POINT))
                        .withColumn("seed", lit(0L))
                        .withColumn("failed", lit(false))
                        .join(rows.select("rowId", "userId", "truth"), "rowId"))
                .cache();
        try {
            List<SystemKey> keys = keys(saved, List.copyOf(predict.policies().keySet()));
            ErrorSums sums = ErrorSums.of(all, keys);
            return table(configuration, keys, sums, notes(rows, data, configuration, rowsAre, sums.errors()));
        } finally {
            all.unpersist();
        }
    }

    /** Trivial systems, then those of the configuration in its order, then all others by name. */
    private static List<SystemKey> keys(Dataset<Row> saved, List<String> configured) {
        List<SystemKey> keys = new ArrayList<>();
        TrivialPredictors.SYSTEMS.forEach(system -> keys.add(new SystemKey(system, POINT, 0)));
        saved.select("system", "readout", "seed").distinct().collectAsList().stream()
                .map(row -> new SystemKey(row.getString(0), row.getString(1), row.getLong(2)))
                .sorted(Comparator.comparing((SystemKey key) -> configured.contains(key.system())
                                ? configured.indexOf(key.system())
                                : configured.size())
                        .thenComparing(SystemKey::system)
                        .thenComparing(SystemKey::readout)
                        .thenComparing(SystemKey::seed))
                .forEach(keys::add);
        return keys;
    }

    private static Comparison table(
            Configuration configuration, List<SystemKey> keys, ErrorSums sums, List<String> notes) {
        Configuration.Compare settings = configuration.compare();
        UserErrors errors = sums.errors();
        int reference = index(keys, settings.reference(), "compare.reference");
        UserBootstrap bootstrap =
                new UserBootstrap(errors, settings.resamples(), settings.confidence(), configuration.seed());
        double promptMeans = errors.mae(index(keys, TrivialPredictors.PROMPT_MEANS, "prompt means"));
        List<ComparisonRow> rows = new ArrayList<>();
        for (int system = 0; system < keys.size(); system++) {
            long parsed = errors.rows() - sums.failed(system);
            rows.add(new ComparisonRow(
                    keys.get(system),
                    TrivialPredictors.SYSTEMS.contains(keys.get(system).system()),
                    errors.rows(),
                    sums.failed(system),
                    errors.mae(system),
                    bootstrap.mae(system),
                    errors.rmse(system),
                    bootstrap.rmse(system),
                    parsed == 0 ? OptionalDouble.empty() : OptionalDouble.of(sums.parsedAbsolute(system) / parsed),
                    errors.mae(system) - errors.mae(reference),
                    bootstrap.maeDifference(system, reference),
                    errors.mae(system) < promptMeans));
        }
        Optional<SystemKey> focus = settings.focus().isEmpty()
                ? Optional.empty()
                : Optional.of(keys.get(index(keys, settings.focus(), "compare.focus")));
        return new Comparison(
                rows,
                keys.get(reference),
                settings.confidence(),
                focus,
                focus.map(key -> focusRows(keys, keys.indexOf(key), errors, bootstrap))
                        .orElse(List.of()),
                notes);
    }

    private static List<FocusRow> focusRows(
            List<SystemKey> keys, int focus, UserErrors errors, UserBootstrap bootstrap) {
        List<FocusRow> rows = new ArrayList<>();
        for (int other = 0; other < keys.size(); other++) {
            if (other != focus) {
                rows.add(new FocusRow(
                        keys.get(other), errors.mae(focus) - errors.mae(other), bootstrap.maeDifference(focus, other)));
            }
        }
        return rows;
    }

    /** The first row of a system, or of {@code system/read-out}. */
    private static int index(List<SystemKey> keys, String name, String setting) {
        Predicate<SystemKey> named =
                key -> key.system().equals(name) || (key.system() + "/" + key.readout()).equals(name);
        return keys.stream()
                .filter(named)
                .findFirst()
                .map(keys::indexOf)
                .orElseThrow(() -> new InvalidInputException("%s: there is no system %s; the table has %s"
                        .formatted(
                                setting,
                                name,
                                keys.stream().map(SystemKey::system).distinct().toList())));
    }

    private static List<String> notes(
            Dataset<Row> rows, PreparedData data, Configuration configuration, String rowsAre, UserErrors errors) {
        Row shares = rows.agg(
                        avg(when(col("seenUser"), 0.0).otherwise(1.0)),
                        avg(when(col("seenItem"), 0.0).otherwise(1.0)))
                .head();
        Configuration.Compare settings = configuration.compare();
        return List.of(
                String.format(
                        Locale.ROOT,
                        "%s: %d rows (%s) of %d users; new users %.1f %%, new items %.1f %%. Every row counts the same.",
                        data.name(),
                        errors.rows(),
                        rowsAre,
                        errors.users(),
                        100 * shares.getDouble(0),
                        100 * shares.getDouble(1)),
                String.format(
                        Locale.ROOT,
                        "Intervals: %d resamples of users, paired, seed %d. Failed rows hold the bias model's prediction.",
                        settings.resamples(),
                        configuration.seed()),
                "Data sha256 " + data.sha256() + ".");
    }

    private static void write(SparkSession spark, String file, String text) {
        Path path = new Path(file);
        try (OutputStream out =
                path.getFileSystem(spark.sparkContext().hadoopConfiguration()).create(path, true)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new InvalidInputException(
                    "paths.table: %s cannot be written: %s; free space there or name another folder".formatted(file, e),
                    e);
        }
    }
}
