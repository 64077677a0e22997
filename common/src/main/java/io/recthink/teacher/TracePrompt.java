package io.recthink.teacher;

import io.recthink.model.ChatTemplate.Message;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.PromptTemplate;
import io.recthink.prompt.RatingText;
import java.util.ArrayList;
import java.util.List;

/**
 * The messages that ask a teacher for a trace or a rationale of RecOne. A trace is asked for with the prompt of the
 * student. A rationale is asked for with the same prompt and the true rating. Safe for use by many threads.
 */
public final class TracePrompt {
    private static final String HINT =
            """


            For this request only: the user gave the target item the rating %1$s. Write the blocks as asked above. Let \
            the reasoning lead to this rating by itself, and put %1$s into the rate block. Reason only from the past \
            purchases and the target item. Never say or hint that you knew the rating beforehand.""";

    private final PromptTemplate template;

    /**
     * The prompt of a data set.
     *
     * @param settings the prompt of the student
     * @param min the lowest rating of the scale
     * @param max the highest rating of the scale
     */
    public TracePrompt(PromptSettings settings, double min, double max) {
        this.template = new PromptTemplate(settings, min, max);
    }

    /**
     * The messages of a request.
     *
     * @throws IllegalArgumentException when the purpose is no purpose of RecOne
     */
    public List<Message> messages(TeacherRequest request) {
        List<Message> messages = new ArrayList<>(template.messages(request.input()));
        switch (request.purpose()) {
            case RECONE_TRACE -> {}
            case RECONE_RATIONALE -> {
                int last = messages.size() - 1;
                String hint = HINT.formatted(RatingText.of(request.truth().orElseThrow()));
                messages.set(
                        last,
                        new Message(
                                messages.get(last).role(), messages.get(last).content() + hint));
            }
            case REC_SAVER_REFERENCE,
                    REC_SAVER_VERIFICATION,
                    EXP3RT_PREFERENCE,
                    EXP3RT_USER_PROFILE,
                    EXP3RT_ITEM_PROFILE,
                    EXP3RT_RATIONALE,
                    REASON4REC_SUMMARY,
                    REASON4REC_RATIONALE,
                    REASON4REC_HINTED_RATIONALE ->
                throw new IllegalArgumentException(request.purpose().label());
        }
        return messages;
    }
}
