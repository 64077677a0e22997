package io.recthink.model;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.ForTag;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.tree.parse.TagToken;
import com.hubspot.jinjava.util.ObjectIterator;
import io.recthink.InvalidInputException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.apache.commons.lang3.tuple.Pair;

/** {@code for}, with a bound on the rounds that all loops of one rendering make together. */
final class BoundedForTag extends ForTag {
    /** The variable that holds what is left; a name that no template can write. */
    static final String BUDGET = "rounds left";

    static final long MOST_ROUNDS = 100_000;

    private static final Pattern CONDITION = Pattern.compile("\\sif\\s(?!.*\\selse\\s)", Pattern.DOTALL);

    @Override
    public String renderForCollection(
            TagNode node, JinjavaInterpreter interpreter, List<String> variables, Object collection) {
        AtomicLong budget = (AtomicLong) interpreter.getContext().get(BUDGET);
        if (budget.addAndGet(-ObjectIterator.getLoop(collection).getLength()) < 0) {
            throw new InvalidInputException("its loops make more than " + MOST_ROUNDS + " rounds");
        }
        return super.renderForCollection(node, interpreter, variables, collection);
    }

    @Override
    public Pair<List<String>, String> getLoopVarsAndExpression(TagToken token) {
        Pair<List<String>, String> parts = super.getLoopVarsAndExpression(token);
        if (CONDITION.matcher(parts.getRight()).find()) {
            throw new InvalidInputException("a for loop with a condition (for ... if ...) is not supported");
        }
        return parts;
    }
}
