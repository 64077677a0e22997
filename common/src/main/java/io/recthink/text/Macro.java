package io.recthink.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A macro, or the body of a call block, with the variables of its scope. */
final class Macro implements Callable {
    private final Signature signature;
    private final Frame definedIn;

    /**
     * The parameters and the body of a macro.
     *
     * @param defaults the defaults of the last parameters
     * @param takesCaller whether the body uses {@code caller}
     * @param takesKeywords whether the body uses {@code kwargs}
     * @param takesMore whether the body uses {@code varargs}
     */
    record Signature(
            String name,
            List<String> parameters,
            List<Expression> defaults,
            Statement.Body body,
            boolean takesCaller,
            boolean takesKeywords,
            boolean takesMore) {}

    Macro(Signature signature, Frame definedIn) {
        this.signature = signature;
        this.definedIn = definedIn;
    }

    String name() {
        return signature.name();
    }

    @Override
    public Object call(Budget budget, Arguments arguments) {
        Frame frame = new Frame(definedIn);
        List<String> parameters = signature.parameters();
        Map<String, Object> keywords = new LinkedHashMap<>(arguments.keyword());
        List<Integer> missing = new ArrayList<>();
        budget.elements((long) parameters.size() + keywords.size());
        for (int i = 0; i < parameters.size(); i++) {
            String parameter = parameters.get(i);
            if (i < arguments.positional().size()) {
                frame.set(parameter, arguments.positional().get(i));
            } else if (keywords.containsKey(parameter)) {
                frame.set(parameter, keywords.remove(parameter));
            } else {
                frame.set(parameter, Undefined.name(parameter));
                missing.add(i);
            }
        }
        takeTheRest(frame, arguments, keywords);
        missing.forEach(index -> frame.set(parameters.get(index), defaultOf(index, frame)));
        Output output = new Output(budget);
        signature.body().execute(frame, output);
        return output.text();
    }

    private Object defaultOf(int parameter, Frame frame) {
        int required = signature.parameters().size() - signature.defaults().size();
        int index = parameter - required;
        return index < 0
                ? new Undefined(
                        "parameter '" + signature.parameters().get(parameter) + "' of " + name() + " was not provided")
                : signature.defaults().get(index).evaluate(frame);
    }

    private void takeTheRest(Frame frame, Arguments arguments, Map<String, Object> keywords) {
        if (signature.takesCaller()) {
            Object caller = keywords.remove("caller");
            frame.set("caller", caller == null ? new Undefined("No caller defined") : caller);
        }
        if (signature.takesKeywords()) {
            Dictionary rest = new Dictionary();
            keywords.forEach(rest::put);
            frame.set("kwargs", rest);
        } else if (!keywords.isEmpty()) {
            throw new TemplateException("macro " + name() + " does not take the argument "
                    + keywords.keySet().iterator().next() + " here");
        }
        int surplus = arguments.positional().size() - signature.parameters().size();
        if (signature.takesMore()) {
            List<Object> positional = arguments.positional();
            frame.set(
                    "varargs",
                    new Tuple(positional.subList(positional.size() - Math.max(0, surplus), positional.size())));
        } else if (surplus > 0) {
            throw new TemplateException("macro " + name() + " takes at most "
                    + signature.parameters().size() + " arguments");
        }
    }
}
