package io.recthink.spark.completion;

import io.recthink.generate.Completion;
import io.recthink.generate.Finish;
import io.recthink.generate.RatingCandidates;
import io.recthink.generate.RatingPrefix;
import io.recthink.prompt.Block;
import io.recthink.prompt.OutputGrammar;
import io.recthink.prompt.Turns;
import io.recthink.spark.table.Examples;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.sql.Row;

/** How examples are asked and answers read in one Spark task. What it holds is given back when the task ends. */
public final class PromptsInTask {
    private final PromptEncoding.Open encoding;
    private final OutputGrammar grammar;

    public PromptsInTask(PromptEncoding encoding) {
        this.encoding = encoding.open();
        PolicyInTask.atTaskEnd(this.encoding::close);
        this.grammar = OutputGrammar.of(encoding.settings().think(), encoding.minRating(), encoding.maxRating())
                .afterPrompt(Turns.of(this.encoding.chatTemplate()).assistantStart());
    }

    /** The tokens of an example's prompt. */
    public int[] tokens(Row example) {
        return encoding.encoder().encode(Examples.input(example));
    }

    /** The rating that a completion gives, when it can be read. */
    public OptionalDouble rating(Completion completion) {
        return grammar.parse(completion.text(), completion.finish() == Finish.STOP)
                .rating();
    }

    /**
     * Where a completion, or else its prompt, opens the rating.
     *
     * @param prompt its tokens
     * @return nothing where neither does
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
