package io.recthink.text;

import io.recthink.text.Statement.Body;
import io.recthink.text.Statement.Flow;
import io.recthink.text.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Parses the statements of a template by the grammar of Jinja's parser. */
final class Parser {
    private static final int MOST_PARAMETERS = 255;
    private static final Set<String> CONSTANTS = Set.of("true", "false", "none", "True", "False", "None");

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private boolean insideLoop;
    private boolean loopNameTaken;

    private Parser(TokenStream tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    /**
     * Parses a whole template.
     *
     * @throws LocatedException if the text is not a template or uses unsupported features
     */
    static Body parse(String template) {
        Parser parser = new Parser(new TokenStream(Lexer.tokens(template)));
        Body body = parser.body(Set.of());
        parser.expressions.refuseUnknown(0);
        return body;
    }

    /** Parses statements up to the end, or up to a tag with one of these names, which becomes the current token. */
    private Body body(Set<String> ends) {
        return expressions.nested(() -> statements(ends));
    }

    private Body statements(Set<String> ends) {
        List<Body.Located> statements = new ArrayList<>();
        while (true) {
            Token token = tokens.next();
            switch (token.kind()) {
                case END -> {
                    if (!ends.isEmpty()) {
                        throw new LocatedException(token.line(), "the template ends before " + shown(ends));
                    }
                    return new Body(statements);
                }
                case DATA -> add(statements, token, new Statement.Text(token.value()));
                case VARIABLE_BEGIN -> {
                    add(statements, token, new Statement.Print(expressions.tuple(true, null)));
                    tokens.expect(Kind.VARIABLE_END, "the end of the print tag");
                }
                default -> {
                    if (tokens.current().is(Kind.NAME)
                            && ends.contains(tokens.current().value())) {
                        return new Body(statements);
                    }
                    Token name = tokens.current();
                    add(statements, name, statement(ends));
                    endOfTag();
                }
            }
        }
    }

    private static void add(List<Body.Located> statements, Token token, Statement statement) {
        statements.add(new Body.Located(token.line(), statement));
    }

    private static String shown(Set<String> names) {
        return String.join(" or ", names.stream().sorted().toList());
    }

    private void endOfTag() {
        tokens.expect(Kind.BLOCK_END, "the end of the tag");
    }

    private Statement statement(Set<String> ends) {
        Token token = tokens.expect(Kind.NAME, "the name of a tag");
        return switch (token.value()) {
            case "if" -> condition();
            case "for" -> loop();
            case "set" -> assignment();
            case "macro" -> macro();
            case "call" -> call();
            case "filter" -> filter();
            case "with" -> with();
            case "generation" -> generation();
            case "print" -> print();
            case "break" -> jump(token, Flow.BREAK);
            case "continue" -> jump(token, Flow.CONTINUE);
            case "include", "import", "from", "extends", "block", "autoescape" ->
                throw new LocatedException(
                        token.line(), "the tag " + token.value() + " is not available to chat templates");
            default ->
                throw new LocatedException(
                        token.line(),
                        "unknown tag " + token.value() + (ends.isEmpty() ? "" : "; expected " + shown(ends)));
        };
    }

    /** Parses the body of a scope up to its end tag, and skips the end tag. */
    private Body scopeUntil(String end) {
        int known = expressions.unknown();
        Body body = bodyUntil(Set.of(end));
        expressions.refuseUnknown(known);
        tokens.next();
        return body;
    }

    private Body bodyUntil(Set<String> ends) {
        tokens.skipOperator(":");
        endOfTag();
        return body(ends);
    }

    private Statement condition() {
        List<Statement.If.Branch> branches = new ArrayList<>();
        int known = expressions.unknown();
        String end;
        do {
            Expression condition = expressions.tuple(false, null);
            branches.add(new Statement.If.Branch(condition, bodyUntil(Set.of("elif", "else", "endif"))));
            end = tokens.next().value();
        } while (end.equals("elif"));
        if (end.equals("else")) {
            branches.add(new Statement.If.Branch(new Expression.Constant(true), bodyUntil(Set.of("endif"))));
            tokens.next();
        }
        expressions.allowUnknown(known);
        return new Statement.If(branches);
    }

    private Statement loop() {
        boolean outerLoop = insideLoop;
        boolean outerName = loopNameTaken;
        loopNameTaken = true;
        Target target = target(false, "in");
        tokens.expectName("in");
        Expression iterable = expressions.tuple(false, "recursive");
        Expression condition = tokens.skipName("if") ? expressions.expression() : null;
        boolean recursive = tokens.skipName("recursive");
        int known = expressions.unknown();
        insideLoop = true;
        Body body = bodyUntil(Set.of("endfor", "else"));
        insideLoop = outerLoop;
        expressions.refuseUnknown(known);
        Body otherwise = tokens.next().value().equals("else") ? scopeUntil("endfor") : new Body(List.of());
        loopNameTaken = outerName;
        return new Statement.For(target, iterable, condition, recursive, body, otherwise);
    }

    private Statement jump(Token token, Flow flow) {
        if (!insideLoop) {
            throw new LocatedException(token.line(), token.value() + " outside of a loop");
        }
        return new Statement.Jump(flow);
    }

    private Statement assignment() {
        Target target = target(true, null);
        if (tokens.skipOperator("=")) {
            return new Statement.Assignment(target, expressions.tuple(true, null));
        }
        return new Statement.BlockAssignment(target, expressions.filters(), scopeUntil("endset"));
    }

    private Target target(boolean withNamespace, String endName) {
        List<Target> targets = new ArrayList<>();
        boolean several = false;
        while (!(tokens.current().is(Kind.BLOCK_END) || tokens.current().isOperator(")"))
                && !(endName != null && tokens.current().isName(endName))) {
            targets.add(expressions.nested(() -> singleTarget(withNamespace)));
            if (!tokens.skipOperator(",")) {
                break;
            }
            several = true;
        }
        if (targets.isEmpty()) {
            throw tokens.unexpected("a variable");
        }
        return several ? new Target.Several(targets) : targets.get(0);
    }

    private Target singleTarget(boolean withNamespace) {
        if (tokens.skipOperator("(")) {
            Target target = target(false, null);
            tokens.expectOperator(")");
            return target;
        }
        if (withNamespace && tokens.look().isOperator(".")) {
            String namespace = tokens.expectName();
            tokens.next();
            return new Target.NamespaceAttribute(namespace, tokens.expectName());
        }
        return new Target.Variable(variable());
    }

    private String variable() {
        String name = tokens.expectName();
        if (CONSTANTS.contains(name) || (name.equals("loop") && loopNameTaken)) {
            throw tokens.fail("cannot assign to " + name);
        }
        return name;
    }

    private Statement macro() {
        String name = variable();
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        parameters(parameters, defaults);
        return new Statement.MacroDefinition(signature(name, parameters, defaults, "endmacro"));
    }

    /** Parses the body of a macro or of a call block, and finds which special variables it uses. */
    private Macro.Signature signature(String name, List<String> parameters, List<Expression> defaults, String end) {
        boolean outerLoop = insideLoop;
        insideLoop = false;
        expressions.beginMentions();
        Body body = scopeUntil(end);
        Set<String> mentioned = expressions.endMentions();
        insideLoop = outerLoop;
        return new Macro.Signature(
                name,
                parameters,
                defaults,
                body,
                mentioned.contains("caller"),
                mentioned.contains("kwargs"),
                mentioned.contains("varargs"));
    }

    private void parameters(List<String> parameters, List<Expression> defaults) {
        tokens.expectOperator("(");
        while (!tokens.skipOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            String parameter = variable();
            if (Set.of("caller", "kwargs", "varargs").contains(parameter) || parameters.contains(parameter)) {
                throw tokens.fail("a parameter must not be called " + parameter);
            }
            if (parameters.size() >= MOST_PARAMETERS) {
                throw tokens.fail("a macro has more than " + MOST_PARAMETERS + " parameters");
            }
            parameters.add(parameter);
            if (tokens.skipOperator("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw tokens.fail(
                        "parameter " + parameter + " needs a default, because the parameter before it has a default");
            }
        }
    }

    private Statement call() {
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        if (tokens.current().isOperator("(")) {
            parameters(parameters, defaults);
        }
        if (!(expressions.expression() instanceof Expression.Call call)) {
            throw tokens.fail("the tag call needs the call of a macro");
        }
        return new Statement.CallBlock(call, signature("caller", parameters, defaults, "endcall"));
    }

    private Statement filter() {
        List<Expression.FilterCall> filters = new ArrayList<>();
        filters.add(expressions.filter());
        filters.addAll(expressions.filters());
        return new Statement.FilterBlock(filters, scopeUntil("endfilter"));
    }

    private Statement with() {
        List<Map.Entry<Target, Expression>> assignments = new ArrayList<>();
        while (!tokens.current().is(Kind.BLOCK_END)) {
            if (!assignments.isEmpty()) {
                tokens.expectOperator(",");
            }
            Target target = target(false, null);
            tokens.expectOperator("=");
            assignments.add(Map.entry(target, expressions.expression()));
        }
        return new Statement.With(assignments, scopeUntil("endwith"));
    }

    /** Jinja compiles the body to a function, so a break cannot leave it. */
    private Statement generation() {
        boolean outerLoop = insideLoop;
        insideLoop = false;
        Body body = scopeUntil("endgeneration");
        insideLoop = outerLoop;
        return new Statement.Scope(body);
    }

    private Statement print() {
        List<Expression> parts = new ArrayList<>();
        while (!tokens.current().is(Kind.BLOCK_END)) {
            if (!parts.isEmpty()) {
                tokens.expectOperator(",");
            }
            parts.add(expressions.expression());
        }
        return new Statement.Print(new Expression.Concatenated(parts));
    }
}
