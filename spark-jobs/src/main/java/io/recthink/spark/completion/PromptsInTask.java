package io.recthink.spark.completion;

import io.recthink.generate.Completion;
import io.recthink.generate.Finish;
import io.recthink.generate.RatingCandidates;
import io.recthink.generate.RatingPrefix;
import io.recthink.prompt.Block;
import io.recthink.prompt.OutputGrammar;
import io.recthink.prompt.PromptTemplate;
import io.recthink.prompt.Turns;
import io.recthink.reward.RewardSettings;
import io.recthink.spark.table.Examples;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.sql.Row;

/** Encodes prompts and parses completions in one Spark task. It frees its tokenizer when the task ends. */
public final class PromptsInTask {
    private final PromptEncoding settings;
    private final PromptEncoding.Open encoding;
    private final OutputGrammar grammar;

    public PromptsInTask(PromptEncoding encoding) {
        this.settings = encoding;
        this.encoding = encoding.open();
        PolicyInTask.atTaskEnd(this.encoding::close);
        this.grammar = OutputGrammar.of(encoding.settings().think(), encoding.minRating(), encoding.maxRating())
                .afterPrompt(Turns.of(this.encoding.chatTemplate()).assistantStart());
    }

    /** The grammar of completions that the reward takes for well formed. */
    OutputGrammar grammar(RewardSettings reward) {
        List<String> instruction =
                new PromptTemplate(settings.settings(), settings.minRating(), settings.maxRating()).instruction();
        return reward.withTests(grammar, instruction);
    }

    /** The token ids of an example's prompt. */
    public int[] tokens(Row example) {
        return encoding.encoder().encode(Examples.input(example));
    }

    /** The rating in a completion; empty when none can be read. */
    public OptionalDouble rating(Completion completion) {
        return grammar.parse(completion.text(), completion.finish() == Finish.STOP)
                .rating();
    }

    /**
     * The place where a completion, or else its prompt, opens the rate block.
     *
     * @param prompt the token ids of the prompt
     * @return empty when neither opens it
     */
    Optional<RatingPrefix> openedRating(int[] prompt, Completion completion, RatingCandidates candidates) {
        String opening = Block.RATE.open();
        Optional<RatingPrefix> written = RatingPrefix.of(prompt, completion, opening, candidates, encoding.tokenizer());
        boolean byPrompt =
                written.isEmpty() && grammar.opened().filter(Block.RATE::equals).isPresent();
        return byPrompt
                ? RatingPrefix.ofPrompt(prompt, opening, candidates.spacedAs(completion.text()), encoding.tokenizer())
                : written;
    }
}
