package io.recthink.spark.completion;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.generate.RolloutSettings;
import io.recthink.model.ModelConfig;
import io.recthink.prompt.PromptSettings;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.policy.PolicyStore;
import io.recthink.spark.table.Examples;
import io.recthink.spark.table.PreparedData;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Refuses prompts that leave no room for a completion in a policy's context, before any prediction. */
public final class PromptRoom {
    private PromptRoom() {}

    /**
     * Checks the prompts of all rows, when {@code prompt.maxTokens} and {@code rollout.maxTokens} together do not fit.
     *
     * @param argument the argument that names the policy, for messages
     * @param rows as {@code Tables.EXAMPLES}
     * @throws InvalidInputException naming the longest prompt, and settings that fit
     */
    public static void require(
            String argument,
            PolicyReference policy,
            Dataset<Row> rows,
            Configuration configuration,
            PreparedData data) {
        int completion = configuration.get(RolloutSettings.class).maxTokens();
        int maxPrompt = configuration.get(PromptSettings.class).maxTokens();
        ContextRoom room = new ContextRoom(positions(policy.model(), rows));
        if (room.holds(maxPrompt, completion)) {
            return;
        }
        PromptEncoding encoding = PromptEncoding.of(policy.model(), configuration.get(PromptSettings.class), data);
        int longest = rows.toJavaRDD()
                .mapPartitions(examples -> longest(examples, encoding))
                .fold(0, Math::max);
        if (!room.holds(longest, completion)) {
            throw new InvalidInputException(
                    "%s: a prompt of %d tokens (prompt.maxTokens is %d) and rollout.maxTokens %d do not fit the model's context of %d tokens. %s"
                            .formatted(
                                    argument,
                                    longest,
                                    maxPrompt,
                                    completion,
                                    room.positions(),
                                    room.remedy(completion, "lower rollout.maxTokens")));
        }
    }

    /** The context of the model, read on an executor: the driver may have no room for a model. */
    private static int positions(PolicyReference model, Dataset<Row> rows) {
        return JavaSparkContext.fromSparkContext(rows.sparkSession().sparkContext())
                .parallelize(List.of(model), 1)
                .map(place -> ModelConfig.read(PolicyStore.localize(place)).maxPositions())
                .first();
    }

    private static Iterator<Integer> longest(Iterator<Row> examples, PromptEncoding encoding) {
        int longest = 0;
        try (PromptEncoding.Open open = encoding.open()) {
            while (examples.hasNext()) {
                longest = Math.max(longest, open.encoder().encode(Examples.input(examples.next())).length);
            }
        }
        return List.of(longest).iterator();
    }
}
