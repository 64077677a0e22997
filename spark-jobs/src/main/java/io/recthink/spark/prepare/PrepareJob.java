package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;

import io.recthink.config.Configuration;
import io.recthink.prompt.PromptSettings;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.JobSession;
import io.recthink.spark.baseline.bias.FittedBiasModel;
import io.recthink.spark.datacard.DataCard;
import io.recthink.spark.datacard.DataCardNotes;
import io.recthink.spark.datacard.DataCardPage;
import io.recthink.spark.datacard.DataCardText;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.files.Storage;
import io.recthink.spark.files.TableFiles;
import io.recthink.spark.source.LogReader;
import io.recthink.spark.source.Period;
import io.recthink.spark.source.Quarantine;
import io.recthink.spark.source.SourceSettings;
import io.recthink.spark.table.PoolSizes;
import io.recthink.spark.table.PrepareSettings;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.RatingGrid;
import io.recthink.spark.table.RowId;
import io.recthink.spark.table.SplitLabel;
import io.recthink.spark.table.Splits;
import io.recthink.spark.table.Tables;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The job {@code prepare}: turns a review log into examples. It reads the log, and the tokenizer and chat template of
 * {@code paths.model} if they exist. An append also reads an earlier data set.
 *
 * <p>Configuration: the sections {@code source}, {@code prepare} and {@code prompt}; the keys {@code name},
 * {@code seed}, {@code paths.root}, {@code paths.log}, {@code paths.data} and {@code paths.model}.
 *
 * <p>The job writes to the folder {@code paths.data}:
 *
 * <ul>
 *   <li>the tables {@code quarantine}, {@code reviews}, {@code examples} and {@code biases};
 *   <li>the table {@code quarantine-items}, only if an item description is unusable;
 *   <li>the files {@code prepare.json}, {@code data-card.json}, {@code data-card.md} and {@code data-card.html};
 *   <li>{@code data.json}, last.
 * </ul>
 *
 * <p>It writes nothing before it has checked the log, the filters and the split.
 */
public final class PrepareJob implements Job {
    private static final String NAME = "prepare";
    private static final int SHOWN_IDS = 3;
    private static final String SUM = "sum of the ratings";

    private final PrintStream out;
    private final Period period;
    private final Optional<String> appendTo;
    private final Optional<CycleRows> cycle;
    private final boolean ifMissing;

    /** Creates the job for a whole log. */
    public PrepareJob() {
        this(Period.ALWAYS, Optional.empty());
    }

    /**
     * Creates the job for a part of a log.
     *
     * @param period the part
     * @param appendTo the folder of an earlier data set with which the new data set begins. A relative folder is below
     *     {@code paths.root}. {@link Append} decides which rows join.
     */
    public PrepareJob(Period period, Optional<String> appendTo) {
        this(period, appendTo, false);
    }

    /**
     * Creates the job for a part of a log, also for a repeated call.
     *
     * @param period the part
     * @param appendTo as in {@link #PrepareJob(Period, Optional)}
     * @param ifMissing whether a complete data set that was made with the same settings is kept; otherwise it is refused
     */
    public PrepareJob(Period period, Optional<String> appendTo, boolean ifMissing) {
        this(System.out, period, appendTo, ifMissing);
    }

    /**
     * Creates the job for one cycle of {@code retrain}: the newest rows are test and validation rows, by their number.
     *
     * @param period the window of the cycle
     */
    public PrepareJob(Period period, CycleRows cycle) {
        this(System.out, period, Optional.empty(), Optional.of(cycle), false);
    }

    PrepareJob(PrintStream out) {
        this(out, Period.ALWAYS, Optional.empty());
    }

    PrepareJob(PrintStream out, Period period, Optional<String> appendTo) {
        this(out, period, appendTo, false);
    }

    PrepareJob(PrintStream out, Period period, Optional<String> appendTo, boolean ifMissing) {
        this(out, period, appendTo, Optional.empty(), ifMissing);
    }

    private PrepareJob(
            PrintStream out, Period period, Optional<String> appendTo, Optional<CycleRows> cycle, boolean ifMissing) {
        this.out = out;
        this.period = period;
        this.appendTo = appendTo;
        this.cycle = cycle;
        this.ifMissing = ifMissing;
    }

    @Override
    public void execute(SparkSession spark, Configuration configuration) {
        if (ifMissing && isThere(spark, configuration)) {
            return;
        }
        try (PersistedTables tables = new PersistedTables();
                TextLengths lengths = TextLengths.of(spark, configuration)) {
            prepare(spark, configuration, tables, lengths);
        }
    }

    /** Whether the folder has a complete data set, which then must be the one that is asked for. */
    private boolean isThere(SparkSession spark, Configuration configuration) {
        String folder = configuration.paths().resolve(configuration.paths().data());
        if (!Storage.at(folder, spark.sparkContext().hadoopConfiguration()).exists(PreparedData.FILE)) {
            return false;
        }
        PreparedData data = PreparedData.read(spark, folder);
        data.requireWhole(spark, folder);
        Request.of(configuration, period, appendTo, cycle)
                .refuseOther(Origin.read(spark, folder, "paths.data"), folder);
        say("%s is complete with %,d examples, made with the same settings: nothing to do", folder, data.rows());
        return true;
    }

    private void prepare(SparkSession spark, Configuration configuration, PersistedTables tables, TextLengths lengths) {
        Activity.begin(spark, NAME, "prepare: reading the log");
        DataFolder folder = new DataFolder(
                spark, configuration.paths().resolve(configuration.paths().data()));
        Origin origin = Origin.of(configuration, LogReader.columns(configuration.get(SourceSettings.class)), "");
        Optional<EarlierData> earlier = appendTo.map(
                data -> EarlierData.open(spark, configuration.paths().resolve(data), origin));
        Period part = earlier.map(data -> data.rest(period)).orElse(period);
        LogReader log = new LogReader(spark, configuration, part, this::note);
        JobSession.fitPartitions(spark, log.bytes());
        Dataset<Row> descriptions = tables.keep(log.descriptions());
        Map<String, Long> unusableItems = unusableItems(descriptions, log, configuration);
        Dataset<Row> items = tables.keep(LogReader.items(descriptions));

        Dataset<Row> read = tables.keep(log.reviews());
        Quarantine quarantine = quarantine(read, log, configuration);
        Dataset<Row> distinct = tables.keep(earliest(read, configuration.name()));
        Activity.begin(spark, NAME, "prepare: core and split");
        Draft draft = earlier.isPresent()
                ? appended(earlier.get(), distinct, quarantine, items, log.reviewsPath(), configuration, tables)
                : whole(distinct, quarantine, items, configuration, tables);
        Instant end = end(quarantine, part);

        if (folder.clear()) {
            say("replaced what an unfinished attempt had left");
        }
        Activity.begin(spark, NAME, "prepare: quarantine and reviews");
        Dataset<Row> unusable = read.where(col("reason").isNotNull()).select("reason", "record");
        write(draft.moreQuarantine().map(unusable::unionByName).orElse(unusable), folder, DataFolder.QUARANTINE);
        if (!unusableItems.isEmpty()) {
            write(
                    descriptions.where(col("reason").isNotNull()).select("reason", "record"),
                    folder,
                    DataFolder.QUARANTINED_ITEMS);
        }
        write(draft.reviews().selectExpr(Tables.REVIEWS.fieldNames()), folder, DataFolder.REVIEWS);
        Activity.begin(spark, NAME, "prepare: histories");
        write(draft.examples().selectExpr(Tables.EXAMPLES.fieldNames()), folder, DataFolder.EXAMPLES);

        Dataset<Row> examples =
                spark.read().schema(Tables.EXAMPLES).parquet(LiteralPath.of(folder.path(DataFolder.EXAMPLES)));
        Activity.begin(spark, NAME, "prepare: leak tests");
        SourceSettings source = configuration.get(SourceSettings.class);
        LeakTests leakTests = new LeakTests(
                examples,
                draft.reviews(),
                draft.counts().kept(),
                draft.split(),
                configuration.get(PrepareSettings.class));
        TextSurvey survey = new TextSurvey(configuration.get(PromptSettings.class), log.optionalColumns());
        List<Column> asked = new ArrayList<>(leakTests.figures());
        asked.addAll(Statistics.figures());
        asked.addAll(survey.figures());
        asked.addAll(RatingGrid.distances(source.minRating()));
        asked.add(FittedBiasModel.sum().as(SUM));
        Figures figures = Figures.of(Figures.joined(examples, draft.reviews()), asked);
        Fingerprint fingerprint = Fingerprint.of(examples);
        LeakTests.Findings findings = leakTests.run(figures, fingerprint);
        earlier.ifPresent(data -> data.refuseChanged(examples));
        say("leak tests passed");
        Activity.begin(spark, NAME, "prepare: data card");
        Statistics statistics = new Statistics(examples, figures);
        DataCard card = statistics.card(
                configuration.name(),
                log,
                draft.counts().with(findings.users(), findings.items()),
                draft.quarantined(),
                unusableItems,
                survey.of(figures, examples),
                draft.split().label(),
                lengths.measure(examples, draft.reviews(), statistics.rows()),
                findings,
                fingerprint,
                draft.appended(part, end));
        writeBiases(examples, figures, folder);
        folder.write(
                Origin.FILE,
                origin.until(end, Request.of(configuration, period, appendTo, cycle))
                        .toJson());
        folder.write(DataFolder.CARD_JSON, card.toJson());
        folder.write(DataFolder.CARD_TEXT, DataCardText.markdown(card));
        folder.write(DataFolder.CARD_PAGE, DataCardPage.html(card));
        RatingGrid ratings = RatingGrid.of(figures.splits(), source.minRating(), source.maxRating());
        folder.complete(description(configuration, card, ratings, folder.tables()));
        out.print(DataCardText.summary(card));
        if (DataCardNotes.itemsHardlyMeet(card)) {
            say("WARNING: items in reviews: %s; in descriptions: %s", some(draft.reviews()), some(items));
        }
        say("data card in %s", folder.path(DataFolder.CARD_PAGE));
    }

    private Draft whole(
            Dataset<Row> distinct,
            Quarantine quarantine,
            Dataset<Row> items,
            Configuration configuration,
            PersistedTables tables) {
        PrepareSettings options = configuration.get(PrepareSettings.class);
        KeptReviews kept = KeptReviews.of(distinct, options, cycle, configuration.seed(), tables);
        sayKept(kept, options);
        Dataset<Row> reviews = tables.keep(kept.rows()
                .join(items, new String[] {"itemId"}, "left")
                .withColumn("horizon", kept.split().horizon(options.refit())));
        PoolChoice pools = pools(reviews, configuration);
        return Draft.whole(reviews, pools.assign(new ExampleRows(options).of(reviews)), quarantine, kept, options);
    }

    private Draft appended(
            EarlierData earlier,
            Dataset<Row> distinct,
            Quarantine read,
            Dataset<Row> items,
            String path,
            Configuration configuration,
            PersistedTables tables) {
        PrepareSettings options = configuration.get(PrepareSettings.class);
        Append append = new Append(earlier, distinct, options, tables);
        Quarantine quarantine = read.with(append.refused(), path, configuration.get(SourceSettings.class));
        append.refused().forEach((reason, rows) -> say("%,d quarantined: %s", rows, reason));
        say(
                "%,d rows join the %,d of %s; %,d are there already, %,d repeat a user and an item, %,d are outside the core",
                append.newRows(),
                earlier.data().rows(),
                earlier.folder(),
                append.knownRows(),
                append.repeatedRows(),
                append.rowsOutsideCore());
        Dataset<Row> known = earlier.items();
        Dataset<Row> described = known.unionByName(items.join(known, new String[] {"itemId"}, "left_anti"));
        Dataset<Row> later = tables.keep(append.rows()
                .join(described, new String[] {"itemId"}, "left")
                .withColumn("horizon", earlier.split().horizon(options.refit())));
        Dataset<Row> there = tables.keep(earlier.divided());
        Dataset<Row> examples = new ExampleRows(options)
                .added(later, there)
                .withColumn("pool", lit(null).cast("string"));
        return Draft.appended(earlier, append, there, later, examples, quarantine);
    }

    /** Returns the end of the period that was read: the requested end, or one microsecond after the latest row. */
    private static Instant end(Quarantine read, Period part) {
        return part.until().orElseGet(() -> read.latest().orElseThrow().plus(1, ChronoUnit.MICROS));
    }

    private void sayKept(KeptReviews kept, PrepareSettings options) {
        say("%,d distinct (user, item), %,d kept by the %d-core", kept.distinct(), kept.count(), options.kcore());
        if (kept.countOfWholeCore() >= 0) {
            say(
                    "counted on the whole log, which knows the held-out rows, the %d-core would keep %,d (%+,d)",
                    options.kcore(), kept.countOfWholeCore(), kept.countOfWholeCore() - kept.count());
        }
        SplitLabel label = kept.split().label();
        say("%s", label.label());
        if (!label.warning().isEmpty()) {
            say("WARNING: %s", label.warning());
        }
    }

    private Quarantine quarantine(Dataset<Row> read, LogReader log, Configuration configuration) {
        Quarantine quarantine = log.firstReviews(() ->
                Quarantine.of("source.reviews", log.reviewsPath(), read, configuration.get(SourceSettings.class)));
        say("%,d rows read from %s", quarantine.read(), log.reviewsPath());
        quarantine.reasons().forEach((reason, rows) -> say("%,d quarantined: %s", rows, reason));
        return quarantine;
    }

    /** Returns the number of unusable item descriptions by reason. */
    private Map<String, Long> unusableItems(Dataset<Row> descriptions, LogReader log, Configuration configuration) {
        if (log.itemsPath().isEmpty()) {
            return Map.of();
        }
        Quarantine quarantine = log.firstItems(() ->
                Quarantine.of("source.items", log.itemsPath(), descriptions, configuration.get(SourceSettings.class)));
        say("%,d items read from %s", quarantine.read(), log.itemsPath());
        quarantine.reasons().forEach((reason, rows) -> say("%,d items quarantined: %s", rows, reason));
        return quarantine.reasons();
    }

    /**
     * Keeps one review per (user, item): the earliest. If several reviews have the same time, the least one stays, by
     * rating, then review, then summary.
     */
    private static Dataset<Row> earliest(Dataset<Row> read, String dataset) {
        return read.where(col("reason").isNull())
                .groupBy("userId", "itemId")
                .agg(min(struct("time", "rating", "review", "summary")).as("first"))
                .select("userId", "itemId", "first.*")
                .withColumn("rowId", RowId.column(dataset, col("userId"), col("itemId"), col("time")));
    }

    private PoolChoice pools(Dataset<Row> reviews, Configuration configuration) {
        PrepareSettings options = configuration.get(PrepareSettings.class);
        PoolSizes wanted = options.pools();
        PoolChoice choice = PoolChoice.of(
                reviews.select("rowId", "userId", "time", "split"), wanted, options.poolOrder(), configuration.seed());
        PoolSizes sizes = choice.sizes();
        if (!sizes.equals(wanted)) {
            say(
                    "pools shrunk to coldStart %,d, sft %,d, rl %,d: only %,d train rows have a user seen before",
                    sizes.coldStart(), sizes.sft(), sizes.rl(), choice.eligibleRows());
        }
        return choice;
    }

    /**
     * Fits the bias model once and writes it. It is the reference of every table and replaces answers that cannot be
     * read.
     */
    private static void writeBiases(Dataset<Row> examples, Figures figures, DataFolder folder) {
        Optional<Row> train = figures.splits().stream()
                .filter(split -> split.getAs("split").equals(Splits.TRAIN))
                .findFirst();
        train.ifPresent(totals -> {
            Activity.begin(examples.sparkSession(), NAME, "prepare: bias model");
            FittedBiasModel.fit(
                    examples.where(col("split").equalTo(Splits.TRAIN)),
                    totals.getAs(SUM),
                    totals.getAs("rows"),
                    biases -> write(biases, folder, DataFolder.BIASES));
        });
    }

    private static void write(Dataset<Row> table, DataFolder folder, String name) {
        table.write().parquet(folder.path(name));
    }

    private static PreparedData description(
            Configuration configuration, DataCard card, RatingGrid ratings, Map<String, TableFiles> tables) {
        Map<String, Long> splits = card.splits().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, split -> split.getValue().rows()));
        return new PreparedData(
                card.name(),
                configuration.get(SourceSettings.class).minRating(),
                configuration.get(SourceSettings.class).maxRating(),
                card.sha256(),
                card.rowIdsSha256(),
                card.counts().kept(),
                splits,
                card.pools(),
                ratings.step(),
                card.split(),
                tables);
    }

    /** Returns a few item ids for a message, so that a person can compare them. */
    private static String some(Dataset<Row> rows) {
        return rows.select("itemId").distinct().orderBy("itemId").limit(SHOWN_IDS).collectAsList().stream()
                .map(row -> "'" + row.getString(0) + "'")
                .collect(Collectors.joining(", "));
    }

    private void note(String line) {
        out.println("prepare: " + line);
    }

    private void say(String format, Object... values) {
        note(String.format(Locale.ROOT, format, values));
    }
}
