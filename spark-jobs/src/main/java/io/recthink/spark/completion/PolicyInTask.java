package io.recthink.spark.completion;

import io.recthink.generate.Completion;
import io.recthink.generate.Generator;
import io.recthink.generate.PromptTokens;
import io.recthink.generate.RatingDistribution;
import io.recthink.generate.RatingPrefix;
import io.recthink.model.ModelSettings;
import io.recthink.spark.policy.PolicyHolder;
import io.recthink.spark.policy.PolicyReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/** The policy of the JVM, in use by one Spark task. The task returns the policy when it ends, also after a failure. */
public final class PolicyInTask implements AutoCloseable {
    private final PolicyHolder.Lease lease;
    private final Generator generator;

    private PolicyInTask(PolicyHolder.Lease lease) {
        this.lease = lease;
        this.generator = new Generator(lease.decoder(), lease.tokenizer());
    }

    static PolicyInTask of(PolicyReference policy, ModelSettings model) {
        PolicyHolder.Lease lease = PolicyHolder.policy(policy, model);
        atTaskEnd(lease::close);
        return new PolicyInTask(lease);
    }

    static void atTaskEnd(Runnable close) {
        TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> close.run());
    }

    /** Completes prompts, at least one, in one call of the generator. */
    public <P extends AskedPrompt> List<Completed<P>> complete(List<P> prompts, Sampling sampling) {
        long start = System.nanoTime();
        List<PromptTokens> tokens = prompts.stream()
                .map(prompt -> new PromptTokens(prompt.tokens(), sampling.seeds(prompt.rowId())))
                .toList();
        List<List<Completion>> completions = generator
                .generate(tokens, sampling.options(), sampling.maxRows())
                .completions();
        double milliseconds = (System.nanoTime() - start) / 1e6 / prompts.size();
        List<Completed<P>> completed = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            completed.add(new Completed<>(prompts.get(i), completions.get(i), milliseconds));
        }
        return completed;
    }

    /** The probabilities of the ratings that may follow each prefix, see {@link Generator#ratings}. */
    List<Optional<RatingDistribution>> ratings(List<RatingPrefix> prefixes, int maxRows) {
        return generator.ratings(prefixes, maxRows);
    }

    /** Returns the policy before the task ends. */
    @Override
    public void close() {
        lease.close();
    }
}
