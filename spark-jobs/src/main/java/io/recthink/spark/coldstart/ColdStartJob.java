package io.recthink.spark.coldstart;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.stddev_pop;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.prompt.RatingText;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.JobSession;
import io.recthink.spark.files.ListedTable;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.files.OutputFolders;
import io.recthink.spark.files.Storage;
import io.recthink.spark.table.KeptRows;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.Tables;
import io.recthink.spark.teacher.TeacherAnswers;
import io.recthink.teacher.ColdStartSettings;
import io.recthink.teacher.TeacherSettings;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The job {@code cold-start}: writes teacher traces for rows of the pool {@code coldStart.pool}, at most
 * {@code coldStart.traces} rows. The job reads the sections {@code coldStart}, {@code teacher} and {@code prompt},
 * {@code seed}, {@code reward.minWords} and the data set in {@code paths.data}. A teacher {@code local} also needs the
 * section {@code model}.
 *
 * <p>It writes the table {@code paths.traces} as {@link Tables#TRACES}, with {@code _files.json} and
 * {@code _checks.json}. The answers of a model also go to the ledger in {@code paths.teacher}. The job refuses to write
 * over existing traces.
 */
public final class ColdStartJob implements Job {
    private static final String NAME = "cold-start";
    private static final String CHECKS = "_checks.json";

    private final boolean isDryRun;

    /** The job that asks and writes. */
    public ColdStartJob() {
        this(false);
    }

    /** @param isDryRun whether to print only what would be asked, and what it would cost */
    public ColdStartJob(boolean isDryRun) {
        this.isDryRun = isDryRun;
    }

    @Override
    public void execute(SparkSession spark, Configuration configuration) {
        TeacherSettings teacher =
                configuration.get(ColdStartSettings.class).teacher(configuration.get(TeacherSettings.class));
        Paths paths = configuration.paths();
        String data = paths.resolve(paths.data());
        JobSession.fitPartitions(spark, data);
        // A recipe is many small joins: planning each of them in steps would take longer than the joins.
        spark.conf().set("spark.sql.adaptive.enabled", false);
        PreparedData prepared = PreparedData.read(spark, data);
        try (KeptRows kept = new KeptRows();
                TeacherAnswers answers = TeacherAnswers.open(
                        spark, configuration, teacher, prepared.minRating(), prepared.maxRating(), NAME);
                TraceRecipe recipe =
                        new TraceRecipe(configuration, prepared, answers, teacher.name(), teacher.resample())) {
            Dataset<Row> chosen =
                    kept.keep(chosen(PreparedData.examples(spark, data), configuration.get(ColdStartSettings.class)));
            if (isDryRun) {
                recipe.dryRun(chosen);
            } else {
                write(spark, configuration, prepared, chosen, answers, recipe);
            }
        }
    }

    private static void write(
            SparkSession spark,
            Configuration configuration,
            PreparedData prepared,
            Dataset<Row> chosen,
            TeacherAnswers answers,
            TraceRecipe recipe) {
        Paths paths = configuration.paths();
        String output = paths.resolve(paths.traces());
        org.apache.hadoop.conf.Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        try (OutputFolders folder = OutputFolders.take(hadoop, "paths.traces", output)) {
            sayMissing(chosen, prepared);
            recipe.write(chosen);
            Activity.begin(spark, NAME, "cold-start: traces");
            TraceCounts counts = TraceCounts.of(chosen, recipe.answers(), recipe.traces());
            if (counts.traces() == 0) {
                counts.print();
                throw new InvalidInputException(
                        "None of the %d rows has a usable answer of the teacher %s; the reasons are above. Take another teacher, or lower what is asked of an answer (reward.minWords, coldStart.forbidden)."
                                .formatted(
                                        counts.dropped(), teacher(configuration).name()));
            }
            TeacherAnswers.Usage usage = answers.usage();
            ListedTable.write(
                    recipe.traces(),
                    "paths.traces",
                    output,
                    Map.of(
                            "teacherCalls", usage.calls(),
                            "teacherTokens", usage.tokens(),
                            "teacherCallsAsked", usage.askedCalls(),
                            "teacherTokensAsked", usage.askedTokens()));
            Storage.at(output, hadoop).writeJson(CHECKS, counts);
            report(spark.read().schema(Tables.TRACES).parquet(LiteralPath.of(output)), chosen, output, counts, usage);
            folder.complete();
        }
    }

    private static TeacherSettings teacher(Configuration configuration) {
        return configuration.get(ColdStartSettings.class).teacher(configuration.get(TeacherSettings.class));
    }

    /** Chooses rows of the pool by row id. Row ids are hashes, so their order is random and always the same. */
    private static Dataset<Row> chosen(Dataset<Row> examples, ColdStartSettings settings) {
        Dataset<Row> pool = examples.where(col("pool").equalTo(settings.pool().label()));
        if (pool.isEmpty()) {
            throw new InvalidInputException(
                    "prepare.pools.%s: the prepared data has no row in the pool; raise the setting and run `recthink prepare` again"
                            .formatted(settings.pool().label()));
        }
        return pool.orderBy("rowId").limit(settings.traces());
    }

    /** Warns of whole ratings that no row has: the student sees no example of them. */
    private static void sayMissing(Dataset<Row> chosen, PreparedData data) {
        Set<Double> found = Set.copyOf(
                chosen.select("truth").distinct().as(Encoders.DOUBLE()).collectAsList());
        String missing = LongStream.rangeClosed((long) Math.ceil(data.minRating()), (long) Math.floor(data.maxRating()))
                .filter(rating -> !found.contains((double) rating))
                .mapToObj(Long::toString)
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            System.out.printf(
                    "WARNING: no row of the pool has the true rating %s, so no trace shows it. A larger pool"
                            + " (prepare.pools, coldStart.traces) may have such rows.%n",
                    missing);
        }
    }

    /**
     * Prints the ratings of the traces by true rating: the warm start needs ratings that follow the truth and spread
     * around it.
     */
    private static void report(
            Dataset<Row> traces, Dataset<Row> chosen, String output, TraceCounts counts, TeacherAnswers.Usage usage) {
        System.out.printf("%d traces: %s%n", counts.traces(), output);
        counts.print();
        List<Row> perTruth = traces.join(chosen.select("rowId", "truth"), "rowId")
                .groupBy("truth")
                .agg(count("*"), avg("rating"), coalesce(stddev_pop("rating"), lit(0.0)))
                .orderBy("truth")
                .collectAsList();
        for (Row row : perTruth) {
            System.out.printf(
                    Locale.ROOT,
                    "  truth %s: %d traces, rated %.2f on average, standard deviation %.2f%n",
                    RatingText.of(row.getDouble(0)),
                    row.getLong(1),
                    row.getDouble(2),
                    row.getDouble(3));
        }
        if (usage.calls() > 0) {
            System.out.printf(
                    "teacher: %,d answers of %,d tokens; asked now: %,d of %,d tokens%n",
                    usage.calls(), usage.tokens(), usage.askedCalls(), usage.askedTokens());
        }
    }
}
