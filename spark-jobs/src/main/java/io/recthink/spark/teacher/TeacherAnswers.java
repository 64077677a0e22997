package io.recthink.spark.teacher;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.model.ChatTemplate.Message;
import io.recthink.model.ModelFolder;
import io.recthink.model.ModelSettings;
import io.recthink.prompt.PromptSettings;
import io.recthink.spark.Activity;
import io.recthink.spark.UnavailableException;
import io.recthink.spark.completion.TaskProgress;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.policy.PolicyStore;
import io.recthink.spark.run.PolicyArgument;
import io.recthink.spark.table.KeptRows;
import io.recthink.spark.teacher.Ledger.Spent;
import io.recthink.spark.teacher.Outcome.Kind;
import io.recthink.teacher.RuleTeacher;
import io.recthink.teacher.TeacherAnswer;
import io.recthink.teacher.TeacherKind;
import io.recthink.teacher.TeacherRequest;
import io.recthink.teacher.TeacherSettings;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The answers of a teacher to questions about rows. A question that the ledger knows is not asked again. The answers of
 * a model are written to the ledger by the tasks that ask, and read from there.
 */
public final class TeacherAnswers implements AutoCloseable {
    /** Identity of the row that an answer is about. */
    public static final String KEY = "key";

    /** Text of the answer without private reasoning; null: the teacher gave no answer. */
    public static final String RESPONSE = "response";

    /** Why the answer ended; null without an answer. */
    public static final String FINISH = "finish";

    private static final StructType RULED = new StructType()
            .add(KEY, DataTypes.StringType, false)
            .add(RESPONSE, DataTypes.StringType, true)
            .add(FINISH, DataTypes.StringType, true);

    private static final DateTimeFormatter ROUND =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final SparkSession spark;
    private final Configuration configuration;
    private final TeacherSettings teacher;
    private final double min;
    private final double max;
    private final String command;
    private final String folder;
    private final Ledger ledger;
    private final String key;
    private final Optional<PolicyReference> model;
    private final KeptRows kept = new KeptRows();
    private final List<Dataset<Row>> used = new ArrayList<>();
    private final Spent before;

    private TeacherAnswers(
            SparkSession spark,
            Configuration configuration,
            TeacherSettings teacher,
            double min,
            double max,
            String command) {
        Paths paths = configuration.paths();
        this.spark = spark;
        this.configuration = configuration;
        this.teacher = teacher;
        this.min = min;
        this.max = max;
        this.command = command;
        this.folder = paths.resolve(paths.teacher());
        this.ledger = new Ledger(spark, folder);
        this.key = TeacherKey.of(teacher);
        this.model = teacher.kind() == TeacherKind.LOCAL
                ? Optional.of(PolicyArgument.resolve("teacher.model", paths.resolve(teacher.model()), spark))
                : Optional.empty();
        this.before = teacher.kind() == TeacherKind.RULE ? new Spent(0, 0, 0) : ledger.spent();
    }

    /**
     * Prepares a teacher.
     *
     * @param min lowest rating of the scale
     * @param max highest rating of the scale
     * @param command command that asks, for messages
     * @throws InvalidInputException when the teacher cannot be used: no key, no model, or speculative tasks
     */
    public static TeacherAnswers open(
            SparkSession spark,
            Configuration configuration,
            TeacherSettings teacher,
            double min,
            double max,
            String command) {
        refuseSpeculation(spark, teacher);
        refuseFields(teacher);
        refuseRequests(teacher);
        return new TeacherAnswers(spark, configuration, teacher, min, max, command);
    }

    /** Copies of a task would ask the same at the same time, and no ledger prevents it. */
    private static void refuseSpeculation(SparkSession spark, TeacherSettings teacher) {
        boolean speculates = spark.sparkContext().conf().getBoolean("spark.speculation", false);
        if (teacher.kind() == TeacherKind.CHAT && speculates) {
            throw new InvalidInputException(
                    "teacher.kind chat: spark.speculation is on in this application, so the teacher would be asked and paid twice. Start the application with spark.speculation=false.");
        }
    }

    private static void refuseFields(TeacherSettings teacher) {
        Set<String> fields = teacher.body().keySet();
        if (teacher.kind() == TeacherKind.LOCAL && !Set.of(LocalTask.TEMPLATE).containsAll(fields)) {
            throw new InvalidInputException(
                    "teacher.body: the own engine knows only the field %s (was %s). Remove the others."
                            .formatted(LocalTask.TEMPLATE, String.join(", ", fields)));
        }
    }

    /**
     * The answers to one question about each row, with the columns {@value #KEY}, {@value #RESPONSE} and
     * {@value #FINISH}. They stay in memory or on the disks of the executors until this object is closed.
     *
     * @param rows rows that {@code asking} reads, one for each key
     * @param sample number of the answer to the same question, from 0
     * @throws io.recthink.spark.StoppedException when the budget is used up, or a batch file waits for its answers
     * @throws UnavailableException when the server does not answer
     */
    public Dataset<Row> of(Dataset<Row> rows, Asking asking, int sample) {
        Activity.begin(
                spark, command, "%s: %s".formatted(command, asking.purpose().label()));
        return teacher.kind() == TeacherKind.RULE ? ruled(rows, asking, sample) : ofModel(rows, asking, sample);
    }

    private Dataset<Row> ruled(Dataset<Row> rows, Asking asking, int sample) {
        TeacherSettings settings = teacher;
        PromptSettings prompt = configuration.get(PromptSettings.class);
        long seed = configuration.seed();
        double lowest = min;
        double highest = max;
        return keep(rows.mapPartitions(
                (MapPartitionsFunction<Row, Row>) given -> {
                    RuleTeacher rule = new RuleTeacher(settings.rule(), prompt, lowest, highest, seed);
                    Asking.Writer writer = asking.open();
                    return mapped(given, row -> {
                        TeacherRequest request = writer.request(row, sample);
                        TeacherAnswer answer = rule.answer(request);
                        return RowFactory.create(request.key(), answer.text(), answer.finish());
                    });
                },
                Encoders.row(RULED)));
    }

    private Dataset<Row> ofModel(Dataset<Row> rows, Asking asking, int sample) {
        Dataset<Row> questions = keep(questions(rows, asking, sample));
        List<Outcome> failed = new ArrayList<>();
        long total = questions.select("sha256").distinct().count();
        if (teacher.kind() == TeacherKind.BATCH_FILE) {
            failed.addAll(takeBatches(questions, asking));
            refuseFailures(failed, total);
        }
        Dataset<Row> missing = missing(questions, failed);
        for (long left = missing.count(); left > 0; left = missing.count()) {
            failed.addAll(ask(missing, left, asking, total));
            refuseFailures(failed, total);
            missing = missing(questions, failed);
        }
        Dataset<Row> answers = keep(ledger.answers(questions));
        used.add(answers);
        sayFailures(failed);
        return keep(questions
                .join(answers, "sha256")
                .select(KEY, RESPONSE, FINISH)
                .unionByName(withoutAnswer(questions, answers)));
    }

    private static Dataset<Row> withoutAnswer(Dataset<Row> questions, Dataset<Row> answers) {
        return questions
                .join(
                        answers.select(col("sha256").as("answered")),
                        col("sha256").equalTo(col("answered")),
                        "left_anti")
                .select(
                        col(KEY),
                        lit(null).cast("string").as(RESPONSE),
                        lit(null).cast("string").as(FINISH));
    }

    private Dataset<Row> questions(Dataset<Row> rows, Asking asking, int sample) {
        String identity = model.map(PolicyReference::digest).orElse(teacher.model());
        QuestionWriter questions = new QuestionWriter(teacher, identity, configuration.seed());
        return rows.mapPartitions(
                (MapPartitionsFunction<Row, Row>) given -> {
                    Asking.Writer writer = asking.open();
                    return mapped(given, row -> {
                        TeacherRequest request = writer.request(row, sample);
                        return questions
                                .question(request, writer.messages(request))
                                .row();
                    });
                },
                Encoders.row(Question.SCHEMA));
    }

    private static Iterator<Row> mapped(Iterator<Row> rows, Function<Row, Row> map) {
        Iterable<Row> iterable = () -> rows;
        return StreamSupport.stream(iterable.spliterator(), false).map(map).iterator();
    }

    /** The questions that have neither an answer nor failed, one for each identity. */
    private Dataset<Row> missing(Dataset<Row> questions, List<Outcome> failed) {
        List<String> given = failed.stream().map(Outcome::sha256).toList();
        Dataset<Row> settled = ledger.answers(questions)
                .select(col("sha256").as("settled"))
                .union(spark.createDataset(given, Encoders.STRING()).toDF("settled"));
        return keep(
                questions.dropDuplicates("sha256").join(settled, col("sha256").equalTo(col("settled")), "left_anti"));
    }

    private List<Outcome> ask(Dataset<Row> missing, long left, Asking asking, long total) {
        if (teacher.kind() == TeacherKind.BATCH_FILE) {
            throw new BatchFiles(spark, folder).ask(missing, command);
        }
        Budget budget = new Budget(teacher);
        Dataset<Row> allowed = missing;
        long asked = left;
        if (budget.hasLimits()) {
            Spent spent = ledger.spent();
            allowed = keep(budget.fitting(missing, spent));
            asked = allowed.count();
            if (asked == 0) {
                throw budget.usedUp(command, spent, left);
            }
        }
        String words =
                "%s: %s, %d of %d requests".formatted(command, asking.purpose().label(), asked, total);
        Activity.begin(spark, command, words);
        List<Outcome> outcomes = inTasks(allowed, asked, asking, total);
        outcomes.forEach(this::refuseStop);
        return outcomes.stream()
                .filter(outcome -> outcome.kind() == Kind.FAILED)
                .toList();
    }

    private List<Outcome> inTasks(Dataset<Row> allowed, long asked, Asking asking, long total) {
        SparkContext context = spark.sparkContext();
        int tasks = Math.toIntExact(
                Math.max(1, Math.min(asked, Math.min(context.defaultParallelism(), teacher.concurrency()))));
        LongAccumulator done = context.longAccumulator("answered requests");
        Broadcast<SerializableConfiguration> hadoop = hadoop();
        Broadcast<String> secret = JavaSparkContext.fromSparkContext(context).broadcast(key);
        TaskProgress progress =
                new TaskProgress("%s, %s".formatted(command, asking.purpose().label()), done, asked);
        context.addSparkListener(progress);
        try {
            Dataset<Row> dealt = allowed.repartition(tasks, col("sha256")).sortWithinPartitions("sha256");
            return dealt
                    .mapPartitions(task(asking, tasks, total, secret, hadoop, done), Encoders.row(Outcome.SCHEMA))
                    .collectAsList()
                    .stream()
                    .map(Outcome::of)
                    .toList();
        } finally {
            context.removeSparkListener(progress);
            secret.destroy();
            hadoop.destroy();
        }
    }

    private MapPartitionsFunction<Row, Row> task(
            Asking asking,
            int tasks,
            long total,
            Broadcast<String> secret,
            Broadcast<SerializableConfiguration> hadoop,
            LongAccumulator done) {
        String round = round();
        if (model.isPresent()) {
            LocalTask task = new LocalTask(
                    teacher,
                    asking.beginsWithThinking(),
                    model.get(),
                    configuration.get(ModelSettings.class),
                    positions(model.get()),
                    folder,
                    round,
                    tasks,
                    hadoop,
                    done);
            return task::ask;
        }
        long mostFailures = (long) Math.ceil(teacher.maxFailureShare() * total / tasks) + 1;
        ChatTask task = new ChatTask(
                teacher, asking.beginsWithThinking(), secret, folder, round, tasks, mostFailures, hadoop, done);
        return task::ask;
    }

    private static int positions(PolicyReference model) {
        try (ModelFolder opened = ModelFolder.open(PolicyStore.localize(model.model()))) {
            return opened.config().maxPositions();
        }
    }

    private Broadcast<SerializableConfiguration> hadoop() {
        return JavaSparkContext.fromSparkContext(spark.sparkContext())
                .broadcast(new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
    }

    private static String round() {
        return ROUND.format(Instant.now()) + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    private List<Outcome> takeBatches(Dataset<Row> questions, Asking asking) {
        Dataset<Row> lines = new BatchFiles(spark, folder).answers();
        Broadcast<SerializableConfiguration> hadoop = hadoop();
        try {
            BatchTask task = new BatchTask(teacher, asking.beginsWithThinking(), folder, round(), hadoop);
            return missing(questions, List.of())
                    .join(lines, "sha256")
                    .mapPartitions((MapPartitionsFunction<Row, Row>) task::take, Encoders.row(Outcome.SCHEMA))
                    .collectAsList()
                    .stream()
                    .map(Outcome::of)
                    .toList();
        } finally {
            hadoop.destroy();
        }
    }

    /**
     * What one question about each row would cost.
     *
     * @param requests different questions
     * @param known questions that the ledger answers
     * @param promptTokens estimated prompt tokens of the others: characters divided by 4
     * @param answerTokens most tokens of their answers
     * @param cost most cost by {@code teacher.price}
     */
    public record Estimate(long requests, long known, long promptTokens, long answerTokens, double cost) {}

    /** Whether no model is asked. */
    public boolean isFree() {
        return teacher.kind() == TeacherKind.RULE;
    }

    /**
     * Estimates what {@link #of} would ask a model. It asks nothing.
     *
     * @param rows as for {@link #of}
     */
    public Estimate estimate(Dataset<Row> rows, Asking asking, int sample) {
        Dataset<Row> questions = keep(questions(rows, asking, sample));
        long requests = questions.select("sha256").distinct().count();
        Row left = missing(questions, List.of())
                .agg(count(lit(1)), coalesce(sum("tokens"), lit(0L)))
                .head();
        long answerTokens = left.getLong(0) * teacher.maxTokens();
        return new Estimate(
                requests,
                requests - left.getLong(0),
                left.getLong(1),
                answerTokens,
                teacher.price().of(left.getLong(1), answerTokens));
    }

    /** The answers that the ledger has, as {@link #of}, without asking a model for the others. */
    public Dataset<Row> known(Dataset<Row> rows, Asking asking, int sample) {
        Dataset<Row> questions = keep(questions(rows, asking, sample));
        return keep(ledger.answers(questions).join(questions, "sha256").select(KEY, RESPONSE, FINISH));
    }

    /** Refuses an address, a key, a header or a field that no request can have, before any task starts. */
    private static void refuseRequests(TeacherSettings teacher) {
        if (teacher.kind() == TeacherKind.RULE) {
            return; // no model is asked
        }
        try {
            if (teacher.kind() == TeacherKind.CHAT) {
                ChatTask.client(teacher, TeacherKey.of(teacher), 1);
            }
            QuestionWriter.body(teacher, teacher.model(), List.of(new Message("user", "")), 0)
                    .json();
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("teacher: %s. Change the setting.".formatted(e.getMessage()), e);
        }
    }

    private void refuseStop(Outcome outcome) {
        switch (outcome.kind()) {
            case DENIED ->
                throw new InvalidInputException(
                        "The teacher refuses to answer: %s. Check teacher.url, teacher.model, teacher.apiKeyVariable and teacher.header. All answers are kept in the ledger."
                                .formatted(outcome.reason()));
            case UNREACHABLE ->
                throw new UnavailableException(
                        "The teacher cannot be reached from the executors: %s. Check teacher.url and whether the server runs; then start the same command again."
                                .formatted(outcome.reason()));
            case FAILED, ANSWERED -> {}
        }
    }

    private void refuseFailures(List<Outcome> failed, long total) {
        if (failed.size() > teacher.maxFailureShare() * total) {
            throw new UnavailableException(
                    ("%s stopped: %d of %d requests have no answer, more than teacher.maxFailureShare %s. Most often: %s. All answers are kept"
                                    + " in the ledger; the same command asks the others again.")
                            .formatted(command, failed.size(), total, teacher.maxFailureShare(), commonest(failed)));
        }
    }

    private void sayFailures(List<Outcome> failed) {
        if (!failed.isEmpty()) {
            System.out.printf("%d requests have no answer. Most often: %s%n", failed.size(), commonest(failed));
        }
    }

    private static String commonest(List<Outcome> failed) {
        return failed.stream()
                .collect(Collectors.groupingBy(Outcome::reason, Collectors.counting()))
                .entrySet()
                .stream()
                .max(Map.Entry.<String, Long>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                .orElseThrow()
                .getKey();
    }

    /**
     * What the answers cost.
     *
     * @param calls requests whose answers were used or rejected, as if the ledger had been empty
     * @param tokens tokens of these requests and their answers
     * @param askedCalls requests that were really asked since {@link #open}
     * @param askedTokens their tokens
     */
    public record Usage(long calls, long tokens, long askedCalls, long askedTokens) {}

    /** The cost of all answers since {@link #open}. */
    public Usage usage() {
        if (used.isEmpty()) {
            return new Usage(0, 0, 0, 0);
        }
        Row sums = used.stream()
                .reduce(Dataset::union)
                .orElseThrow()
                .dropDuplicates("sha256")
                .agg(count(lit(1)), sum(col("promptTokens").plus(col("completionTokens"))))
                .head();
        Spent now = ledger.spent();
        return new Usage(
                sums.getLong(0),
                sums.isNullAt(1) ? 0 : sums.getLong(1),
                now.requests() - before.requests(),
                now.tokens() - before.tokens());
    }

    private Dataset<Row> keep(Dataset<Row> rows) {
        return kept.keep(rows);
    }

    @Override
    public void close() {
        kept.close();
    }
}
