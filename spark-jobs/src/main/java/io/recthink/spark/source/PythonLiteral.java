package io.recthink.spark.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Optional;

/**
 * Converts a Python dictionary literal to JSON, as the Amazon metadata of 2014 contains it. It accepts strings in
 * single or double quotes with Python's escapes and prefixes, None, True and False, numbers, lists, tuples and
 * dictionaries.
 *
 * @see <a href="https://docs.python.org/3/reference/lexical_analysis.html#string-and-bytes-literals">string
 *     literals</a>
 */
final class PythonLiteral {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int DEEPEST = 100;

    private final String text;
    private final JsonGenerator out;
    private int at;

    private PythonLiteral(String text, JsonGenerator out) {
        this.text = text;
        this.out = out;
    }

    /**
     * Returns whether a line begins like a Python dictionary: its first key is in single quotes, which standard JSON
     * does not allow.
     */
    static boolean looksLikeOne(String line) {
        return line.matches("(?s)\\s*\\{\\s*[uUbB]?'.*");
    }

    /** Returns the line as JSON; empty if the line is not a Python dictionary literal. */
    static Optional<String> toJson(String line) {
        StringWriter json = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(json)) {
            PythonLiteral literal = new PythonLiteral(line, generator);
            literal.value(0);
            literal.blanks();
            if (literal.at < line.length()) {
                return Optional.empty();
            }
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
        return Optional.of(json.toString());
    }

    private void value(int depth) throws IOException {
        blanks();
        char first = text.charAt(at);
        if (depth > DEEPEST) {
            throw new IllegalArgumentException("nested too deeply");
        } else if (first == '{') {
            dictionary(depth);
        } else if (first == '[' || first == '(') {
            list(first == '[' ? ']' : ')', depth);
        } else if (isString()) {
            out.writeString(string());
        } else {
            word();
        }
    }

    private void dictionary(int depth) throws IOException {
        at++;
        out.writeStartObject();
        while (!closed('}')) {
            if (!isString()) {
                throw new IllegalArgumentException("a key is no string");
            }
            out.writeFieldName(string());
            expect(':');
            value(depth + 1);
            separated('}');
        }
        out.writeEndObject();
    }

    private void list(char close, int depth) throws IOException {
        at++;
        out.writeStartArray();
        while (!closed(close)) {
            value(depth + 1);
            separated(close);
        }
        out.writeEndArray();
    }

    private boolean closed(char close) {
        blanks();
        if (text.charAt(at) != close) {
            return false;
        }
        at++;
        return true;
    }

    private void separated(char close) {
        blanks();
        if (text.charAt(at) != close) {
            expect(',');
        }
    }

    private void expect(char wanted) {
        blanks();
        if (text.charAt(at) != wanted) {
            throw new IllegalArgumentException("no " + wanted);
        }
        at++;
    }

    private boolean isString() {
        char first = text.charAt(at);
        if ("uUbB".indexOf(first) >= 0) {
            first = text.charAt(at + 1);
        }
        return first == '\'' || first == '"';
    }

    private String string() {
        if ("uUbB".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        char quote = text.charAt(at++);
        StringBuilder string = new StringBuilder();
        while (text.charAt(at) != quote) {
            char next = text.charAt(at++);
            if (next == '\\') {
                escaped(string);
            } else {
                string.append(next);
            }
        }
        at++;
        return string.toString();
    }

    private void escaped(StringBuilder string) {
        char kind = text.charAt(at++);
        switch (kind) {
            case 'x' -> string.appendCodePoint(digits(2, 16));
            case 'u' -> string.append((char) digits(4, 16));
            case 'U' -> string.appendCodePoint(digits(8, 16));
            case 'n' -> string.append('\n');
            case 't' -> string.append('\t');
            case 'r' -> string.append('\r');
            case 'a' -> string.append('\u0007');
            case 'b' -> string.append('\b');
            case 'f' -> string.append('\f');
            case 'v' -> string.append('\u000b');
            case '\\', '\'', '"' -> string.append(kind);
            case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                at--;
                string.append((char) octal());
            }
            default -> string.append('\\').append(kind);
        }
    }

    private int digits(int count, int radix) {
        int value = Integer.parseInt(text.substring(at, at + count), radix);
        at += count;
        return value;
    }

    private int octal() {
        int value = 0;
        for (int i = 0; i < 3 && text.charAt(at) >= '0' && text.charAt(at) <= '7'; i++) {
            value = 8 * value + text.charAt(at++) - '0';
        }
        return value;
    }

    private void word() throws IOException {
        int start = at;
        while (at < text.length() && ",:]}) \t".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(start, at);
        switch (word) {
            case "None" -> out.writeNull();
            case "True" -> out.writeBoolean(true);
            case "False" -> out.writeBoolean(false);
            default -> {
                if (!word.matches("-?[0-9]+(\\.[0-9]*)?([eE][-+]?[0-9]+)?[lL]?")) {
                    throw new IllegalArgumentException(word);
                }
                out.writeNumber(word.replaceFirst("[lL]$", "").replaceFirst("\\.($|[eE])", ".0$1"));
            }
        }
    }

    private void blanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }
}
