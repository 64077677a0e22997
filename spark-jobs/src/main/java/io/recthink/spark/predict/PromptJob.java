package io.recthink.spark.predict;

import static org.apache.spark.sql.functions.col;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.prompt.FittedPrompt;
import io.recthink.prompt.PromptInput;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.PromptTemplate;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.JobSession;
import io.recthink.spark.completion.PromptEncoding;
import io.recthink.spark.policy.PolicyFolder;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.run.AskedPolicy;
import io.recthink.spark.run.PolicyArgument;
import io.recthink.spark.table.Examples;
import io.recthink.spark.table.PreparedData;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * {@code prompt}: shows the prompt of one example as the policy would receive it. Without a model it shows the
 * messages, each under its role. Reads the section {@code prompt}, {@code paths.data} and {@code paths.model}; writes
 * nothing.
 *
 * @param policy the folder of a model or an adapter, a run folder or {@code run@step}; empty: {@code paths.model}
 * @param row id of the example; empty: the first train row of the pool rl, or the first row when this pool is empty
 * @param prompt receives the prompt
 * @param counts receives one line: the length of the prompt and what was left out
 */
public record PromptJob(Optional<String> policy, Optional<String> row, Consumer<String> prompt, Consumer<String> counts)
        implements Job {
    @Override
    public void execute(SparkSession spark, Configuration configuration) {
        Paths paths = configuration.paths();
        String folder = paths.resolve(paths.data());
        Activity.begin(spark, "prompt", "prompt: row");
        PreparedData data = PreparedData.read(spark, folder);
        Optional<PolicyReference> shownTo = policy(spark, paths);
        JobSession.fitPartitions(spark, folder);
        Row example = example(PreparedData.examples(spark, folder), folder);
        PromptInput input = Examples.input(example);
        String named = "row " + example.<String>getAs("rowId") + ": ";
        if (shownTo.isEmpty()) {
            String messages = messages(input, configuration.get(PromptSettings.class), data);
            prompt.accept(messages);
            counts.accept(named
                    + ("%d characters; no tokens are counted and nothing is left out, because paths.model: %s contains"
                                    + " no model")
                            .formatted(messages.codePointCount(0, messages.length()), paths.resolve(paths.model())));
            return;
        }
        Configuration asked = AskedPolicy.configuration(
                shownTo.get(),
                policy.isPresent() ? "--policy" : "paths.model",
                configuration,
                data.minRating(),
                data.maxRating(),
                spark);
        FittedPrompt fitted = fitted(input, PromptEncoding.of(shownTo.get(), asked.get(PromptSettings.class), data));
        shownTo.get().discard();
        prompt.accept(fitted.text());
        counts.accept(named + counted(fitted, input, asked.get(PromptSettings.class)));
    }

    private Optional<PolicyReference> policy(SparkSession spark, Paths paths) {
        if (policy.isPresent()) {
            return Optional.of(PolicyArgument.resolve("--policy", paths.resolve(policy.get()), spark));
        }
        String model = paths.resolve(paths.model());
        return PolicyFolder.at(model, spark.sparkContext().hadoopConfiguration())
                        .exists()
                ? Optional.of(PolicyArgument.resolve("paths.model", model, spark))
                : Optional.empty();
    }

    private Row example(Dataset<Row> examples, String folder) {
        if (row.isPresent()) {
            return first(examples.where(col("rowId").equalTo(row.get())))
                    .orElseThrow(() -> new InvalidInputException(
                            ("--row: %s has no row %s; row ids are in the column rowId of %s/examples; without --row,"
                                            + " prompt shows the first row of the pool rl")
                                    .formatted(folder, row.get(), folder)));
        }
        return first(examples.where(
                        col("split").equalTo("train").and(col("pool").equalTo("rl"))))
                .or(() -> first(examples))
                .orElseThrow(() -> new InvalidInputException("paths.data: %s has no rows".formatted(folder)));
    }

    private static Optional<Row> first(Dataset<Row> rows) {
        return rows.orderBy("rowId").limit(1).collectAsList().stream().findFirst();
    }

    private static String messages(PromptInput input, PromptSettings settings, PreparedData data) {
        return PromptTemplate.underRoles(
                new PromptTemplate(settings, data.minRating(), data.maxRating()).messages(input));
    }

    private static FittedPrompt fitted(PromptInput input, PromptEncoding encoding) {
        try (PromptEncoding.Open open = encoding.open()) {
            return open.encoder().fitted(input);
        }
    }

    private static String counted(FittedPrompt fitted, PromptInput input, PromptSettings settings) {
        int wanted = Math.min(settings.historyItems(), input.userHistory().size());
        String target = fitted.targetShare() == 1
                ? "the target's texts are whole"
                : String.format(Locale.ROOT, "the target's texts are cut to %.1f %%", 100 * fitted.targetShare());
        return "%d tokens of at most %d (prompt.maxTokens); %d of %d past purchases are left out; %s"
                .formatted(fitted.tokens().length, settings.maxTokens(), fitted.purchasesLeftOut(), wanted, target);
    }
}
