package io.recthink.text;

import io.recthink.text.Expression.ArgumentList;
import io.recthink.text.Expression.FilterCall;
import io.recthink.text.Expression.Operation;
import io.recthink.text.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Parses expressions by the grammar of Jinja's parser. */
final class ExpressionParser {
    private static final int DEEPEST = 60;
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<Kind> BEGIN_OF_ARGUMENT = Set.of(Kind.NAME, Kind.STRING, Kind.INTEGER, Kind.FLOAT);

    private final TokenStream tokens;
    private final Deque<Set<String>> mentioned = new ArrayDeque<>();
    private final List<LocatedException> unknown = new ArrayList<>();
    private int depth;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    /** Starts to collect the names that expressions read, until {@link #endMentions}. */
    void beginMentions() {
        mentioned.push(new HashSet<>());
    }

    Set<String> endMentions() {
        return mentioned.pop();
    }

    /** The number of unknown filters and tests read so far. They are an error unless a condition may skip them. */
    int unknown() {
        return unknown.size();
    }

    /**
     * Accepts the unknown filters and tests read since then. Like in Jinja, one within a condition fails only when the
     * evaluation reaches it.
     */
    void allowUnknown(int since) {
        unknown.subList(since, unknown.size()).clear();
    }

    void refuseUnknown(int since) {
        if (unknown.size() > since) {
            throw unknown.get(since);
        }
    }

    /** Counts one level of nesting, of expressions or statements. */
    <T> T nested(Supplier<T> parse) {
        if (++depth > DEEPEST) {
            throw tokens.fail("nested more than " + DEEPEST + " levels deep");
        }
        T result = parse.get();
        depth--;
        return result;
    }

    Expression expression() {
        return nested(this::conditional);
    }

    /** One expression, or a tuple of several expressions separated by commas. */
    Expression tuple(boolean withConditional, String endName) {
        return tuple(withConditional, false, endName);
    }

    private Expression tuple(boolean withConditional, boolean inBrackets, String endName) {
        List<Expression> elements = new ArrayList<>();
        boolean several = false;
        while (!isTupleEnd(endName)) {
            elements.add(withConditional ? expression() : nested(this::or));
            if (!tokens.skipOperator(",")) {
                break;
            }
            several = true;
        }
        if (elements.isEmpty() && !inBrackets) {
            throw tokens.unexpected("an expression");
        }
        return several || elements.isEmpty() ? new Expression.TupleOf(elements) : elements.get(0);
    }

    private boolean isTupleEnd(String endName) {
        Token token = tokens.current();
        return token.is(Kind.VARIABLE_END)
                || token.is(Kind.BLOCK_END)
                || token.isOperator(")")
                || (endName != null && token.isName(endName));
    }

    private Expression conditional() {
        int known = unknown();
        Expression chosen = or();
        while (tokens.skipName("if")) {
            Expression condition = or();
            Expression other = tokens.skipName("else") ? expression() : null;
            chosen = new Expression.Conditional(condition, chosen, other);
            allowUnknown(known);
        }
        return chosen;
    }

    private Expression or() {
        return either("or", true, this::and);
    }

    private Expression and() {
        return either("and", false, this::not);
    }

    private Expression either(String word, boolean deciding, Supplier<Expression> operand) {
        List<Expression> operands = new ArrayList<>(List.of(operand.get()));
        while (tokens.skipName(word)) {
            operands.add(operand.get());
        }
        return operands.size() == 1 ? operands.get(0) : new Expression.Either(deciding, operands);
    }

    private Expression not() {
        return tokens.skipName("not") ? new Expression.Not(nested(this::not)) : comparison();
    }

    private Expression comparison() {
        Expression first = sum();
        List<Operation> operations = new ArrayList<>();
        while (true) {
            Token token = tokens.current();
            if (token.is(Kind.OPERATOR) && COMPARISONS.contains(token.value())) {
                operations.add(new Operation(tokens.next().value(), sum()));
            } else if (tokens.skipName("in")) {
                operations.add(new Operation("in", sum()));
            } else if (token.isName("not") && tokens.look().isName("in")) {
                tokens.next();
                tokens.next();
                operations.add(new Operation("not in", sum()));
            } else {
                return operations.isEmpty() ? first : new Expression.Compared(first, operations);
            }
        }
    }

    private Expression sum() {
        return calculated(Set.of("+", "-"), this::concatenation);
    }

    private Expression concatenation() {
        List<Expression> operands = new ArrayList<>(List.of(product()));
        while (tokens.skipOperator("~")) {
            operands.add(product());
        }
        return operands.size() == 1 ? operands.get(0) : new Expression.Concatenated(operands);
    }

    private Expression product() {
        return calculated(Set.of("*", "/", "//", "%"), this::power);
    }

    private Expression power() {
        return calculated(Set.of("**"), () -> unary(true));
    }

    private Expression calculated(Set<String> operators, Supplier<Expression> operand) {
        Expression first = operand.get();
        List<Operation> operations = new ArrayList<>();
        while (tokens.current().is(Kind.OPERATOR)
                && operators.contains(tokens.current().value())) {
            operations.add(new Operation(tokens.next().value(), operand.get()));
        }
        return operations.isEmpty() ? first : new Expression.Calculated(first, operations);
    }

    private Expression unary(boolean withFilters) {
        Expression operand;
        if (tokens.current().isOperator("-") || tokens.current().isOperator("+")) {
            boolean negative = tokens.next().value().equals("-");
            operand = new Expression.Signed(negative, nested(() -> unary(false)));
        } else {
            operand = primary();
        }
        Expression expression = postfix(operand);
        return withFilters ? filtersAndTests(expression) : expression;
    }

    Expression primary() {
        Token token = tokens.current();
        return switch (token.kind()) {
            case NAME -> name(tokens.next().value());
            case STRING -> string();
            case INTEGER -> new Expression.Constant(integer(tokens.next()));
            case FLOAT -> new Expression.Constant(real(tokens.next()));
            case OPERATOR -> bracketed(token);
            case DATA, VARIABLE_BEGIN, VARIABLE_END, BLOCK_BEGIN, BLOCK_END, END ->
                throw tokens.unexpected("an expression");
        };
    }

    private Expression name(String name) {
        return switch (name) {
            case "true", "True" -> new Expression.Constant(true);
            case "false", "False" -> new Expression.Constant(false);
            case "none", "None" -> new Expression.Constant(null);
            default -> {
                mentioned.forEach(names -> names.add(name));
                yield new Expression.Name(name);
            }
        };
    }

    private Expression string() {
        StringBuilder text = new StringBuilder();
        while (tokens.current().is(Kind.STRING)) {
            text.append(tokens.next().value());
        }
        return new Expression.Constant(text.toString());
    }

    private Long integer(Token token) {
        try {
            return number(token, Numbers.parseWhole(token.value(), 0));
        } catch (TemplateException e) {
            throw new LocatedException(token.line(), e.getMessage());
        }
    }

    private Double real(Token token) {
        return number(token, Numbers.parseReal(token.value()));
    }

    private static <T> T number(Token token, T parsed) {
        if (parsed == null) {
            throw new LocatedException(token.line(), "the number " + token.value() + " has a misplaced underscore");
        }
        return parsed;
    }

    private Expression bracketed(Token token) {
        if (tokens.skipOperator("(")) {
            Expression tuple = nested(() -> tuple(true, true, null));
            tokens.expectOperator(")");
            return tuple;
        } else if (tokens.skipOperator("[")) {
            return new Expression.ListOf(untilClosed("]", this::expression));
        } else if (tokens.skipOperator("{")) {
            return new Expression.DictionaryOf(untilClosed("}", this::pair));
        }
        throw tokens.fail("unexpected " + token.shown());
    }

    private Expression.DictionaryOf.Pair pair() {
        Expression key = expression();
        tokens.expectOperator(":");
        return new Expression.DictionaryOf.Pair(key, expression());
    }

    /** Elements separated by commas, up to the closing bracket; a comma may follow the last element. */
    private <T> List<T> untilClosed(String bracket, Supplier<T> element) {
        List<T> elements = new ArrayList<>();
        while (!tokens.skipOperator(bracket)) {
            if (!elements.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.skipOperator(bracket)) {
                    break;
                }
            }
            elements.add(element.get());
        }
        return elements;
    }

    private Expression postfix(Expression operand) {
        Expression expression = operand;
        while (true) {
            if (tokens.skipOperator(".")) {
                expression = member(expression);
            } else if (tokens.skipOperator("[")) {
                expression = subscript(expression);
            } else if (tokens.current().isOperator("(")) {
                expression = new Expression.Call(expression, arguments());
            } else {
                return expression;
            }
        }
    }

    private Expression member(Expression owner) {
        Token token = tokens.next();
        if (token.is(Kind.NAME)) {
            return new Expression.Attribute(owner, token.value());
        } else if (token.is(Kind.INTEGER)) {
            return new Expression.Item(owner, new Expression.Constant(integer(token)));
        }
        throw new LocatedException(token.line(), "expected a name or a number after the dot");
    }

    private Expression subscript(Expression owner) {
        Expression start = tokens.current().isOperator(":") ? null : expression();
        if (start != null && tokens.skipOperator("]")) {
            return new Expression.Item(owner, start);
        }
        if (tokens.current().isOperator(",")) {
            throw tokens.fail("several keys in one pair of brackets are not supported");
        }
        tokens.expectOperator(":");
        Expression stop = bound();
        Expression step = tokens.skipOperator(":") ? bound() : null;
        tokens.expectOperator("]");
        return new Expression.Part(owner, start, stop, step);
    }

    private Expression bound() {
        return tokens.current().isOperator(":") || tokens.current().isOperator("]") ? null : expression();
    }

    ArgumentList arguments() {
        tokens.expectOperator("(");
        return nested(this::argumentsWithin);
    }

    private ArgumentList argumentsWithin() {
        List<Expression> positional = new ArrayList<>();
        List<ArgumentList.Keyword> keyword = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Expression morePositional = null;
        Expression moreKeyword = null;
        boolean first = true;
        while (!tokens.skipOperator(")")) {
            if (!first) {
                tokens.expectOperator(",");
                if (tokens.skipOperator(")")) {
                    break;
                }
            }
            first = false;
            if (moreKeyword != null) {
                throw tokens.fail("no argument can follow the argument after **");
            } else if (tokens.skipOperator("**")) {
                moreKeyword = expression();
            } else if (morePositional == null && tokens.skipOperator("*")) {
                morePositional = expression();
            } else if (tokens.current().is(Kind.NAME) && tokens.look().isOperator("=")) {
                keyword.add(keyword(names));
            } else if (morePositional == null && keyword.isEmpty()) {
                positional.add(expression());
            } else {
                throw tokens.fail("an argument without a name cannot follow one with a name");
            }
        }
        return new ArgumentList(positional, keyword, morePositional, moreKeyword);
    }

    private ArgumentList.Keyword keyword(Set<String> before) {
        String name = tokens.next().value();
        if (!before.add(name)) {
            throw tokens.fail("the argument " + name + " is given twice");
        }
        tokens.expectOperator("=");
        return new ArgumentList.Keyword(name, expression());
    }

    private Expression filtersAndTests(Expression operand) {
        Expression expression = operand;
        while (true) {
            if (tokens.skipOperator("|")) {
                expression = new Expression.Filtered(expression, filter());
            } else if (tokens.skipName("is")) {
                expression = test(expression);
            } else if (tokens.current().isOperator("(")) {
                expression = new Expression.Call(expression, arguments());
            } else {
                return expression;
            }
        }
    }

    /** Parses a filter after its bar. */
    FilterCall filter() {
        Token token = tokens.current();
        String name = dottedName();
        if (!Filters.exists(name)) {
            unknown.add(new LocatedException(token.line(), "unknown filter " + name));
        }
        return new FilterCall(name, tokens.current().isOperator("(") ? arguments() : ArgumentList.NONE);
    }

    /** Parses filters, each after a bar. */
    List<FilterCall> filters() {
        List<FilterCall> filters = new ArrayList<>();
        while (tokens.skipOperator("|")) {
            filters.add(filter());
        }
        return filters;
    }

    private String dottedName() {
        StringBuilder name = new StringBuilder(tokens.expectName());
        while (tokens.skipOperator(".")) {
            name.append('.').append(tokens.expectName());
        }
        return name.toString();
    }

    private Expression test(Expression operand) {
        boolean negated = tokens.skipName("not");
        Token token = tokens.current();
        String name = dottedName();
        if (!Tests.exists(name)) {
            unknown.add(new LocatedException(token.line(), "unknown test " + name));
        }
        Expression test = new Expression.Tested(operand, name, testArguments());
        return negated ? new Expression.Not(test) : test;
    }

    /** Parses the arguments of a test. A single argument needs no brackets. */
    private ArgumentList testArguments() {
        Token token = tokens.current();
        if (token.isOperator("(")) {
            return arguments();
        }
        boolean begins = BEGIN_OF_ARGUMENT.contains(token.kind()) || token.isOperator("[") || token.isOperator("{");
        if (!begins || token.isName("else") || token.isName("or") || token.isName("and")) {
            return ArgumentList.NONE;
        } else if (token.isName("is")) {
            throw tokens.fail("two tests with 'is' need brackets around the first");
        }
        return new ArgumentList(List.of(postfix(primary())), List.of(), null, null);
    }
}
