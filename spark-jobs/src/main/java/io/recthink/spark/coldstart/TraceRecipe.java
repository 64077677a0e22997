package io.recthink.spark.coldstart;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.recthink.config.Configuration;
import io.recthink.prompt.OutputGrammar;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.PromptTemplate;
import io.recthink.reward.RewardSettings;
import io.recthink.spark.table.KeptRows;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.Tables;
import io.recthink.spark.teacher.TeacherAnswers;
import io.recthink.teacher.ColdStartSettings;
import io.recthink.teacher.Purpose;
import io.recthink.teacher.Rejection;
import io.recthink.teacher.TeacherAnswer;
import io.recthink.teacher.TraceCheck;
import io.recthink.teacher.TraceCheck.Checked;
import io.recthink.teacher.TraceRatings;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Writes the traces of the warm start (RecZero paper, section 3.2.1). The teacher writes a trace without the true
 * rating. A trace with the true rating is aligned. For the other rows the teacher writes a rationale that ends in the
 * true rating. A row without a usable answer is dropped and counted.
 */
final class TraceRecipe implements AutoCloseable {
    /** Traces whose own rating is the true one. */
    static final String ALIGNED = "aligned";

    /** Traces that the teacher wrote with the true rating. */
    static final String RATIONALISED = "rationalised";

    /** Traces with the rating of the teacher, for {@code coldStart.ratings: teacher}. */
    static final String AS_RATED = "as-rated";

    private static final String[] SAME_ROW = {"rowId"};

    private static final StructType CHECKED = new StructType()
            .add("rowId", DataTypes.StringType, false)
            .add("truth", DataTypes.DoubleType, false)
            .add("rejection", DataTypes.StringType, true)
            .add("completion", DataTypes.StringType, false)
            .add("rating", DataTypes.DoubleType, false);

    private final ColdStartSettings settings;
    private final TeacherAnswers teacher;
    private final String teacherName;
    private final int resample;
    private final PromptSettings prompt;
    private final PromptSettings promptOfTeacher;
    private final double min;
    private final double max;
    private final RewardSettings reward;
    private final KeptRows kept = new KeptRows();
    private final List<Dataset<Row>> checked = new ArrayList<>();
    private final List<Dataset<Row>> traces = new ArrayList<>();

    /**
     * A recipe.
     *
     * @param teacherName name of the teacher in the table
     * @param resample most samples that replace an answer that was rejected
     */
    TraceRecipe(
            Configuration configuration, PreparedData data, TeacherAnswers teacher, String teacherName, int resample) {
        this.settings = configuration.get(ColdStartSettings.class);
        this.teacher = teacher;
        this.teacherName = teacherName;
        this.resample = resample;
        this.prompt = configuration.get(PromptSettings.class);
        this.promptOfTeacher = settings.prompt(prompt);
        this.min = data.minRating();
        this.max = data.maxRating();
        this.reward = configuration.get(RewardSettings.class);
    }

    /**
     * Asks the teacher about rows.
     *
     * @param rows as {@link Tables#EXAMPLES}
     */
    void write(Dataset<Row> rows) {
        boolean isRecOne = settings.ratings() == TraceRatings.TRUTH;
        // A trace with another rating is no failure of form: RecOne asks for a rationale then.
        Dataset<Row> left = ask(
                rows,
                Purpose.RECONE_TRACE,
                isRecOne ? ALIGNED : AS_RATED,
                col("rejection").notEqual(Rejection.OTHER_RATING.words()));
        if (isRecOne && settings.rationalise()) {
            ask(left, Purpose.RECONE_RATIONALE, RATIONALISED, lit(true));
        }
    }

    /**
     * Asks for one answer a row, and again where another sample may help.
     *
     * @param again which rejected answers another sample may replace
     * @return the rows without a usable answer
     */
    private Dataset<Row> ask(Dataset<Row> rows, Purpose purpose, String kind, Column again) {
        TraceAsking asking = asking(purpose);
        Dataset<Row> asked = rows;
        Dataset<Row> left = rows;
        for (int sample = 0; sample <= resample && (sample == 0 || !asked.isEmpty()); sample++) {
            Dataset<Row> seen = purpose.seesTruth() ? asked : asked.drop("truth");
            Dataset<Row> answers = check(teacher.of(seen, asking, sample), asked, purpose);
            checked.add(answers.withColumn("purpose", lit(purpose.label())));
            Dataset<Row> accepted = answers.where(col("rejection").isNull());
            traces.add(accepted.select(
                    col("rowId"),
                    col("completion"),
                    col("rating"),
                    lit(teacherName).as("teacher"),
                    lit(kind).as("kind")));
            left = kept.keep(left.join(accepted.select("rowId"), SAME_ROW, "left_anti"));
            asked = left.join(
                    answers.where(col("rejection").isNotNull().and(again)).select("rowId"), SAME_ROW, "left_semi");
        }
        return left;
    }

    private TraceAsking asking(Purpose purpose) {
        return new TraceAsking(purpose, promptOfTeacher, min, max);
    }

    private Dataset<Row> check(Dataset<Row> answers, Dataset<Row> asked, Purpose purpose) {
        PromptSettings shown = prompt;
        PromptSettings ofTeacher = promptOfTeacher;
        ColdStartSettings demanded = settings;
        double lowest = min;
        double highest = max;
        RewardSettings demands = reward;
        return kept.keep(answers.join(
                        asked.select(col("rowId"), col("truth")),
                        col(TeacherAnswers.KEY).equalTo(col("rowId")))
                .mapPartitions(
                        (MapPartitionsFunction<Row, Row>) rows -> {
                            OutputGrammar grammar = demands.withTests(
                                    OutputGrammar.of(shown.think(), lowest, highest),
                                    // Words copied from either instruction are not the teacher's own.
                                    Stream.of(shown, ofTeacher)
                                            .distinct()
                                            .flatMap(settings -> new PromptTemplate(settings, lowest, highest)
                                                    .instruction().stream())
                                            .toList());
                            TraceCheck check = new TraceCheck(grammar, demanded);
                            return checked(rows, purpose.seesTruth() ? check::rationale : check::trace);
                        },
                        Encoders.row(CHECKED)));
    }

    private static Iterator<Row> checked(Iterator<Row> rows, BiFunction<TeacherAnswer, Double, Checked> check) {
        List<Row> results = new ArrayList<>();
        rows.forEachRemaining(row -> {
            String response = row.getAs(TeacherAnswers.RESPONSE);
            double truth = row.<Double>getAs("truth");
            Checked result = response == null
                    ? Checked.rejected(Rejection.NOT_ANSWERED)
                    : check.apply(new TeacherAnswer(response, row.getAs(TeacherAnswers.FINISH)), truth);
            results.add(RowFactory.create(
                    row.getAs("rowId"),
                    truth,
                    result.rejection().map(Rejection::words).orElse(null),
                    result.completion(),
                    result.rating()));
        });
        return results.iterator();
    }

    /**
     * Prints what {@link #write} would ask and what it would cost at most.
     *
     * @param rows as {@link Tables#EXAMPLES}
     */
    void dryRun(Dataset<Row> rows) {
        if (teacher.isFree()) {
            System.out.println("teacher.kind rule: no model is asked, nothing costs.");
            return;
        }
        TraceAsking trace = asking(Purpose.RECONE_TRACE);
        print(Purpose.RECONE_TRACE, "", teacher.estimate(rows.drop("truth"), trace, 0));
        if (settings.ratings() == TraceRatings.TRUTH && settings.rationalise()) {
            Dataset<Row> known = check(teacher.known(rows.drop("truth"), trace, 0), rows, Purpose.RECONE_TRACE);
            Dataset<Row> left =
                    rows.join(known.where(col("rejection").isNull()).select("rowId"), SAME_ROW, "left_anti");
            TraceAsking rationale = asking(Purpose.RECONE_RATIONALE);
            print(Purpose.RECONE_RATIONALE, "at most ", teacher.estimate(left, rationale, 0));
        }
        if (resample > 0) {
            System.out.printf("Each rejected answer is asked again up to %d times (teacher.resample).%n", resample);
        }
    }

    private static void print(Purpose purpose, String bound, TeacherAnswers.Estimate estimate) {
        System.out.printf(
                Locale.ROOT,
                "%s: %s%,d requests, %,d of them in the ledger; to ask: %,d prompt tokens, at most %,d tokens of answers, cost at most %.2f%n",
                purpose.label(),
                bound,
                estimate.requests(),
                estimate.known(),
                estimate.promptTokens(),
                estimate.answerTokens(),
                estimate.cost());
    }

    /** The traces, as {@link Tables#TRACES}. */
    Dataset<Row> traces() {
        return traces.stream().reduce(Dataset::unionByName).orElseThrow();
    }

    /** All answers with their checks: {@code rowId, truth, rejection?, completion, rating, purpose}. */
    Dataset<Row> answers() {
        return checked.stream().reduce(Dataset::unionByName).orElseThrow();
    }

    @Override
    public void close() {
        kept.close();
    }
}
