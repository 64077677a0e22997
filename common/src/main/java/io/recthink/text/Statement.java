package io.recthink.text;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** A part of a template that writes text or changes variables. */
sealed interface Statement {
    /** Executes the statement, writes to the output, and returns how the loop continues. */
    Flow execute(Frame frame, Output output);

    /** How a loop continues after a statement. */
    enum Flow {
        NEXT,
        CONTINUE,
        BREAK
    }

    /** Statements with their lines, from 1. An error reports the line of the innermost statement. */
    record Body(List<Located> statements) implements Statement {
        record Located(int line, Statement statement) {
            Flow execute(Frame frame, Output output) {
                try {
                    return statement.execute(frame, output);
                } catch (TemplateException e) {
                    throw new LocatedException(line, e.getMessage());
                }
            }
        }

        @Override
        public Flow execute(Frame frame, Output output) {
            frame.budget().enter();
            Flow flow = Flow.NEXT;
            for (int i = 0; i < statements.size() && flow == Flow.NEXT; i++) {
                frame.budget().step();
                flow = statements.get(i).execute(frame, output);
            }
            frame.budget().leave();
            return flow;
        }
    }

    record Text(String text) implements Statement {
        @Override
        public Flow execute(Frame frame, Output output) {
            output.write(text);
            return Flow.NEXT;
        }
    }

    record Print(Expression expression) implements Statement {
        @Override
        public Flow execute(Frame frame, Output output) {
            output.write(Printer.print(frame.budget(), expression.evaluate(frame)));
            return Flow.NEXT;
        }
    }

    record Assignment(Target target, Expression value) implements Statement {
        @Override
        public Flow execute(Frame frame, Output output) {
            target.assign(frame, value.evaluate(frame));
            return Flow.NEXT;
        }
    }

    /** A {@code set} block with a body. */
    record BlockAssignment(Target target, List<Expression.FilterCall> filters, Body body) implements Statement {
        @Override
        public Flow execute(Frame frame, Output output) {
            Output inner = new Output(frame.budget());
            Flow flow = body.execute(new Frame(frame), inner);
            if (flow == Flow.NEXT) {
                target.assign(frame, filtered(frame, inner.text(), filters));
            }
            return flow;
        }
    }

    record FilterBlock(List<Expression.FilterCall> filters, Body body) implements Statement {
        @Override
        public Flow execute(Frame frame, Output output) {
            Output inner = new Output(frame.budget());
            Flow flow = body.execute(new Frame(frame), inner);
            if (flow == Flow.NEXT) {
                output.write(Values.text("the text of a filter block", filtered(frame, inner.text(), filters)));
            }
            return flow;
        }
    }

    private static Object filtered(Frame frame, String text, List<Expression.FilterCall> filters) {
        Object value = text;
        for (Expression.FilterCall filter : filters) {
            value = filter.apply(frame, value);
        }
        return value;
    }

    /** An {@code if} with its branches; {@code else} is a last branch with the condition {@code true}. */
    record If(List<Branch> branches) implements Statement {
        record Branch(Expression condition, Body body) {}

        @Override
        public Flow execute(Frame frame, Output output) {
            for (Branch branch : branches) {
                if (Values.isTrue(branch.condition().evaluate(frame))) {
                    return branch.body().execute(frame, output);
                }
            }
            return Flow.NEXT;
        }
    }

    /** A {@code for} loop; the condition may be null. */
    record For(Target target, Expression iterable, Expression condition, boolean recursive, Body body, Body otherwise)
            implements Statement {
        @Override
        public Flow execute(Frame frame, Output output) {
            return run(frame, output, iterable.evaluate(frame), 0);
        }

        private Flow run(Frame frame, Output output, Object value, int depth) {
            Loop loop = loop(frame, value, depth);
            boolean entered = false;
            while (loop.hasNext()) {
                frame.budget().step();
                Frame inner = new Frame(frame);
                target.assign(inner, loop.next());
                inner.set("loop", loop);
                Flow flow = body.execute(inner, output);
                if (flow == Flow.BREAK) {
                    break;
                }
                entered |= flow == Flow.NEXT;
            }
            // As in Jinja, a round that ends with break or continue does not count.
            return entered ? Flow.NEXT : otherwise.execute(new Frame(frame), output);
        }

        private Loop loop(Frame frame, Object value, int depth) {
            Budget budget = frame.budget();
            Iterator<Object> elements = Values.iterate(budget, value);
            long length = condition == null ? Values.lengthOrNone(budget, value) : -1;
            if (condition != null) {
                Iterator<Object> all =
                        LazyFilters.mapped(budget, elements, element -> target.repacked(budget, element));
                elements = LazyFilters.filtered(budget, all, element -> isWanted(frame, element));
            }
            return new Loop(
                    elements, length, depth, recursive ? (other, deeper) -> recurse(frame, other, deeper) : null);
        }

        private boolean isWanted(Frame frame, Object element) {
            Frame inner = new Frame(frame);
            target.assign(inner, element);
            return Values.isTrue(condition.evaluate(inner));
        }

        private String recurse(Frame frame, Object value, int depth) {
            Output output = new Output(frame.budget());
            run(frame, output, value, depth);
            return output.text();
        }
    }

    /** {@code break} or {@code continue}. */
    record Jump(Flow flow) implements Statement {
        @Override
        public Flow execute(Frame frame, Output output) {
            return flow;
        }
    }

    record With(List<Map.Entry<Target, Expression>> assignments, Body body) implements Statement {
        @Override
        public Flow execute(Frame frame, Output output) {
            Frame inner = new Frame(frame);
            assignments.forEach(assignment ->
                    assignment.getKey().assign(inner, assignment.getValue().evaluate(frame)));
            return body.execute(inner, output);
        }
    }

    /** The body of a {@code generation} block, which marks the model's own words. */
    record Scope(Body body) implements Statement {
        @Override
        public Flow execute(Frame frame, Output output) {
            return body.execute(new Frame(frame), output);
        }
    }

    record MacroDefinition(Macro.Signature signature) implements Statement {
        @Override
        public Flow execute(Frame frame, Output output) {
            frame.set(signature.name(), new Macro(signature, frame));
            return Flow.NEXT;
        }
    }

    record CallBlock(Expression.Call call, Macro.Signature caller) implements Statement {
        @Override
        public Flow execute(Frame frame, Output output) {
            output.write(Printer.print(frame.budget(), call.call(frame, new Macro(caller, frame))));
            return Flow.NEXT;
        }
    }
}
