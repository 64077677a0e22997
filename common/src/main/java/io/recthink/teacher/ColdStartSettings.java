package io.recthink.teacher;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.recthink.config.ConfigurationException;
import io.recthink.config.Problems;
import io.recthink.config.Section;
import io.recthink.config.Sections;
import io.recthink.prompt.PromptSettings;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * The section {@code coldStart}: the traces of the supervised warm start.
 *
 * @param pool the pool of rows that traces are written for
 * @param traces the most rows
 * @param ratings the rating at the end of a trace
 * @param alignedWithin a trace is aligned when its rating differs from the true rating by less
 * @param rationalise whether the teacher is asked again, with the true rating, when a trace is not aligned
 * @param forbidden phrases that a rationale must not contain, because they tell that the rating was known
 * @param foreign words that no answer may contain, such as those of an example in {@code prompt}
 * @param prompt changes of the section {@code prompt} in what the teacher is asked; the student learns from its own
 *     prompt
 * @param teacher changes of the section {@code teacher}
 */
public record ColdStartSettings(
        Pool pool,
        int traces,
        TraceRatings ratings,
        double alignedWithin,
        boolean rationalise,
        List<String> forbidden,
        List<String> foreign,
        Map<String, Object> prompt,
        Map<String, Object> teacher)
        implements Section, Serializable {
    private static final String CHANGES = "coldStart.teacher";

    /** The pools that may have traces. */
    public enum Pool {
        /** The pool of the warm start before reinforcement learning. */
        @JsonProperty("coldStart")
        COLD_START("coldStart"),
        /** The large pool of supervised learning alone. */
        @JsonProperty("sft")
        SFT("sft");

        private final String label;

        Pool(String label) {
            this.label = label;
        }

        /** The name in the column {@code pool} of the examples. */
        public String label() {
            return label;
        }
    }

    public ColdStartSettings {
        forbidden = List.copyOf(forbidden);
        foreign = List.copyOf(foreign);
        prompt = Map.copyOf(prompt);
        teacher = Map.copyOf(teacher);
    }

    @Override
    public void check(Problems problems) {
        problems.atLeast(1, "traces", traces);
        problems.require(
                alignedWithin > 0 && Double.isFinite(alignedWithin),
                "alignedWithin",
                "above 0 and finite",
                alignedWithin);
        problems.require(
                forbidden.stream().noneMatch(String::isBlank),
                "forbidden",
                "a list of phrases",
                "one of them is blank");
        problems.require(
                foreign.stream().allMatch(word -> word.matches("[\\p{L}\\p{M}\\p{N}]+")),
                "foreign",
                "a list of single words",
                foreign);
    }

    /**
     * The prompt of the teacher.
     *
     * @param student the section {@code prompt}
     * @throws io.recthink.config.ConfigurationException when a change cannot be used
     */
    public PromptSettings prompt(PromptSettings student) {
        PromptSettings changed = Sections.change(student, prompt, "coldStart.prompt");
        if (changed.think() != student.think()) {
            throw new ConfigurationException(
                    "coldStart.prompt: think must be left out: the student learns the blocks that the teacher writes");
        }
        return changed;
    }

    /**
     * The teacher of the traces.
     *
     * @param common the section {@code teacher}
     * @throws io.recthink.config.ConfigurationException when a change cannot be used
     */
    public TeacherSettings teacher(TeacherSettings common) {
        return common.changedBy(teacher, CHANGES);
    }
}
