package io.recthink.text;

/**
 * A piece of a template: text between tags, the begin or end of a tag, or a word inside a tag.
 *
 * @param value the text, name, operator or decoded string
 * @param line the line, from 1
 */
record Token(Kind kind, String value, int line) {
    enum Kind {
        DATA,
        VARIABLE_BEGIN,
        VARIABLE_END,
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    boolean is(Kind other) {
        return kind == other;
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && value.equals(operator);
    }

    boolean isName(String name) {
        return kind == Kind.NAME && value.equals(name);
    }

    /** The token as messages show it. */
    String shown() {
        return switch (kind) {
            case END -> "the end of the template";
            case BLOCK_BEGIN, BLOCK_END -> "a block tag";
            case VARIABLE_BEGIN, VARIABLE_END -> "a print tag";
            case DATA, NAME, STRING, INTEGER, FLOAT, OPERATOR -> "'" + value + "'";
        };
    }
}
