package io.recthink.text;

import java.util.List;

/** A method of a value before its call. */
record BoundMethod(Object receiver, String name) implements Callable {
    @Override
    public Object call(Budget budget, Arguments arguments) {
        if (receiver instanceof String text) {
            return StringMethods.call(budget, text, name, arguments);
        } else if (receiver instanceof Dictionary dictionary) {
            return dictionary(budget, dictionary, arguments);
        }
        List<Object> elements = Values.sequenceOrNull(receiver);
        if (elements != null && (name.equals("count") || name.equals("index"))) {
            return sequence(budget, elements, arguments);
        } else if (receiver instanceof List<?> && name.equals("copy")) {
            arguments.bindPositional(name);
            return Values.list(budget, receiver);
        } else if (receiver instanceof Double number && name.equals("is_integer")) {
            arguments.bindPositional(name);
            return Double.isFinite(number) && number == Math.rint(number);
        }
        throw unknown();
    }

    private TemplateException unknown() {
        return new TemplateException(
                "method " + name + " of a " + Values.type(receiver) + " is not available to templates");
    }

    private Object dictionary(Budget budget, Dictionary dictionary, Arguments arguments) {
        if (name.equals("get")) {
            Arguments.Bound bound = arguments.bindPositional(name, "key", "default");
            Object key = bound.required("key");
            if (!Dictionary.isKey(key) && !(key instanceof Tuple)) {
                throw new TemplateException("a " + Values.type(key) + " cannot be a key of a dictionary");
            }
            return dictionary.get(key, bound.get("default", null));
        }
        arguments.bindPositional(name);
        budget.elements(2L * dictionary.size());
        return switch (name) {
            case "items" -> new View("dict_items", dictionary.items());
            case "keys" -> new View("dict_keys", dictionary.keys());
            case "values" -> new View("dict_values", dictionary.values());
            case "copy" -> Globals.dictionary(budget, Arguments.of(dictionary));
            default -> throw unknown();
        };
    }

    private Object sequence(Budget budget, List<Object> elements, Arguments arguments) {
        Object sought = arguments.bindPositional(name, "value").required("value");
        long count = 0;
        for (int i = 0; i < elements.size(); i++) {
            if (Values.same(budget, elements.get(i), sought)) {
                if (name.equals("index")) {
                    return (long) i;
                }
                count++;
            }
        }
        if (name.equals("index")) {
            throw new TemplateException("index: the value is not in the " + Values.type(receiver));
        }
        return count;
    }
}
