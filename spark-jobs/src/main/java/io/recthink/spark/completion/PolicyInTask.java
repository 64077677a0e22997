package io.recthink.spark.completion;

import io.recthink.config.Configuration;
import io.recthink.generate.Completion;
import io.recthink.generate.Finish;
import io.recthink.generate.Generator;
import io.recthink.generate.PromptTokens;
import io.recthink.generate.RatingCandidates;
import io.recthink.generate.RatingDistribution;
import io.recthink.generate.RatingPrefix;
import io.recthink.generate.SamplingOptions;
import io.recthink.model.ModelTokenizer;
import io.recthink.prompt.Block;
import io.recthink.prompt.OutputGrammar;
import io.recthink.prompt.Turns;
import io.recthink.spark.policy.PolicyHolder;
import io.recthink.spark.table.Examples;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;

/** The one policy of the JVM, in use by one Spark task. What it holds is given back when the task ends, however it ends. */
public final class PolicyInTask {
    private final PromptEncoding.Open prompts;
    private final Generator generator;
    private final ModelTokenizer tokenizer;
    private final OutputGrammar grammar;

    public PolicyInTask(PromptEncoding encoding, Configuration.Model model) {
        PromptEncoding.Open open = encoding.open();
        atTaskEnd(open::close);
        PolicyHolder.Lease lease = PolicyHolder.policy(encoding.policy(), model);
        atTaskEnd(lease::close);
        this.prompts = open;
        this.tokenizer = lease.tokenizer();
        this.generator = new Generator(lease.decoder(), tokenizer);
        this.grammar = OutputGrammar.of(encoding.settings().think(), encoding.minRating(), encoding.maxRating())
                .afterPrompt(Turns.of(open.chatTemplate()).assistantStart());
    }

    private static void atTaskEnd(Runnable close) {
        TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> close.run());
    }

    /** The prompt of an example. */
    public int[] prompt(Row example) {
        return prompts.encoder().encode(Examples.input(example));
    }

    public List<List<Completion>> complete(List<PromptTokens> prompts, SamplingOptions options) {
        return generator.generate(prompts, options);
    }

    /**
     * Where a completion, or else its prompt, opens the rating.
     *
     * @return nothing where neither does
     */
    public Optional<RatingPrefix> openedRating(int[] prompt, Completion completion, RatingCandidates candidates) {
        String opening = Block.RATE.open();
        Optional<RatingPrefix> written = RatingPrefix.of(prompt, completion, opening, candidates, tokenizer);
        boolean byPrompt =
                written.isEmpty() && grammar.opened().filter(Block.RATE::equals).isPresent();
        return byPrompt
                ? RatingPrefix.ofPrompt(prompt, opening, candidates.spacedAs(completion.text()), tokenizer)
                : written;
    }

    /** The probabilities of the ratings that may follow, see {@link Generator#ratings}. */
    public List<Optional<RatingDistribution>> ratings(List<RatingPrefix> prefixes, int maxRows) {
        return generator.ratings(prefixes, maxRows);
    }

    /** The rating that a completion gives, when it can be read. */
    public OptionalDouble rating(Completion completion) {
        return grammar.parse(completion.text(), completion.finish() == Finish.STOP)
                .rating();
    }
}
