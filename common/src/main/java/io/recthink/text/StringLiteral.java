package io.recthink.text;

/** Decodes the text between the quotes of a string, with Python's escapes. */
final class StringLiteral {
    private static final String ESCAPED = "\\'\"abfnrtv";
    private static final String MEANING = "\\'\"\u0007\b\f\n\r\t\u000b";

    private final String literal;
    private final StringBuilder result = new StringBuilder();
    private int position;

    private StringLiteral(String literal) {
        this.literal = literal;
    }

    static String decode(String literal) {
        if (literal.indexOf('\\') < 0) {
            return literal;
        }
        StringLiteral decoder = new StringLiteral(literal);
        while (decoder.position < literal.length()) {
            decoder.next();
        }
        return decoder.result.toString();
    }

    private void next() {
        char character = literal.charAt(position++);
        if (character != '\\') {
            result.append(character);
            return;
        }
        int escape = literal.codePointAt(position);
        position += Character.charCount(escape);
        int known = ESCAPED.indexOf(escape);
        if (known >= 0) {
            result.append(MEANING.charAt(known));
        } else if (escape >= '0' && escape <= '7') {
            position--;
            octal();
        } else if (escape == 'x') {
            hexadecimal(2);
        } else if (escape == 'u') {
            hexadecimal(4);
        } else if (escape == 'U') {
            hexadecimal(8);
        } else if (escape == 'N') {
            throw new TemplateException("characters by name (\\N) are not supported");
        } else if (escape != '\n') {
            other(escape);
        }
    }

    /** An unknown escape stays as it is. As in Jinja, a character beyond ASCII becomes its number. */
    private void other(int escape) {
        result.append('\\');
        if (escape < 0x80) {
            result.appendCodePoint(escape);
        } else if (escape < 0x100) {
            result.append("x%02x".formatted(escape));
        } else {
            result.append((escape < 0x10000 ? "u%04x" : "U%08x").formatted(escape));
        }
    }

    private void octal() {
        int end = position;
        while (end < literal.length()
                && end < position + 3
                && literal.charAt(end) >= '0'
                && literal.charAt(end) <= '7') {
            end++;
        }
        result.appendCodePoint(Integer.parseInt(literal.substring(position, end), 8));
        position = end;
    }

    private void hexadecimal(int digits) {
        String number = literal.substring(position, Math.min(position + digits, literal.length()));
        if (!number.matches("[0-9a-fA-F]{" + digits + "}")) {
            throw new TemplateException("the escape in '" + literal + "' needs " + digits + " hexadecimal digits");
        }
        long character = Long.parseLong(number, 16);
        if (character > Character.MAX_CODE_POINT) {
            throw new TemplateException("the escape in '" + literal + "' is not a character");
        }
        result.appendCodePoint((int) character);
        position += digits;
    }
}
