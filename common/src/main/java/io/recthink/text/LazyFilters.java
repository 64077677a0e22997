package io.recthink.text;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Filters that compute an element only when the template reads it. Errors occur at the same time. */
final class LazyFilters {
    private LazyFilters() {}

    /** {@code map}: applies a filter to each element, or reads an attribute of each element. */
    static Object map(Budget budget, Object value, Arguments arguments) {
        if (!Values.isTrue(value)) {
            return new Generator(Collections.emptyIterator());
        }
        UnaryOperator<Object> function = function(budget, arguments);
        return new Generator(mapped(budget, Values.iterate(budget, value), function));
    }

    /** The result of a function for each element, computed when it is read. */
    static Iterator<Object> mapped(Budget budget, Iterator<Object> elements, UnaryOperator<Object> function) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                budget.enter();
                boolean result = elements.hasNext();
                budget.leave();
                return result;
            }

            @Override
            public Object next() {
                budget.enter();
                Object result = function.apply(elements.next());
                budget.leave();
                return result;
            }
        };
    }

    private static UnaryOperator<Object> function(Budget budget, Arguments arguments) {
        if (arguments.positional().isEmpty() && arguments.keyword().containsKey("attribute")) {
            Arguments.Bound bound = arguments.bind("map", "attribute", "default");
            AttributePath path = AttributePath.of(bound.required("attribute"));
            return element -> path.of(budget, element, bound.get("default", null));
        }
        if (arguments.positional().isEmpty()) {
            throw new TemplateException("map needs the name of a filter or an attribute");
        }
        String filter = Values.text("map", arguments.positional().get(0));
        Arguments rest = arguments.after(1);
        return element -> Filters.apply(budget, filter, element, rest);
    }

    /** {@code select}, {@code reject}, {@code selectattr} and {@code rejectattr}. */
    static Object select(Budget budget, Object value, Arguments arguments, boolean wanted, boolean attribute) {
        if (!Values.isTrue(value)) {
            return new Generator(Collections.emptyIterator());
        }
        List<Object> positional = arguments.positional();
        if (attribute && positional.isEmpty()) {
            throw new TemplateException("selectattr and rejectattr need the name of an attribute");
        }
        AttributePath path = AttributePath.of(attribute ? positional.get(0) : null);
        Arguments test = attribute ? arguments.after(1) : arguments;
        return new Generator(filtered(
                budget,
                Values.iterate(budget, value),
                element -> wanted == isChosen(budget, path.of(budget, element), test)));
    }

    private static boolean isChosen(Budget budget, Object value, Arguments test) {
        if (test.positional().isEmpty()) {
            return Values.isTrue(value);
        }
        String name = Values.text("select", test.positional().get(0));
        return Tests.holds(budget, name, value, test.after(1));
    }

    /** The elements for which a condition is true; the condition is evaluated when an element is read. */
    static Iterator<Object> filtered(Budget budget, Iterator<Object> elements, Predicate<Object> condition) {
        return new Iterator<>() {
            private boolean found;
            private Object next;

            @Override
            public boolean hasNext() {
                budget.enter();
                while (!found && elements.hasNext()) {
                    budget.step();
                    next = elements.next();
                    found = condition.test(next);
                }
                budget.leave();
                return found;
            }

            @Override
            public Object next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                found = false;
                return next;
            }
        };
    }
}
