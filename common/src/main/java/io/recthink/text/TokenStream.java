package io.recthink.text;

import io.recthink.text.Token.Kind;
import java.util.List;

/** A stream of tokens with a current position. */
final class TokenStream {
    private final List<Token> tokens;
    private int position;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(position);
    }

    Token look() {
        return tokens.get(Math.min(position + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = current();
        position = Math.min(position + 1, tokens.size() - 1);
        return token;
    }

    boolean skipOperator(String operator) {
        return skip(current().isOperator(operator));
    }

    boolean skipName(String name) {
        return skip(current().isName(name));
    }

    private boolean skip(boolean matches) {
        if (matches) {
            next();
        }
        return matches;
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw unexpected("'" + operator + "'");
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw unexpected("'" + name + "'");
        }
    }

    Token expect(Kind kind, String shown) {
        if (!current().is(kind)) {
            throw unexpected(shown);
        }
        return next();
    }

    String expectName() {
        return expect(Kind.NAME, "a name").value();
    }

    LocatedException unexpected(String expected) {
        return fail("expected " + expected + ", found " + current().shown());
    }

    LocatedException fail(String message) {
        return new LocatedException(current().line(), message);
    }
}
