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
import io.recthink.prompt.ContentRule;
import io.recthink.prompt.OutputGrammar;
import io.recthink.prompt.ParsedOutput;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.PromptTemplate;
import io.recthink.reward.RewardSettings;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.JobSession;
import io.recthink.spark.files.ListedTable;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.files.OutputFolders;
import io.recthink.spark.table.Examples;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.Tables;
import io.recthink.spark.table.TeacherUsage;
import io.recthink.teacher.ColdStartSettings;
import io.recthink.teacher.Purpose;
import io.recthink.teacher.RuleTeacher;
import io.recthink.teacher.Teacher;
import io.recthink.teacher.TeacherAnswer;
import io.recthink.teacher.TeacherRequest;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * The job {@code cold-start}: writes teacher traces for rows of the pool {@value #POOL}, at most
 * {@code coldStart.traces} rows. The job reads the sections {@code coldStart} and {@code prompt}, {@code seed},
 * {@code reward.minWords} and the data set in {@code paths.data}.
 *
 * <p>It writes the table {@code paths.traces} as {@link Tables#TRACES}, with {@code _files.json}. It refuses to write
 * over an existing folder. The job drops the true rating before a teacher sees a row.
 */
public final class ColdStartJob implements Job {
    private static final String POOL = "coldStart";

    private static final StructType ANSWERS =
            Tables.TRACES.add("calls", DataTypes.LongType, false).add("tokens", DataTypes.LongType, false);

    @Override
    public void execute(SparkSession spark, Configuration configuration) {
        Paths paths = configuration.paths();
        String data = paths.resolve(paths.data());
        String output = paths.resolve(paths.traces());
        org.apache.hadoop.conf.Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        try (OutputFolders folder = OutputFolders.take(hadoop, "paths.traces", output)) {
            write(spark, configuration, data, output);
            folder.complete();
        }
    }

    private static void write(SparkSession spark, Configuration configuration, String data, String output) {
        JobSession.fitPartitions(spark, data);
        PreparedData prepared = PreparedData.read(spark, data);
        Dataset<Row> examples = PreparedData.examples(spark, data);

        Activity.begin(spark, "cold-start", "cold-start: traces");
        Dataset<Row> answers = answers(
                        chosen(
                                examples,
                                configuration.get(ColdStartSettings.class).traces()),
                        configuration,
                        prepared)
                .persist(StorageLevel.MEMORY_AND_DISK());
        ListedTable.write(
                answers.selectExpr(Tables.TRACES.fieldNames()),
                "paths.traces",
                output,
                TeacherUsage.of(answers, "calls", "tokens").entries());
        answers.unpersist();

        Dataset<Row> traces = spark.read().schema(Tables.TRACES).parquet(LiteralPath.of(output));
        report(traces, examples, output);
        sayShort(traces, configuration, prepared);
    }

    /**
     * Warns of traces with blocks too short for {@code reward.minWords}: a policy that learns them writes no
     * well-formed completion.
     */
    private static void sayShort(Dataset<Row> traces, Configuration configuration, PreparedData prepared) {
        PromptSettings prompt = configuration.get(PromptSettings.class);
        double min = prepared.minRating();
        double max = prepared.maxRating();
        int minWords = configuration.get(RewardSettings.class).minWords();
        List<String> instruction = new PromptTemplate(prompt, min, max).instruction();
        long tooShort = traces.select("completion")
                .mapPartitions(
                        (MapPartitionsFunction<Row, Boolean>) rows -> {
                            OutputGrammar grammar = OutputGrammar.of(prompt.think(), min, max)
                                    .asking(new ContentRule(minWords, instruction));
                            Iterable<Row> iterable = () -> rows;
                            return StreamSupport.stream(iterable.spliterator(), false)
                                    .map(row -> grammar.parse(row.getString(0), true)
                                            .formatOk())
                                    .iterator();
                        },
                        Encoders.BOOLEAN())
                .filter(col("value").equalTo(false))
                .count();
        if (tooShort > 0) {
            System.out.printf(
                    "WARNING: %d of the traces have a block with fewer than reward.minWords=%d different words of its own:"
                            + " train counts completions like these traces as malformed. To train on these traces set"
                            + " reward.minWords=0, or the number of words that their blocks have.%n",
                    tooShort, minWords);
        }
    }

    /** Chooses rows of the pool by row id. Row ids are hashes, so their order is random and always the same. */
    private static Dataset<Row> chosen(Dataset<Row> examples, int rows) {
        Dataset<Row> pool = examples.where(col("pool").equalTo(POOL));
        if (pool.isEmpty()) {
            throw new InvalidInputException(
                    "prepare.pools.coldStart: the prepared data has no row in the pool; raise the setting and run `recthink prepare` again");
        }
        return pool.orderBy("rowId").limit(rows);
    }

    /** The traces of examples as {@link Tables#TRACES}, each with the calls of models and the tokens that it needed. */
    static Dataset<Row> answers(Dataset<Row> examples, Configuration configuration, PreparedData prepared) {
        ColdStartSettings coldStart = configuration.get(ColdStartSettings.class);
        PromptSettings prompt = configuration.get(PromptSettings.class);
        long seed = configuration.seed();
        double min = prepared.minRating();
        double max = prepared.maxRating();
        return examples.drop("truth")
                .mapPartitions(
                        (MapPartitionsFunction<Row, Row>) rows -> {
                            Teacher teacher = teacher(coldStart, prompt, min, max, seed);
                            return answers(rows, teacher, OutputGrammar.of(prompt.think(), min, max));
                        },
                        Encoders.row(ANSWERS));
    }

    private static Teacher teacher(
            ColdStartSettings coldStart, PromptSettings prompt, double min, double max, long seed) {
        return switch (coldStart.teacher()) {
            case TEMPLATE -> new RuleTeacher(coldStart, prompt, min, max, seed);
        };
    }

    private static Iterator<Row> answers(Iterator<Row> rows, Teacher teacher, OutputGrammar grammar) {
        Iterable<Row> iterable = () -> rows;
        return StreamSupport.stream(iterable.spliterator(), false)
                .map(row -> {
                    String rowId = row.getAs("rowId");
                    TeacherAnswer answer = teacher.answer(new TeacherRequest(
                            Purpose.RECONE_TRACE, rowId, 0, Examples.input(row), OptionalDouble.empty()));
                    ParsedOutput parsed = grammar.parse(answer.text(), true);
                    if (!parsed.formatOk()) {
                        throw new IllegalStateException("malformed trace of row " + rowId + ": " + answer.text());
                    }
                    return RowFactory.create(
                            rowId,
                            answer.text(),
                            parsed.rating().orElseThrow(),
                            teacher.name(),
                            answer.calls(),
                            answer.tokens());
                })
                .iterator();
    }

    /**
     * Prints the ratings of the traces by true rating: the warm start needs ratings that follow the truth and spread
     * around it.
     */
    private static void report(Dataset<Row> traces, Dataset<Row> examples, String output) {
        List<Row> perRating =
                traces.groupBy("rating").agg(count("*")).orderBy("rating").collectAsList();
        Dataset<Row> judged = traces.join(examples.select("rowId", "truth"), "rowId");
        List<Row> perTruth = judged.groupBy("truth")
                .agg(count("*"), avg("rating"), coalesce(stddev_pop("rating"), lit(0.0)))
                .orderBy("truth")
                .collectAsList();
        long total = perRating.stream().mapToLong(row -> row.getLong(1)).sum();
        System.out.printf("%d traces: %s%n", total, output);
        for (Row row : perRating) {
            System.out.printf(Locale.ROOT, "  rating %s: %d traces%n", row.get(0), row.getLong(1));
        }
        for (Row row : perTruth) {
            System.out.printf(
                    Locale.ROOT,
                    "  truth %s: %d traces, rated %.2f on average, standard deviation %.2f%n",
                    row.get(0),
                    row.getLong(1),
                    row.getDouble(2),
                    row.getDouble(3));
        }
    }
}
