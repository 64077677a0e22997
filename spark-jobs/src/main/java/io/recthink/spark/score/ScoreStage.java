package io.recthink.spark.score;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.stddev_samp;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.recthink.config.Configuration;
import io.recthink.prompt.OutputGrammar;
import io.recthink.prompt.ParsedOutput;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.PromptTemplate;
import io.recthink.prompt.ThinkMode;
import io.recthink.reward.Reward;
import io.recthink.reward.RewardFunction;
import io.recthink.reward.RewardSettings;
import io.recthink.spark.files.TableFailure;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.Tables;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF3;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Scores rollouts: the reward of each completion from its text, and its advantage within the group of its prompt.
 *
 * <p>The advantage is A = (R - mean) / (std + 1e-6) with the sample standard deviation. With
 * {@code train.scaleAdvantage: none} it is A = R - mean (Dr. GRPO, Liu et al. 2025). In a dead group, where all rewards
 * are equal, A = 0.
 */
public final class ScoreStage {
    private static final double EPSILON = 1e-6;
    private static final StructType REWARD = new StructType()
            .add("formatOk", DataTypes.BooleanType, false)
            .add("rating", DataTypes.DoubleType, true)
            .add("rewardFormat", DataTypes.DoubleType, false)
            .add("rewardAnswer", DataTypes.DoubleType, false);

    private final UserDefinedFunction reward;
    private final AdvantageScale scale;

    /**
     * A stage for the completions of prompts.
     *
     * @param scale the divisor of an advantage
     * @param assistantStart the end of every prompt, see {@link OutputGrammar#afterPrompt}
     */
    public ScoreStage(Configuration configuration, AdvantageScale scale, PreparedData data, String assistantStart) {
        this.scale = scale;
        this.reward = udf(
                new RewardOfText(
                        configuration.get(RewardSettings.class),
                        configuration.get(PromptSettings.class).think(),
                        data.minRating(),
                        data.maxRating(),
                        assistantStart,
                        new PromptTemplate(configuration.get(PromptSettings.class), data.minRating(), data.maxRating())
                                .instruction()),
                REWARD);
    }

    /** The rollouts with the columns of {@link Tables#SCORED} added. */
    public Dataset<Row> score(Dataset<Row> rollouts) {
        // Ordered by sample, so that floating-point sums do not depend on the order in which rows arrive.
        WindowSpec group = Window.partitionBy("rowId")
                .orderBy("sample")
                .rowsBetween(Window.unboundedPreceding(), Window.unboundedFollowing());
        Column reward = col("rewardFormat").plus(col("rewardAnswer"));
        Column difference = col("reward").minus(col("groupMean"));
        Column advantage =
                switch (scale) {
                    case GROUP -> difference.divide(col("groupStd").plus(EPSILON));
                    case NONE -> difference;
                };
        // One task: a step has few rows, the driver collects all of them, and a shuffle would take longer than the
        // work.
        return rollouts.coalesce(1)
                .withColumn("scored", this.reward.apply(col("text"), col("finish"), col("truth")))
                .select(col("*"), col("scored.*"))
                .drop("scored")
                .withColumn("reward", reward)
                .select(
                        col("*"),
                        avg("reward").over(group).as("groupMean"),
                        stddev_samp("reward").over(group).as("groupStd"),
                        max("reward")
                                .over(group)
                                .equalTo(min("reward").over(group))
                                .as("dead"))
                .withColumn("advantage", when(col("dead"), lit(0.0)).otherwise(advantage));
    }

    /** Writes the columns of {@link Tables#SCORED} of scored rollouts. */
    public void write(Dataset<Row> scored, String path) {
        Column[] columns =
                Stream.of(Tables.SCORED.fieldNames()).map(name -> col(name)).toArray(Column[]::new);
        try {
            scored.select(columns).write().parquet(path);
        } catch (Exception e) { // Spark throws checked exceptions that it does not declare
            throw TableFailure.explain(path, e);
        }
    }

    /** The parts of a reward from (text, finish, truth). */
    private static final class RewardOfText implements UDF3<String, String, Double, Row> {
        private final RewardSettings settings;
        private final ThinkMode think;
        private final double minRating;
        private final double maxRating;
        private final String assistantStart;
        private final List<String> instruction;
        private transient OutputGrammar grammar;
        private transient RewardFunction function;

        RewardOfText(
                RewardSettings settings,
                ThinkMode think,
                double minRating,
                double maxRating,
                String assistantStart,
                List<String> instruction) {
            this.settings = settings;
            this.think = think;
            this.minRating = minRating;
            this.maxRating = maxRating;
            this.assistantStart = assistantStart;
            this.instruction = instruction;
        }

        @Override
        public Row call(String text, String finish, Double truth) {
            if (function == null) {
                grammar = settings.withTests(
                        OutputGrammar.of(think, minRating, maxRating).afterPrompt(assistantStart), instruction);
                function = new RewardFunction(settings, grammar);
            }
            ParsedOutput output = grammar.parse(text, finish.equals("stop"));
            Reward reward = function.of(output, truth);
            Double rating = output.rating().isPresent() ? output.rating().getAsDouble() : null;
            return RowFactory.create(output.formatOk(), rating, reward.format(), reward.answer());
        }
    }
}
