package io.recthink.reward;

import io.recthink.config.Problems;
import io.recthink.config.Section;
import io.recthink.prompt.ContentRule;
import io.recthink.prompt.OutputGrammar;
import io.recthink.prompt.PromptTemplate;
import java.io.Serializable;
import java.util.List;

/** The section {@code reward}: the reward of a completion. */
public record RewardSettings(
        RewardShape shape,
        double match,
        double mismatch,
        double format,
        FormatGrading formatGrading,
        double maxError,
        boolean answerNeedsFormat,
        boolean truncateTruth,
        int minWords,
        boolean marks)
        implements Section, Serializable {
    /** These settings with the width of the scale in place of a {@code maxError} of 0, as a run records them. */
    public RewardSettings withScale(double minRating, double maxRating) {
        return maxError != 0
                ? this
                : new RewardSettings(
                        shape,
                        match,
                        mismatch,
                        format,
                        formatGrading,
                        maxRating - minRating,
                        answerNeedsFormat,
                        truncateTruth,
                        minWords,
                        marks);
    }

    /**
     * A grammar with the format tests that these settings add.
     *
     * @param instruction the instruction of the policy, see {@link PromptTemplate#instruction}
     */
    public OutputGrammar withTests(OutputGrammar grammar, List<String> instruction) {
        OutputGrammar asking = grammar.asking(new ContentRule(minWords, instruction));
        return marks ? asking.askingForMarks() : asking;
    }

    @Override
    public void check(Problems problems) {
        problems.positive("match", match);
        problems.require(
                shape == RewardShape.EXACT || mismatch == 0,
                "mismatch",
                "0 unless shape is exact, because l1 and l2 measure the error",
                mismatch);
        problems.require(
                shape != RewardShape.EXACT || (mismatch < match && Double.isFinite(mismatch)),
                "mismatch",
                "finite and below match " + match,
                mismatch);
        problems.atLeast(0, "minWords", minWords);
        problems.require(format >= 0, "format", "at least 0", format);
        problems.require(maxError >= 0 && Double.isFinite(maxError), "maxError", "at least 0 and finite", maxError);
    }
}
