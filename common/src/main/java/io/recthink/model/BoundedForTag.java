package io.recthink.model;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.ForTag;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.util.ObjectIterator;
import io.recthink.InvalidInputException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** {@code for}, with a bound on the rounds that all loops of one rendering make together. */
final class BoundedForTag extends ForTag {
    /** The variable that holds what is left; a name that no template can write. */
    static final String BUDGET = "rounds left";

    static final long MOST_ROUNDS = 100_000;

    // A filter of the loop, which the renderer would drop; a choice between two lists has an else.
    private static final Pattern CONDITION = Pattern.compile("\\sif\\s(?!.*\\selse\\s)", Pattern.DOTALL);

    @Override
    public String interpretUnchecked(TagNode node, JinjavaInterpreter interpreter) {
        if (CONDITION.matcher(node.getHelpers()).find()) {
            throw new InvalidInputException("a for loop with a condition (for ... if ...) is not supported");
        }
        return super.interpretUnchecked(node, interpreter);
    }

    @Override
    public String renderForCollection(
            TagNode node, JinjavaInterpreter interpreter, List<String> variables, Object collection) {
        AtomicLong budget = (AtomicLong) interpreter.getContext().get(BUDGET);
        if (budget.addAndGet(-ObjectIterator.getLoop(collection).getLength()) < 0) {
            throw new InvalidInputException("its loops make more than " + MOST_ROUNDS + " rounds");
        }
        return super.renderForCollection(node, interpreter, variables, collection);
    }
}
