package io.recthink.text;

import java.util.ArrayList;
import java.util.List;

/** A part of a template with a value. */
sealed interface Expression {
    /** The value, without the check of the nesting depth that {@link #evaluate} adds. */
    Object value(Frame frame);

    default Object evaluate(Frame frame) {
        frame.budget().enter();
        Object value = value(frame);
        frame.budget().leave();
        return value;
    }

    record Constant(Object constant) implements Expression {
        @Override
        public Object value(Frame frame) {
            return constant;
        }
    }

    record Name(String name) implements Expression {
        @Override
        public Object value(Frame frame) {
            return frame.get(name);
        }
    }

    record ListOf(List<Expression> elements) implements Expression {
        @Override
        public Object value(Frame frame) {
            return evaluateAll(elements, frame);
        }
    }

    record TupleOf(List<Expression> elements) implements Expression {
        @Override
        public Object value(Frame frame) {
            return new Tuple(evaluateAll(elements, frame));
        }
    }

    private static List<Object> evaluateAll(List<Expression> expressions, Frame frame) {
        frame.budget().elements(expressions.size());
        List<Object> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            values.add(expression.evaluate(frame));
        }
        return values;
    }

    record DictionaryOf(List<Pair> pairs) implements Expression {
        record Pair(Expression key, Expression value) {}

        @Override
        public Object value(Frame frame) {
            Dictionary dictionary = new Dictionary();
            frame.budget().elements(1);
            for (Pair pair : pairs) {
                frame.budget().entry();
                dictionary.put(pair.key().evaluate(frame), pair.value().evaluate(frame));
            }
            return dictionary;
        }
    }

    record Attribute(Expression owner, String name) implements Expression {
        @Override
        public Object value(Frame frame) {
            return Attributes.attribute(frame.budget(), owner.evaluate(frame), name);
        }
    }

    record Item(Expression owner, Expression key) implements Expression {
        @Override
        public Object value(Frame frame) {
            return Attributes.item(frame.budget(), owner.evaluate(frame), key.evaluate(frame));
        }
    }

    /** A slice {@code owner[start:stop:step]}; each bound may be null. */
    record Part(Expression owner, Expression start, Expression stop, Expression step) implements Expression {
        @Override
        public Object value(Frame frame) {
            Object value = owner.evaluate(frame);
            return new Slice(bound(start, frame), bound(stop, frame), bound(step, frame)).of(frame.budget(), value);
        }

        private static Object bound(Expression bound, Frame frame) {
            return bound == null ? null : bound.evaluate(frame);
        }
    }

    record Call(Expression function, ArgumentList arguments) implements Expression {
        @Override
        public Object value(Frame frame) {
            return call(frame, null);
        }

        /** Calls the function with the body of a call block, which may be null. */
        Object call(Frame frame, Macro caller) {
            Object called = function.evaluate(frame);
            Arguments given = arguments.evaluate(frame, caller);
            if (called instanceof Callable callable) {
                return callable.call(frame.budget(), given);
            }
            Values.refuseUndefined(called);
            throw new TemplateException("a " + Values.type(called) + " cannot be called");
        }
    }

    record Filtered(Expression operand, FilterCall filter) implements Expression {
        @Override
        public Object value(Frame frame) {
            return filter.apply(frame, operand.evaluate(frame));
        }
    }

    /** A filter with its arguments, without the value that it filters. */
    record FilterCall(String name, ArgumentList arguments) {
        Object apply(Frame frame, Object value) {
            return Filters.apply(frame.budget(), name, value, arguments.evaluate(frame, null));
        }
    }

    record Tested(Expression operand, String test, ArgumentList arguments) implements Expression {
        @Override
        public Object value(Frame frame) {
            Object value = operand.evaluate(frame);
            return Tests.holds(frame.budget(), test, value, arguments.evaluate(frame, null));
        }
    }

    record Not(Expression operand) implements Expression {
        @Override
        public Object value(Frame frame) {
            return !Values.isTrue(operand.evaluate(frame));
        }
    }

    /** The first operand that decides: for {@code and} the first false one, for {@code or} the first true one. */
    record Either(boolean deciding, List<Expression> operands) implements Expression {
        @Override
        public Object value(Frame frame) {
            Object value = null;
            for (Expression operand : operands) {
                value = operand.evaluate(frame);
                if (Values.isTrue(value) == deciding) {
                    return value;
                }
            }
            return value;
        }
    }

    /** {@code chosen if condition else other}; {@code other} may be null. */
    record Conditional(Expression condition, Expression chosen, Expression other) implements Expression {
        @Override
        public Object value(Frame frame) {
            if (Values.isTrue(condition.evaluate(frame))) {
                return chosen.evaluate(frame);
            }
            return other == null
                    ? new Undefined("the condition of an if without else is false")
                    : other.evaluate(frame);
        }
    }

    /** {@code first < second < third}: whether all comparisons are true. */
    record Compared(Expression first, List<Operation> operations) implements Expression {
        @Override
        public Object value(Frame frame) {
            Object left = first.evaluate(frame);
            for (Operation operation : operations) {
                Object right = operation.operand().evaluate(frame);
                if (!Comparison.holds(frame.budget(), operation.operator(), left, right)) {
                    return false;
                }
                left = right;
            }
            return true;
        }
    }

    /** {@code first + second - third}, evaluated from left to right. */
    record Calculated(Expression first, List<Operation> operations) implements Expression {
        @Override
        public Object value(Frame frame) {
            Object result = first.evaluate(frame);
            for (Operation operation : operations) {
                Object right = operation.operand().evaluate(frame);
                result = Arithmetic.apply(frame.budget(), operation.operator(), result, right);
            }
            return result;
        }
    }

    record Operation(String operator, Expression operand) {}

    record Signed(boolean negative, Expression operand) implements Expression {
        @Override
        public Object value(Frame frame) {
            Object value = operand.evaluate(frame);
            return negative ? Arithmetic.negate(value) : Arithmetic.plus(value);
        }
    }

    /** {@code first ~ second}: the operands as one text. */
    record Concatenated(List<Expression> operands) implements Expression {
        @Override
        public Object value(Frame frame) {
            Output output = new Output(frame.budget());
            for (Expression operand : operands) {
                output.write(Printer.print(frame.budget(), operand.evaluate(frame)));
            }
            return output.text();
        }
    }

    /** The arguments in the brackets of a call; {@code morePositional} and {@code moreKeyword} may be null. */
    record ArgumentList(
            List<Expression> positional, List<Keyword> keyword, Expression morePositional, Expression moreKeyword) {
        static final ArgumentList NONE = new ArgumentList(List.of(), List.of(), null, null);

        record Keyword(String name, Expression value) {}

        Arguments evaluate(Frame frame, Macro caller) {
            Arguments.Builder arguments = new Arguments.Builder();
            positional.forEach(argument -> arguments.add(argument.evaluate(frame)));
            if (morePositional != null) {
                Values.list(frame.budget(), morePositional.evaluate(frame)).forEach(arguments::add);
            }
            keyword.forEach(
                    argument -> arguments.add(argument.name(), argument.value().evaluate(frame)));
            if (caller != null) {
                arguments.add("caller", caller);
            }
            if (moreKeyword != null) {
                if (!(moreKeyword.evaluate(frame) instanceof Dictionary dictionary)) {
                    throw new TemplateException("the argument after ** must be a dictionary");
                }
                frame.budget().elements(2L * dictionary.size());
                dictionary.entries().forEach(entry -> arguments.add(Values.text("**", entry.key()), entry.value()));
            }
            return arguments.build();
        }
    }
}
